// Desks on which the load was counted before it was noted whose it was.
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { type Cast, forgetHistory, History, type Step, steps } from '../../../test/history.ts'
import { systemActor } from '../../desk/actor.ts'
import { addAgent } from '../../desk/agents/agents.ts'
import { findOrAddCustomer } from '../../desk/customers/customers.ts'
import { addDepartment } from '../../desk/departments/departments.ts'
import { checkReports } from '../../desk/metrics/check.ts'
import { rollFacts } from '../../desk/metrics/roll.ts'
import { rollLoad } from '../../desk/metrics/roll-load.ts'
import { EVER, spanOf } from '../../desk/metrics/stays.ts'
import { addTag } from '../../desk/tags/tags.ts'
import { engineOf } from '../differences.ts'
import { loadStays } from './0016-load-stays.ts'

let desk: TestDesk
let cast: Cast
beforeAll(async () => {
  desk = await newDesk()
  cast = await desk.app.database.write(async (tx) => {
    const cast = { agents: [''], departments: [''], tags: [''], channels: ['E', 'M', '1'] as const }
    for (const [place, name] of ['one', 'two', 'three'].entries()) {
      const draft = { email: `${name}@desk.test`, firstname: name, lastname: 'Agent', role: 'D' }
      cast.agents[place] = (await addAgent(tx, systemActor, draft)).id
      cast.departments[place] = (await addDepartment(tx, systemActor, { name })).id
      cast.tags[place] = (await addTag(tx, { name })).id
    }
    return { ...cast, customer: await findOrAddCustomer(tx, 'c@example.com') }
  })
})
afterAll(() => desk.close())

async function expectStays(): Promise<void> {
  const { database } = desk.app
  await rollFacts(database)
  await rollLoad(database)
  const { differences } = await checkReports(database.reader)
  for await (const some of differences) expect(some).toEqual([])
  const open = await database.reader
    .selectFrom('conversations')
    .select(['id as item_id', 'id as conversation_id', 'department_id', 'agent_id'])
    .where('status', 'in', ['N', 'C'])
    .orderBy('id')
    .execute()
  const stays = await database.reader.selectFrom('load_stays').selectAll().orderBy('item_id').execute()
  const lasting = stays.filter(({ until_at }) => until_at === EVER)
  expect(lasting).toMatchObject(open.map((row) => ({ ...row, agent_id: row.agent_id ?? '', service: 'tickets' })))
  for (const { agent_id, side, from_at, until_at, span } of stays) {
    expect(from_at).toBeLessThan(until_at)
    expect([side, span]).toEqual([agent_id === '' ? 0 : 1, until_at === EVER ? EVER : spanOf(until_at - from_at)])
  }
}

test('have the same load, know what is open from its last change on, and go on from there', async () => {
  const { database } = desk.app
  const play = (history: History, some: readonly Step[]) =>
    database.write(async (tx) => {
      for (const step of some) await history.play(tx, step)
    })
  await fc.assert(
    fc.asyncProperty(steps, steps, async (before, after) => {
      await database.write(async (tx) => {
        await forgetHistory(tx)
        await tx.deleteFrom('load_stays').execute()
      })
      const history = new History(cast, Date.UTC(2025, 5, 11, 6))
      await play(history, before)
      await database.write(async (tx) => {
        await tx.deleteFrom('load_stays').execute()
        const filling = loadStays(engineOf(tx)).filter((statement) => statement.includes('insert into load_stays'))
        expect(filling).toHaveLength(2)
        for (const statement of filling) await sql.raw(statement).execute(tx)
      })
      await expectStays()
      await play(history, after)
      await expectStays()
    }),
    { numRuns: 15, interruptAfterTimeLimit: 15_000 },
  )
}, 60_000)
