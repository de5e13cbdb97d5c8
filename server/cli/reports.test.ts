// deskhand reports check and rebuild, on a desk that runs meanwhile.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deskhand, type Said, settingsOf } from '../../test/cli/terminal.ts'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { aConversation } from '../../test/people.ts'
import { dumpLoadRollups, dumpRollups } from '../../test/rollups.ts'
import { recordFacts } from '../desk/metrics/facts.ts'
import { rollFacts } from '../desk/metrics/roll.ts'
import { rollLoad } from '../desk/metrics/roll-load.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  await aConversation(desk)
  await desk.app.database.write((tx) =>
    recordFacts(
      tx,
      [-40, 0, 600].map((days) => ({
        kind: 'answer_new' as const,
        at: Date.UTC(2024, 1, 29, 12) + days * 86_400_000,
        conversation: { id: 'x', department_id: 'default', channel: 'E' },
        agentId: 'agent000',
        took: 5_000,
      })),
    ),
  )
  await rollFacts(desk.app.database)
  await rollLoad(desk.app.database)
})
afterAll(() => desk.close())

const reports = (command: string): Promise<Said> => deskhand(['reports', command], { env: settingsOf(desk) })
const change = (statement: string) => desk.app.database.write((tx) => sql.raw(statement).execute(tx))
const dump = async () => JSON.stringify([await dumpRollups(desk), await dumpLoadRollups(desk)])

describe('reports check', () => {
  test('has nothing to say about sums that are right', async () => {
    const { code, out, err } = await reports('check')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('All sums are right')
  })

  test('names each difference, and rebuild makes the same sums as before', async () => {
    const before = await dump()
    await change("update rollups set seconds = seconds + 7 where dimension = 'agent' and unit = 'day'")
    await change("delete from rollups where dimension = 'channel' and unit = 'month' and at < 1709251200000")
    await change(
      "insert into rollups values ('tag', 'nowhere', 'hour', -3600000, 'ghost', 'note', 3, 0, 0), ('all', '', 'hour', 99999999999999, '', 'note', 1, 0, 0)",
    )
    await change("update load_courses set net = net + 2 where agent_id = '' and department_id = ''")
    await change("delete from load_sums where unit = 'month' and department_id <> ''")
    const { code, out } = await reports('check')
    expect(code).toBe(1)
    expect(out).toContain('agent agent000 default day 2024-02-29 00:00 answer_new: too much by count 0, seconds 7')
    expect(out).toContain('channel E default month 2024-01-01 00:00 answer_new: too much by count -1, seconds -5')
    expect(out).toContain('tag ghost nowhere hour 1969-12-31 23:00 note: too much by count 3')
    expect(out).toContain('all hour 5138-11-16 09:46 note: too much by count 1')
    expect(out).toMatch(/load tickets half-hour .*: too much by 1 of: net 3, least none, most none\n/)
    expect(out).toMatch(/load tickets default month .*: too much by -1, rows -1\n/)
    expect((await reports('rebuild')).code).toBe(0)
    expect(await dump()).toBe(before)
    expect((await reports('check')).code).toBe(0)
  })
})
