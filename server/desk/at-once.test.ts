// Two who change the same thing at once. PostgreSQL lets both read before either writes: what one of them read must not
// be written back over what the other did. SQLite has one writer.
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import type { Tx } from '../db/write.ts'
import { systemActor } from './actor.ts'
import { addAgent, removeAgent } from './agents/agents.ts'
import { releaseConversations } from './conversations/assignment.ts'
import { mergeConversations } from './conversations/merge.ts'
import { getConversationForMessage } from './conversations/merged.ts'
import { postMessage } from './conversations/messages.ts'
import { addDepartment, changeDepartment, removeDepartment } from './departments/departments.ts'
import { addApiKey, changeApiKey } from './keys/keys.ts'
import { addTag, changeTag } from './tags/tags.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

/** Waits until a transaction waits for another one's lock. */
async function somebodyWaits(): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(desk.app.database.reader)
    if (rows.length > 0) return
  }
}

/** Does `first`; before it is committed, `second` begins. Returns how the second one ended. */
async function overlapping(
  first: (tx: Tx) => Promise<unknown>,
  second: (tx: Tx) => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>> {
  const { write } = desk.app.database
  if (engine === 'sqlite') return (await Promise.allSettled([write(first), write(second)]))[1]
  let later: Promise<unknown> | undefined
  await write(async (tx) => {
    await first(tx)
    later = write(second)
    later.catch(() => {})
    await somebodyWaits()
  })
  return Promise.allSettled([later]).then(([result]) => result)
}

const write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => desk.app.database.write(work)

test('a department that is deleted while somebody renames it stays deleted', async () => {
  const { id } = await write((tx) => addDepartment(tx, systemActor, { name: 'Sales' }))
  const renamed = await overlapping(
    (tx) => removeDepartment(tx, systemActor, id),
    (tx) => changeDepartment(tx, systemActor, id, { name: 'Selling' }),
  )
  expect(renamed).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } })
  expect((await desk.v3('GET', 'departments')).text).not.toContain(id)
})

test('a key that loses its full rights while somebody renames it does not get them back', async () => {
  const { id } = await write((tx) => addApiKey(tx, systemActor, { name: 'Shop', rights: 'full' }))
  await overlapping(
    (tx) => changeApiKey(tx, systemActor, id, { rights: 'read' }),
    (tx) => changeApiKey(tx, systemActor, id, { name: 'Web shop' }),
  )
  expect((await desk.v3('GET', `apikeys/${id}`)).body).toMatchObject({ name: 'Web shop', rights: 'read' })
})

test('a tag that one renames and another colours has both', async () => {
  const { id } = await write((tx) => addTag(tx, { name: 'Urgent' }))
  await overlapping(
    (tx) => changeTag(tx, id, { name: 'Very urgent' }),
    (tx) => changeTag(tx, id, { color: 'FF0000' }),
  )
  expect((await desk.v3('GET', `tags/${id}`)).body).toMatchObject({ name: 'Very urgent', color: 'FF0000' })
})

test('a conversation that is handed over while its deleted agent is taken off stays with the new one', async () => {
  const [gone, heir] = await write(async (tx) => [
    await addAgent(tx, systemActor, { email: 'gone@example.com', firstname: 'Gone', lastname: '', role: 'D' }),
    await addAgent(tx, systemActor, { email: 'heir@example.com', firstname: 'Heir', lastname: '', role: 'D' }),
  ])
  const { body } = await desk.v1('POST', 'conversations', {
    message: 'Hello',
    useridentifier: 'anna@example.com',
    recipient: 'help@example.com',
    department: 'default',
    subject: 'Question',
  })
  const id: string = body.conversationid
  await desk.v1('PUT', `conversations/${id}/attendants`, { agentidentifier: gone?.id })
  await write((tx) => removeAgent(tx, systemActor, gone?.id ?? ''))
  await overlapping(
    (tx) =>
      tx
        .updateTable('conversations')
        .set({ agent_id: heir?.id ?? null })
        .where('id', '=', id)
        .execute(),
    (tx) => releaseConversations(tx, gone?.id ?? ''),
  )
  expect((await desk.v3('GET', `conversations/${id}`)).body.agentid).toBe(heir?.id)
})

test('a message for a conversation that is merged in that moment goes to the other one', async () => {
  const open = async (subject: string): Promise<string> => {
    const fields = { message: 'Hello', useridentifier: 'anna@example.com', recipient: 'help@example.com', subject }
    return (await desk.v1('POST', 'conversations', { ...fields, department: 'default' })).body.conversationid
  }
  const [from, into] = [await open('One'), await open('Other')]
  const posted = await overlapping(
    (tx) => mergeConversations(tx, systemActor, { from, into }),
    async (tx) =>
      postMessage(tx, await getConversationForMessage(tx, systemActor, from), {
        author: { kind: 'system', userId: 'system00' },
        message: { body: 'In between', isHtml: false, text: 'In between' },
        isNote: true,
      }),
  )
  expect(posted.status).toBe('fulfilled')
  expect((await desk.v3('GET', `conversations/${into}/messages`)).text).toContain('In between')
  expect((await desk.v3('GET', `conversations/${from}/messages`)).text).not.toContain('In between')
})
