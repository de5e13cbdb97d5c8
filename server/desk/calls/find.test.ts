// Lists of calls where somebody sees some departments of many.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { type Actor, systemActor } from '../actor.ts'
import { callCursor, listCalls } from './find.ts'

let desk: TestDesk
let departments: string[]
beforeAll(async () => {
  desk = await newDesk()
  departments = []
  for (const name of ['Sales', 'Support', 'Secrets'])
    departments.push((await desk.v3('POST', 'departments', { name })).body.departmentid)
  for (let n = 0; n < 12; n++)
    await desk.v3('POST', 'calls', { direction: 'incoming', caller: `+49305550${n}`, department: departments[n % 3] })
})
afterAll(() => desk.close())

test('pages of several departments are those of all, without what is elsewhere', async () => {
  const db = desk.app.database.reader
  const agent: Actor = { kind: 'agent', agentId: 'agent000', role: 'A', departmentIds: departments.slice(0, 2) }
  const all = await listCalls(db, systemActor, { limit: 100 })
  expect(all).toHaveLength(12)
  const expected = all.filter(({ department_id }) => department_id !== departments[2]).map(({ id }) => id)
  const seen: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await listCalls(db, agent, { limit: 3, cursor })
    seen.push(...page.map(({ id }) => id))
    const last = page.at(-1)
    if (!last) break
    cursor = callCursor(last)
  }
  expect(seen).toEqual(expected)
  const one = await listCalls(db, agent, { departmentId: departments[0], limit: 100 })
  expect(one.map(({ id }) => id)).toEqual(
    all.filter((call) => call.department_id === departments[0]).map(({ id }) => id),
  )
  for (const filter of [{ departmentId: departments[2] }, { departmentId: 'nothing0' }])
    expect(await listCalls(db, agent, { ...filter, limit: 100 })).toEqual([])
  expect(await listCalls(db, { ...agent, departmentIds: [] }, { limit: 100 })).toEqual([])
})
