import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'
import { systemActor } from '../../desk/actor.ts'
import { addDepartment } from '../../desk/departments/departments.ts'
import { addApiKey } from '../../desk/keys/keys.ts'
import { rawMailsQuery, rawStates } from '../../desk/mail/intake/find.ts'
import { keepRaw } from '../../desk/mail/intake/keep-raw.ts'
import type { RawMail } from '../../desk/mail/intake/read-raw.ts'

let desk: TestDesk
/** Works in `default`; the other one does not. */
let agent: SignedIn
let stranger: SignedIn
let admin: SignedIn
let readKey: string
let conversationId: string
beforeAll(async () => {
  desk = await newDesk()
  await desk.app.database.write((tx) => addDepartment(tx, systemActor, { id: 'sales000', name: 'Sales' }))
  agent = await signIn(desk, (await anAgent(desk)).email)
  stranger = await signIn(desk, (await anAgent(desk, { departments: ['sales000'] })).email)
  admin = await signIn(desk, (await anAgent(desk, { role: 'D' })).email)
  readKey = (await desk.app.database.write((tx) => addApiKey(tx, systemActor, { name: 'r', rights: 'read' }))).key
  conversationId = (await aConversation(desk)).conversationid
})
beforeEach(() => desk.app.database.write((tx) => tx.deleteFrom('raw_mails').execute()))
afterAll(() => desk.close())

const HOSTILE =
  'Subject: <script>alert(1)</script> gr\xc3\xbc\xc3\x9fe\r\nX-Folded: a\r\n\tb\r\n\r\n<script>alert(1)</script>\0\xff'

/** A raw mail, with what became of it. */
async function aRawMail(fields: Partial<RawMail> = {}, contents = `${HOSTILE}${Math.random()}`): Promise<number> {
  const { seq } = await keepRaw(desk.app, {
    mailboxId: fields.mailbox_id ?? 'box00000',
    source: 'smtp',
    contents: Buffer.from(contents, 'latin1'),
    envelope: { from: '', to: ['support@desk.test'], client: { address: '192.0.2.1', name: 'mx' } },
    receivedAt: Date.UTC(2026, 0, 1),
  })
  if (Object.keys(fields).length > 0)
    await desk.app.database.write((tx) => tx.updateTable('raw_mails').set(fields).where('seq', '=', seq).execute())
  return seq
}
const joined = () => aRawMail({ state: 'accepted', verdict: 'joined', conversation_id: conversationId, group_seq: 77 })
const listed = async (who: Pick<SignedIn, 'v3'>, query = ''): Promise<number[]> => {
  const { body } = await who.v3('GET', `rawmails${query}`)
  return body.rawmails.map(({ id }: { id: number }) => id)
}

describe('raw mails on our own API', () => {
  test('without a key or a session nothing is told', async () => {
    const id = await aRawMail()
    for (const path of ['rawmails', `rawmails/${id}`, `rawmails/${id}/source`])
      expect((await desk.v3('GET', path, undefined, { key: null })).status).toBe(401)
    expect((await desk.v3('POST', `rawmails/${id}/replay`, undefined, { key: null })).status).toBe(401)
  })

  test.each([
    ['state=new', 'state'],
    ['limit=0', 'limit'],
    ['cursor=A', 'cursor'],
    ['cursor=zzzzzzzzzzzzzz', 'cursor'],
    ['colour=red', 'colour'],
    ['verdict=a%00b', 'verdict'],
  ])('a list with %s is refused by name', async (query, field) => {
    const reply = await desk.v3('GET', `rawmails?${query}`)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
  })

  test.each(['0', '-1', 'x', '1.5', '99999999999999999', '%00'])('the number %s is refused', async (id) => {
    expect((await desk.v3('GET', `rawmails/${id}`)).status).toBe(400)
  })

  test('what is not there is not found', async () => {
    for (const path of ['rawmails/123456', 'rawmails/123456/source'])
      expect((await desk.v3('GET', path)).status).toBe(404)
    expect((await desk.v3('POST', 'rawmails/123456/replay')).status).toBe(404)
  })

  test('one without a conversation is for administrators only', async () => {
    const id = await aRawMail()
    for (const who of [agent, { v3: (m: string, p: string) => desk.v3(m, p, undefined, { key: readKey }) }]) {
      for (const path of [`rawmails/${id}`, `rawmails/${id}/source`]) {
        const reply = await who.v3('GET', path)
        expect([reply.status, reply.body.error.message]).toEqual([404, `Raw mail ${id} not found`])
      }
      expect((await who.v3('GET', 'rawmails')).status).toBe(403)
    }
    expect((await agent.v3('POST', `rawmails/${id}/replay`)).status).toBe(403)
    expect((await admin.v3('GET', `rawmails/${id}`)).status).toBe(200)
    expect(await listed(admin)).toEqual([id])
  })

  test('one of a conversation is for those who may see the conversation', async () => {
    const id = await joined()
    expect((await agent.v3('GET', `rawmails/${id}`)).body).toMatchObject({ id, conversationid: conversationId })
    expect((await agent.v3('GET', `rawmails/${id}/source`)).status).toBe(200)
    expect(await listed(agent, `?conversationid=${conversationId}`)).toEqual([id])
    expect((await stranger.v3('GET', `rawmails/${id}`)).status).toBe(404)
    expect((await stranger.v3('GET', `rawmails/${id}/source`)).status).toBe(404)
    expect((await stranger.v3('GET', `rawmails?conversationid=${conversationId}`)).status).toBe(404)
  })

  test('one is shown with what became of it and why, its envelope and its headers', async () => {
    const groupSeq = 4_711
    await desk.app.database.write((tx) =>
      tx
        .insertInto('mails')
        .values({
          group_seq: groupSeq,
          conversation_id: conversationId,
          direction: 'in',
          raw_seq: null,
          message_id: null,
          in_reply_to: null,
          sender: '{}',
          recipients: '[]',
          copies: '[]',
          subject: '',
          thread_reason: 'It answers a mail of this conversation.',
          authentication: null,
          kind: 'person',
          is_guest: 0,
          dated_at: null,
          created_at: 1,
        })
        .execute(),
    )
    const id = await aRawMail({
      state: 'accepted',
      verdict: 'joined',
      reason: 'because',
      detail: '{"x":1}',
      conversation_id: conversationId,
      group_seq: groupSeq,
      accepted_at: Date.UTC(2026, 0, 2),
    })
    expect((await desk.v3('GET', `rawmails/${id}`)).body).toMatchObject({
      id,
      mailboxid: 'box00000',
      departmentid: null,
      source: 'smtp',
      state: 'accepted',
      verdict: 'joined',
      reason: 'because',
      detail: { x: 1 },
      thread_reason: 'It answers a mail of this conversation.',
      datereceived: '2026-01-01T00:00:00.000Z',
      dateaccepted: '2026-01-02T00:00:00.000Z',
      envelope: { from: '', to: ['support@desk.test'], client: '192.0.2.1' },
      headers: [
        { name: 'subject', value: '<script>alert(1)</script> grüße' },
        { name: 'x-folded', value: expect.stringMatching(/^a\s+b$/) },
      ],
    })
  })

  test('the source is a file to be saved, byte for byte, that no browser shows', async () => {
    for (const contents of [HOSTILE, `${HOSTILE}${'x'.repeat(700_000)}`]) {
      const id = await aRawMail({}, contents)
      const reply = await desk.app.http.inject({
        url: `/api/v3/rawmails/${id}/source`,
        headers: { cookie: admin.cookie },
      })
      expect(reply.rawPayload.toString('latin1')).toBe(contents)
      expect(reply.headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': expect.stringMatching(/^attachment; filename="mail-\d+\.eml"/),
        'content-security-policy': expect.stringContaining('sandbox'),
        'x-content-type-options': 'nosniff',
      })
    }
  })

  test('lists go from page to page, whatever the filter', async () => {
    const all: number[] = []
    for (let n = 0; n < 7; n++)
      all.unshift(await aRawMail(n % 2 ? { state: 'failed', verdict: 'failed' } : { mailbox_id: 'other000' }))
    const pages: number[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await desk.v3('GET', `rawmails?limit=3${cursor && `&cursor=${cursor}`}`)
      pages.push(...body.rawmails.map(({ id }: { id: number }) => id))
      cursor = body.next_cursor
    }
    expect(pages).toEqual(all)
    const odd = all.filter((_, n) => n % 2)
    const even = all.filter((_, n) => !(n % 2))
    expect(await listed(desk, '?state=failed')).toEqual(odd)
    expect(await listed(desk, '?verdict=failed&limit=2')).toEqual(odd.slice(0, 2))
    expect(await listed(desk, '?mailboxid=other000&state=waiting')).toEqual(even)
    expect(await listed(desk, '?state=held')).toEqual([])
  })

  test('lists read an index, whatever the filter', async () => {
    const filters = [
      {},
      ...rawStates.map((state) => ({ state })),
      { verdict: 'spam' },
      { mailboxId: 'x' },
      { conversationId: 'x' },
      { state: 'failed' as const, mailboxId: 'x', verdict: 'failed' },
    ]
    for (const filter of filters) {
      const query = rawMailsQuery(desk.app.database.reader, { ...filter, limit: 10, cursor: 'zz' }).compile()
      const plan = await planOf(desk, query)
      expect({ filter, read: wholeTableReads(plan) }).toEqual({ filter, read: [] })
    }
    const stuck = rawMailsQuery(desk.app.database.reader, { state: 'held', limit: 10 }).compile()
    expect((await planOf(desk, stuck)).join('\n')).toMatch(/raw_mails_stuck/)
  })

  test('a replay is accepted again; what has become a message stays it', async () => {
    const failed = await aRawMail({ state: 'failed', verdict: 'failed', attempts: 3 }, 'From: a@b.c\r\n\r\nhello')
    const message = await joined()
    await desk.app.database.write((tx) => tx.deleteFrom('jobs').execute())
    expect((await desk.v3('POST', `rawmails/${message}/replay`)).body).toEqual({ is_waiting: false })
    expect((await admin.v3('POST', `rawmails/${failed}/replay`)).body).toEqual({ is_waiting: true })
    expect((await admin.v3('POST', `rawmails/${failed}/replay`)).body).toEqual({ is_waiting: false })
    expect((await desk.v3('GET', `rawmails/${failed}`)).body).toMatchObject({ state: 'waiting', attempts: 0 })
    const jobs = await desk.app.database.reader.selectFrom('jobs').select('name').execute()
    expect(jobs).toEqual([{ name: 'accept-mails' }])
    expect((await desk.v3('GET', `rawmails/${message}`)).body).toMatchObject({ state: 'accepted', verdict: 'joined' })
  })
})
