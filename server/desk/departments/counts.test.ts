import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation } from '../../../test/people.ts'
import { systemActor } from '../actor.ts'
import { transfer } from '../conversations/assignment.ts'
import { getConversationForChange } from '../conversations/conversation.ts'
import { changeStatus } from '../conversations/status.ts'
import { countsByDepartment, recountDepartments } from './counts.ts'
import { addDepartment, DEFAULT_DEPARTMENT, getDepartment } from './departments.ts'

let desk: TestDesk
let sales: string
beforeAll(async () => {
  desk = await newDesk()
  sales = (await desk.app.database.write((tx) => addDepartment(tx, systemActor, { name: 'Sales' }))).id
})
afterAll(() => desk.close())

const counts = async (): Promise<Record<string, number>> => {
  const found: Record<string, number> = {}
  for (const [department, ofDepartment] of await countsByDepartment(desk.app.database.reader))
    for (const [status, n] of ofDepartment) if (n !== 0) found[`${department} ${status}`] = n
  return found
}

const recounted = async (): Promise<Record<string, number>> => {
  const rows = await desk.app.database.reader.selectFrom('conversations').select(['department_id', 'status']).execute()
  const found: Record<string, number> = {}
  for (const { department_id, status } of rows)
    found[`${department_id} ${status}`] = (found[`${department_id} ${status}`] ?? 0) + 1
  return found
}

describe('the counts of departments', () => {
  test('are untouched by a write that fails', async () => {
    const { conversationid } = await aConversation(desk)
    const before = await counts()
    const attempt = desk.app.database.write(async (tx) => {
      const conversation = await getConversationForChange(tx, systemActor, conversationid)
      await changeStatus(tx, conversation, { status: 'R', userId: 'system00', agentId: null })
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    expect(await counts()).toEqual(before)
  })

  test('stay right when one write changes a conversation twice and passes the row it first read', async () => {
    const { conversationid } = await aConversation(desk)
    await desk.app.database.write(async (tx) => {
      const conversation = await getConversationForChange(tx, systemActor, conversationid)
      await transfer(tx, conversation, { department: await getDepartment(tx, sales), userId: 'system00' })
      await changeStatus(tx, conversation, { status: 'B', userId: 'system00', agentId: null })
      await changeStatus(tx, conversation, { status: 'L', userId: 'system00', agentId: null })
    })
    expect(await counts()).toEqual(await recounted())
    expect((await counts())[`${sales} L`]).toBe(1)
  })

  test('and events are written once by a write that had to be run again', async () => {
    const { conversationid } = await aConversation(desk)
    const taken = await getDepartment(desk.app.database.reader, sales)
    let attempts = 0
    await desk.app.database.write(async (tx) => {
      attempts++
      const conversation = await getConversationForChange(tx, systemActor, conversationid)
      await changeStatus(tx, conversation, { status: 'B', userId: 'system00', agentId: null })
      if (attempts === 1) await tx.insertInto('departments').values(taken).execute()
    })
    expect(attempts).toBe(2)
    expect(await counts()).toEqual(await recounted())
    const events = await desk.app.database.reader
      .selectFrom('events')
      .select('type')
      .where('conversation_id', '=', conversationid)
      .execute()
    expect(events.map(({ type }) => type)).toEqual(['conversation.opened', 'conversation.changed'])
  })

  test('equal a recount after any history', async () => {
    const ids = [await aConversation(desk), await aConversation(desk, { department: sales })]
    const step = fc.record({
      which: fc.nat({ max: 1 }),
      what: fc.oneof(
        fc.constantFrom('A', 'R', 'C').map((status) => ({ method: 'PUT', path: 'status', params: { status } })),
        fc.constantFrom('customer-of-counts@example.com', '').map((useridentifier) => ({
          method: 'POST',
          path: 'messages',
          params: { message: 'Hello', useridentifier },
        })),
        fc.constantFrom(sales, DEFAULT_DEPARTMENT).map((department) => ({
          method: 'PUT',
          path: 'attendants',
          params: { department },
        })),
        fc.constant({ method: 'DELETE', path: '', params: {} }),
      ),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        for (const { which, what } of steps) {
          const path = `conversations/${ids[which]?.conversationid}/${what.path}`
          expect((await desk.v1(what.method, path, what.params)).status).toBe(200)
        }
        expect(await counts()).toEqual(await recounted())
      }),
      { numRuns: 8 },
    )
  })

  test('equal a recount after many writes at the same time', async () => {
    const opened = await Promise.all(
      Array.from({ length: 12 }, (_, n) => aConversation(desk, { department: n % 2 ? sales : DEFAULT_DEPARTMENT })),
    )
    await Promise.all(
      opened.flatMap(({ conversationid }, n) => [
        desk.v1('PUT', `conversations/${conversationid}/status`, { status: 'R' }),
        desk.v1('PUT', `conversations/${conversationid}/attendants`, {
          department: n % 3 ? sales : DEFAULT_DEPARTMENT,
        }),
      ]),
    )
    expect(await counts()).toEqual(await recounted())
  })

  test('can be made afresh for conversations that were written in bulk', async () => {
    const before = await counts()
    await desk.app.database.write(async (tx) => {
      await tx.updateTable('department_counts').set({ conversations: 77 }).execute()
      await recountDepartments(tx)
    })
    expect(await counts()).toEqual(before)
  })
})
