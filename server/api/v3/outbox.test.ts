import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { aMailbox } from '../../../test/mailbox.ts'
import { aConversation, anAgent, type OpenedConversation } from '../../../test/people.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { type Relay, startRelay } from '../../../test/relay.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'
import { type Actor, systemActor } from '../../desk/actor.ts'
import { takeDue } from '../../desk/outbox/attempts.ts'
import { outboxQuery } from '../../desk/outbox/find.ts'
import { type OutboxState, queueMail } from '../../desk/outbox/outbox.ts'

let desk: TestDesk
let relay: Relay
let agent: SignedIn
let agentId: string
let elsewhere: string
let readOnly: string

beforeAll(async () => {
  desk = await newDesk()
  relay = await startRelay()
  await aMailbox(desk, relay.port)
  const { userid, email } = await anAgent(desk)
  agentId = userid
  agent = await signIn(desk, email)
  elsewhere = (await desk.v3('POST', 'departments', { name: 'Elsewhere' })).body.departmentid
  readOnly = (await desk.v3('POST', 'apikeys', { name: 'reader', rights: 'read' })).body.key
})
afterAll(async () => {
  await relay.close()
  await desk.close()
})
beforeEach(async () => {
  await desk.drain()
  relay.mails.length = 0
})

/** Writes an answer that can be taken back for a minute. */
async function answer(fields: Record<string, string> = {}): Promise<OpenedConversation & { outboxid: number }> {
  const conversation = await aConversation(desk, { useridentifier: 'anna@example.com', ...fields })
  return { ...conversation, ...(await answerIn(conversation.conversationid)) }
}
async function answerIn(id: string): Promise<{ outboxid: number }> {
  const { body, text } = await desk.v3('POST', `conversations/${id}/messages`, {
    message: 'Put it out.',
    useridentifier: agentId,
    undo_seconds: 60,
  })
  expect(body.outboxid, text).toBeGreaterThan(0)
  return body
}
const statusOf = async (id: string) => (await desk.v3('GET', `conversations/${id}`)).body.status
const put = (outboxid: number, state: OutboxState) =>
  desk.app.database.write((tx) => tx.updateTable('outbox').set({ state }).where('seq', '=', outboxid).execute())
const systemMail = () =>
  desk.app.database.write((tx) =>
    queueMail(tx, {
      kind: 'password',
      messageId: `m${Math.random()}@desk.test`,
      to: [{ name: '', address: 'secret@example.com' }],
      content: { token: 'must never be shown' },
      dueAt: Date.now() + 3_600_000,
    }),
  )

describe('who sees the outbox', () => {
  test('nobody without a key', async () => {
    const { outboxid } = await answer()
    for (const [method, path] of [
      ['GET', 'outbox'],
      ['GET', `outbox/${outboxid}`],
      ['POST', `outbox/${outboxid}/cancel`],
      ['POST', `outbox/${outboxid}/resend`],
    ] as const)
      expect((await desk.v3(method, path, undefined, { key: null })).status).toBe(401)
  })

  test('an agent, only what belongs to conversations that he sees: the rest does not exist', async () => {
    const mine = await answer()
    const hidden = await answer({ department: elsewhere })
    const ofSystem = await systemMail()
    const listed = (await agent.v3('GET', 'outbox')).body.mails.map(({ outboxid }: { outboxid: number }) => outboxid)
    expect(listed).toContain(mine.outboxid)
    for (const outboxid of [hidden.outboxid, ofSystem]) {
      expect(listed).not.toContain(outboxid)
      const unknown = (await agent.v3('GET', 'outbox/999999')).text
      for (const [method, suffix] of [
        ['GET', ''],
        ['POST', '/cancel'],
        ['POST', '/resend'],
      ] as const) {
        const reply = await agent.v3(method, `outbox/${outboxid}${suffix}`)
        expect(reply.status).toBe(404)
        expect(reply.text).toBe(unknown.replace('999999', String(outboxid)))
      }
    }
    expect((await agent.v3('GET', `outbox?conversation=${hidden.conversationid}`)).status).toBe(404)
    expect((await desk.v3('GET', `outbox/${hidden.outboxid}`)).body.state).toBe('queued')
  })

  test('an administrator everything, but never what a mail of the system carries', async () => {
    const seq = await systemMail()
    const { status, text } = await desk.v3('GET', `outbox/${seq}`)
    expect(status).toBe(200)
    expect(text).not.toContain('must never be shown')
    expect((await desk.v3('GET', 'outbox?state=queued')).text).not.toContain('must never be shown')
  })

  test('a key that may only read sees the mails of conversations, and changes none', async () => {
    const { outboxid } = await answer()
    const seq = await systemMail()
    expect((await desk.v3('GET', `outbox/${outboxid}`, undefined, { key: readOnly })).status).toBe(200)
    expect((await desk.v3('GET', `outbox/${seq}`, undefined, { key: readOnly })).status).toBe(404)
    expect((await desk.v3('POST', `outbox/${outboxid}/cancel`, undefined, { key: readOnly })).status).toBe(403)
    expect((await desk.v3('GET', `outbox/${outboxid}`)).body.state).toBe('queued')
  })
})

describe('the list', () => {
  test('is newest first, by state, by conversation, and goes on where a page ended', async () => {
    const one = await answer()
    const two = await answerIn(one.conversationid)
    const three = await answerIn(one.conversationid)
    await put(two.outboxid, 'delayed')
    const ids = async (query: string) =>
      (await desk.v3('GET', `outbox?${query}`)).body.mails.map(({ outboxid }: { outboxid: number }) => outboxid)
    const path = `conversation=${one.code}`
    expect(await ids(path)).toEqual([three.outboxid, two.outboxid, one.outboxid])
    expect(await ids(`${path}&state=delayed`)).toEqual([two.outboxid])
    const page = (await desk.v3('GET', `outbox?${path}&limit=2`)).body
    expect(page.mails).toHaveLength(2)
    expect(await ids(`${path}&limit=2&cursor=${page.next_cursor}`)).toEqual([one.outboxid])
  })

  test.each(['state=lost', 'limit=0', 'limit=x', 'cursor=x', 'cursor=-1', 'nonsense=1', 'conversation='])(
    '%s is refused',
    async (query) => {
      expect((await desk.v3('GET', `outbox?${query}`)).status).toBe(400)
    },
  )

  test.each(['0', '-1', 'x', '1e3', '99999999999999999999', '%00'])('there is no mail %s', async (id) => {
    expect([400, 404]).toContain((await desk.v3('GET', `outbox/${id}`)).status)
  })

  const reader: Actor = { kind: 'key', keyId: 'x', rights: 'read' }
  const plain: Actor = { kind: 'agent', agentId: 'x', role: 'A', departmentIds: ['default'] }
  test.each([systemActor, reader, plain])('never reads the whole table, whoever asks (%o)', async (actor) => {
    for (const filter of [
      {},
      { state: 'failed' as const },
      { conversationId: 'x' },
      { state: 'sent' as const, cursor: '5' },
    ]) {
      const plan = await planOf(desk, outboxQuery(desk.app.database.reader, actor, { ...filter, limit: 10 }).compile())
      expect(wholeTableReads(plan), plan.join('\n')).toEqual([])
      // PostgreSQL would rather sort a table of some rows.
      if (engine === 'sqlite') expect(plan.join('\n')).not.toMatch(/TEMP B-TREE/)
    }
  })
})

describe('taking back', () => {
  test('a mail that has not left: it never leaves, and the conversation is open again', async () => {
    const { conversationid, outboxid } = await answer()
    expect(await statusOf(conversationid)).toBe('A')
    const { status, body } = await agent.v3('POST', `outbox/${outboxid}/cancel`)
    expect([status, body.state]).toEqual([200, 'cancelled'])
    expect(await statusOf(conversationid)).toBe('C')
    // What was written stays.
    expect((await desk.v3('GET', `conversations/${conversationid}/messages`)).text).toContain('Put it out.')
    await desk.app.database.write((tx) => tx.updateTable('outbox').set({ due_at: 0 }).execute())
    expect(await takeDue(desk.app.database, 'x', 100, ['mailbox of the others'])).not.toContainEqual(
      expect.objectContaining({ seq: outboxid }),
    )
    expect(relay.mails).toEqual([])
  })

  test('the second of two answers leaves the conversation answered', async () => {
    const { conversationid } = await answer()
    const { outboxid } = await answerIn(conversationid)
    await desk.v3('POST', `outbox/${outboxid}/cancel`)
    expect(await statusOf(conversationid)).toBe('A')
  })

  test('a mail that nobody got is not what later ones refer to', async () => {
    const { conversationid, outboxid } = await answer()
    const { message_id } = (await desk.v3('GET', `outbox/${outboxid}`)).body
    await desk.v3('POST', `outbox/${outboxid}/cancel`)
    await desk.v3('POST', `conversations/${conversationid}/messages`, { message: 'Better', useridentifier: agentId })
    await desk.drain()
    expect(relay.mails).toHaveLength(1)
    expect(relay.mails[0]?.raw.toString()).not.toContain(message_id)
  })

  test.each(['sending', 'sent', 'failed', 'bounced', 'unconfirmed', 'cancelled'] as const)(
    'one that is %s is refused, and nothing changes',
    async (state) => {
      const { conversationid, outboxid } = await answer()
      await put(outboxid, state)
      const { status, body } = await desk.v3('POST', `outbox/${outboxid}/cancel`)
      expect(status).toBe(409)
      expect(body.error.message).toMatch(/mail/)
      expect((await desk.v3('GET', `outbox/${outboxid}`)).body.state).toBe(state)
      expect(await statusOf(conversationid)).toBe('A')
      await put(outboxid, 'cancelled')
    },
  )

  test('beside its being sent: either it was taken back or it was sent, never both', async () => {
    const mails = await Promise.all(Array.from({ length: 12 }, () => answer()))
    await desk.app.database.write((tx) =>
      tx
        .updateTable('outbox')
        .set({ due_at: Date.now() })
        .where(
          'seq',
          'in',
          mails.map(({ outboxid }) => outboxid),
        )
        .execute(),
    )
    const cancelled = mails.map(({ outboxid }) => desk.v3('POST', `outbox/${outboxid}/cancel`))
    const { sendDue } = await import('../../desk/mail/sending/send-due.ts')
    await Promise.all([sendDue(desk.app), ...cancelled])
    await sendDue(desk.app)
    let sent = 0
    for (const [n, { outboxid }] of mails.entries()) {
      const { state } = (await desk.v3('GET', `outbox/${outboxid}`)).body
      expect(state).toBe((await cancelled[n])?.status === 200 ? 'cancelled' : 'sent')
      sent += Number(state === 'sent')
    }
    expect(relay.mails).toHaveLength(sent)
  })
})

describe('sending again', () => {
  test.each(['failed', 'bounced', 'unconfirmed'] as const)('a mail that is %s: the same mail leaves', async (state) => {
    const { outboxid } = await answer()
    await put(outboxid, state)
    expect((await agent.v3('POST', `outbox/${outboxid}/resend`)).body).toMatchObject({
      state: 'queued',
      attempts: 0,
      trouble: null,
    })
    await desk.drain()
    const { state: now, message_id } = (await desk.v3('GET', `outbox/${outboxid}`)).body
    expect(now).toBe('sent')
    expect(relay.mails.map(({ headers }) => headers.get('message-id'))).toEqual([`<${message_id}>`])
  })

  test('goes to the address that the customer has now', async () => {
    const { outboxid } = await answer({ useridentifier: 'typo@exmaple.com' })
    await put(outboxid, 'failed')
    await desk.v3('PATCH', 'customers/typo@exmaple.com', { email: 'right@example.com' })
    await desk.v3('POST', `outbox/${outboxid}/resend`)
    await desk.drain()
    expect(relay.mails.map(({ to }) => to)).toEqual([['right@example.com']])
  })

  test.each(['queued', 'delayed', 'sending', 'sent', 'cancelled'] as const)(
    'one that is %s is refused',
    async (state) => {
      const { outboxid } = await answer()
      await put(outboxid, state)
      expect((await desk.v3('POST', `outbox/${outboxid}/resend`)).status).toBe(409)
      expect((await desk.v3('GET', `outbox/${outboxid}`)).body.state).toBe(state)
      await put(outboxid, 'cancelled')
    },
  )
})
