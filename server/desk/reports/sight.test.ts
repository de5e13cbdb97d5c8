// What a plain agent sees in the reports: what happened in his departments.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation } from '../../../test/people.ts'
import type { Actor } from '../actor.ts'
import { systemActor } from '../actor.ts'
import { addDepartment } from '../departments/departments.ts'
import { departmentReport } from './departments.ts'
import { figures } from './figures.ts'
import { loadReport } from './load.ts'
import { performanceReport } from './performance.ts'
import { getScope } from './scope.ts'

let desk: TestDesk
let sales: string
beforeAll(async () => {
  desk = await newDesk()
  sales = (await desk.app.database.write((tx) => addDepartment(tx, systemActor, { name: 'Sales' }))).id
  await aConversation(desk)
  await aConversation(desk, { department: sales })
})
afterAll(() => desk.close())

const agentIn = (...departmentIds: string[]): Actor => ({
  kind: 'agent',
  agentId: 'agent000',
  role: 'A',
  departmentIds,
})
const range = () => ({ from: Date.now() - 3_600_000, before: Date.now() + 1_000, zone: 'GMT' })
const page = { offset: 0, limit: 100 }
const created = async (actor: Actor): Promise<number> => {
  const rows = await performanceReport(desk.app.database.reader, actor, range(), 'month', page)
  return rows.reduce((sum, { totals }) => sum + figures.created_tickets.of(totals), 0)
}

describe('a plain agent', () => {
  test('cannot narrow a report to a department that is not his', async () => {
    const scope = getScope(desk.app.database.reader, agentIn('default'), { departmentId: sales })
    await expect(scope).rejects.toThrow(`Department '${sales}' not found`)
  })

  test('has reports of his departments only', async () => {
    expect(await created(systemActor)).toBe(2)
    expect(await created(agentIn(sales))).toBe(1)
    expect(await created(agentIn())).toBe(0)
    const rows = await departmentReport(desk.app.database.reader, agentIn(sales), range(), page)
    expect(rows.map(({ thing }) => thing.id)).toEqual([sales])
  })

  test('has the load of his departments only', async () => {
    const db = desk.app.database.reader
    const waiting = async (actor: Actor) => {
      const hours = await loadReport(db, 'tickets', await getScope(db, actor, {}), range(), page)
      // The last one may not have begun.
      return Math.max(...hours.map((hour) => hour.waiting.max))
    }
    expect(await waiting(systemActor)).toBe(2)
    expect(await waiting(agentIn(sales))).toBe(1)
    expect(await waiting(agentIn())).toBe(0)
  })
})
