// Splitting a conversation, and moving single messages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { departmentCounts, groupWith, historyOf, stateOf, textsOf } from '../../../test/moves.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'
import { rowOfId } from '../../lib/ids.ts'
import { queueMail } from '../outbox/outbox.ts'
import { addMail } from './mails.ts'
import { addThreadId } from './thread-ids.ts'

let desk: TestDesk
let agent: SignedIn
let agentId: string
beforeAll(async () => {
  desk = await newDesk()
  const { email, userid } = await anAgent(desk)
  agentId = userid
  agent = await signIn(desk, email)
})
afterAll(() => desk.close())

const read = async (id: string) => (await desk.v3('GET', `conversations/${id}`)).body
const group = (id: string, text: string) => groupWith(desk, id, text)
const split = async (id: string, body: Record<string, unknown>, by: Pick<SignedIn, 'v3'> = desk) =>
  by.v3('POST', `conversations/${id}/split`, body)
const move = (id: string, body: Record<string, unknown>) => desk.v3('POST', `conversations/${id}/move`, body)
const undo = (id: string, moveid: string) => desk.v3('POST', `conversations/${id}/moves/${moveid}/undo`, {})
const answer = (id: string, message: string) => agent.v3('POST', `conversations/${id}/messages`, { message })
const note = (id: string, message: string) => desk.v3('POST', `conversations/${id}/messages`, { message, type: 'N' })
const ask = (id: string, message: string, useridentifier = 'anna@example.com', more: Record<string, string> = {}) =>
  desk.v1('POST', `conversations/${id}/messages`, { message, useridentifier, ...more })
const put = (id: string, status: string) => desk.v3('PUT', `conversations/${id}/status`, { status })
const anna = { useridentifier: 'anna@example.com' }

async function aTalk(): Promise<{ id: string; code: string }> {
  const { conversationid: id, code } = await aConversation(desk, { ...anna, message: 'First', subject: 'Printer' })
  await answer(id, 'Answer to the first')
  await ask(id, 'Second')
  return { id, code }
}

/** Gives the group with a text a mail, and one that waits to be sent, as the mail channel would. */
async function aMailFor(id: string, text: string, mail: { direction?: string; copies?: string[]; subject?: string }) {
  const groupSeq = rowOfId(await group(id, text)) ?? 0
  const messageId = `${groupSeq}@mail.example.com`
  const people = (addresses: readonly string[]) => JSON.stringify(addresses.map((address) => ({ name: '', address })))
  await desk.app.database.write(async (tx) => {
    await tx.deleteFrom('mails').where('group_seq', '=', groupSeq).execute()
    await addMail(tx, {
      group_seq: groupSeq,
      conversation_id: id,
      direction: mail.direction ?? 'in',
      raw_seq: null,
      message_id: messageId,
      in_reply_to: null,
      sender: JSON.stringify({ name: '', address: 'anna@example.com' }),
      recipients: people(['support@desk.test']),
      copies: people(mail.copies ?? []),
      subject: mail.subject ?? 'Printer',
      thread_reason: '',
      authentication: null,
      kind: 'person',
      dated_at: null,
      created_at: 1,
    })
    await addThreadId(tx, messageId, id, 'received', 1)
    if (mail.direction === 'out')
      await queueMail(tx, {
        kind: 'answer',
        conversationId: id,
        groupSeq,
        messageId,
        to: [{ name: '', address: 'anna@example.com' }],
        dueAt: Date.now() + 3_600_000,
      })
  })
  return messageId
}

describe('what cannot be split off or moved', () => {
  test('without a key or a session nothing is done', async () => {
    const { id } = await aTalk()
    for (const path of ['split', 'move', 'moves/zzzzzzzz/undo'])
      expect((await desk.v3('POST', `conversations/${id}/${path}`, {}, { key: null })).status).toBe(401)
    expect((await desk.v3('GET', `conversations/${id}/moves`, undefined, { key: null })).status).toBe(401)
  })

  test.each([
    ['messagegroupids', {}],
    ['messagegroupids', { messagegroupids: [] }],
    ['messagegroupids', { messagegroupids: ['zzzzzzzz'] }],
    ['messagegroupids', { messagegroupids: ["' or 1=1"] }],
    ['messagegroupids.0', { messagegroupids: [17] }],
    ['subject', { messagegroupids: ['00000001'], subject: ' ' }],
    ['subject', { messagegroupids: ['00000001'], subject: '\ud800' }],
    ['colour', { messagegroupids: ['00000001'], colour: 'red' }],
  ])('a wrong %s is refused by name: %j', async (field, body) => {
    const { id } = await aTalk()
    const before = await stateOf(desk, id)
    const reply = await split(id, body)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
    expect(await stateOf(desk, id)).toEqual(before)
  })

  test('a group of another conversation, a step of its own life, notes alone, or everything', async () => {
    const { id } = await aTalk()
    const other = await aTalk()
    await note(id, 'A note')
    await put(id, 'R')
    const [foreign, step, notes, ...all] = [
      await group(other.id, 'Second'),
      await group(id, 'Open → Resolved'),
      await group(id, 'A note'),
      await group(id, 'First'),
      await group(id, 'Answer to the first'),
      await group(id, 'Second'),
    ]
    for (const [ids, words] of [
      [[foreign], 'does not have'],
      [[all[0], step], 'a step of the conversation itself'],
      [[notes], 'not only notes'],
      [[...all, notes], 'leave a message behind'],
    ] as const) {
      const reply = await split(id, { messagegroupids: ids })
      expect([reply.status, reply.body.error.field]).toEqual([400, 'messagegroupids'])
      expect(reply.body.error.message).toContain(words)
    }
  })

  test('into a department that is not there or deleted, and nothing is stored', async () => {
    const { id } = await aTalk()
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Short-lived' })).body
    await desk.v3('DELETE', `departments/${departmentid}`)
    const before = await stateOf(desk, id)
    for (const department of ['zzzzzzzz', departmentid])
      expect((await split(id, { messagegroupids: [await group(id, 'Second')], department })).status).toBe(404)
    expect(await stateOf(desk, id)).toEqual(before)
  })

  test('from or into what is hidden, deleted, spam or merged', async () => {
    const { id } = await aTalk()
    const messagegroupids = [await group(id, 'Second')]
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Hidden' })).body
    const hidden = await aConversation(desk, { department: departmentid })
    const reply = await agent.v3('POST', `conversations/${id}/move`, { messagegroupids, into: hidden.conversationid })
    expect(reply.status).toBe(404)
    for (const status of ['X', 'B']) {
      const other = await aConversation(desk)
      await put(other.conversationid, status)
      expect((await move(id, { messagegroupids, into: other.code })).status).toBe(409)
      expect((await split(other.conversationid, { messagegroupids })).status).toBe(409)
    }
    const [a, b] = [await aConversation(desk), await aConversation(desk)]
    await desk.v3('POST', `conversations/${a.conversationid}/merge`, { into: b.code })
    expect((await move(id, { messagegroupids, into: a.code })).body.error.message).toContain(`merged into ${b.code}`)
    expect((await move(id, { messagegroupids, into: id })).body.error.field).toBe('into')
  })
})

describe('a split', () => {
  test('opens a conversation with the messages, their order and dates, for whoever wrote first', async () => {
    const { id, code } = await aTalk()
    await ask(id, 'From somebody else', 'berta@example.com')
    await note(id, 'About the other matter')
    await answer(id, 'Answer to both')
    const before = await historyOf(desk, id)
    const messagegroupids = [await group(id, 'About the other matter'), await group(id, 'From somebody else')]
    const { status, body } = await split(id, { messagegroupids, subject: 'Other matter' }, agent)
    expect(status).toBe(200)
    const to = body.into.conversationid
    expect(body).toMatchObject({
      kind: 'split',
      from: { conversationid: id, code },
      messagegroups: messagegroupids.sort(),
    })
    const row = await read(to)
    expect(row).toMatchObject({
      subject: 'Other matter',
      status: 'N',
      owner: { email: 'berta@example.com' },
      preview: 'From somebody else',
      messagegroupsin: 1,
      messagegroupsout: 0,
      departmentid: 'default',
      agentid: null,
      links: [{ conversationid: id, code, subject: 'Printer', reason: 'split', direction: 'from' }],
    })
    const moved = (await historyOf(desk, to)).filter(({ rstatus }) => rstatus === 'V')
    expect(moved).toEqual(before.filter(({ messagegroupid }) => messagegroupids.includes(messagegroupid)))
    expect(row.waitingsince).toBe(moved[0]?.datecreated)
    expect(await read(id)).toMatchObject({
      status: 'A',
      messagegroupsin: 2,
      messagegroupsout: 2,
      links: [{ conversationid: to, subject: 'Other matter', reason: 'split', direction: 'to' }],
    })
    expect(await textsOf(desk, id)).toEqual([
      'First',
      'Answer to the first',
      'Second',
      'Answer to both',
      `Messages went to ${row.code}`,
    ])
    const traces = (await historyOf(desk, id)).filter(({ rstatus }) => rstatus !== 'V')
    expect(traces).toMatchObject([{ rtype: 'L', rstatus: 'S', messages: [{ rtype: 'B' }] }])
    const { kept, counted } = await departmentCounts(desk)
    expect(kept).toEqual(counted)
  })

  test('makes the old one what it was before the messages, if nobody waits there any more', async () => {
    for (const [settle, status] of [
      [(id: string) => put(id, 'R'), 'R'],
      [(id: string) => put(id, 'L'), 'L'],
      [(id: string) => answer(id, 'Done'), 'A'],
    ] as const) {
      const { id } = await aTalk()
      await settle(id)
      await ask(id, 'Something else')
      expect((await read(id)).status).toBe('C')
      await split(id, { messagegroupids: [await group(id, 'Something else')] })
      expect(await read(id)).toMatchObject({ status, waitingsince: null })
    }
  })

  test('leaves the customer waiting for the messages that stay', async () => {
    const { id } = await aTalk()
    await ask(id, 'Third')
    const third = (await historyOf(desk, id)).at(-1)
    await split(id, { messagegroupids: [await group(id, 'Second')] })
    expect(await read(id)).toMatchObject({ status: 'C', waitingsince: third?.datecreated })
  })

  test('of answers alone is answered, and belongs to the requester of the old one', async () => {
    const { id } = await aTalk()
    const { body } = await split(id, { messagegroupids: [await group(id, 'Answer to the first')] })
    expect(await read(body.into.conversationid)).toMatchObject({
      status: 'A',
      waitingsince: null,
      owner: { email: 'anna@example.com' },
    })
  })

  test('takes mails, their Message-IDs and what waits to be sent along, and only those people in copy', async () => {
    const { conversationid: id } = await aConversation(desk, {
      ...anna,
      message: 'First',
      cc: 'one@example.com,two@example.com',
    })
    await ask(id, 'Told', 'anna@example.com', { mail_messsage_id: '<told@example.com>' })
    await answer(id, 'Waits to leave')
    const received = await aMailFor(id, 'Told', { copies: ['Two@example.com'], subject: 'Another matter' })
    const queued = await aMailFor(id, 'Waits to leave', { direction: 'out', copies: ['two@example.com'] })
    const messagegroupids = [await group(id, 'Told'), await group(id, 'Waits to leave')]
    const before = await stateOf(desk, id)
    const { body } = await split(id, { messagegroupids })
    const to = body.into.conversationid
    expect(await read(to)).toMatchObject({ subject: 'Another matter', cc: ['two@example.com'] })
    const state = await stateOf(desk, to)
    expect(state.threads.map(({ message_id }) => message_id)).toEqual([received, queued, 'told@example.com'].sort())
    expect(state).toMatchObject({ mails: [{}, {}], outbox: [{}] })
    expect((await stateOf(desk, id)).threads).toEqual([])
    expect((await undo(id, body.moveid)).status).toBe(200)
    const { links: _, ...row } = before.row
    expect(await stateOf(desk, id)).toMatchObject({ ...before, row })
  })

  test('takes files along that only its messages name', async () => {
    const { id } = await aTalk()
    const files = ['a', 'b', 'c'].map((letter) => letter.repeat(32))
    await desk.app.database.write(async (tx) => {
      for (const file of files)
        await tx
          .insertInto('files')
          .values({
            id: file,
            name: 'x',
            type: 'text/plain',
            size: 0,
            downloads: 0,
            conversation_id: null,
            created_at: 1,
          })
          .execute()
    })
    await ask(id, 'With a file', 'anna@example.com', { attachments: `${files[0]},${files[1]}` })
    await ask(id, 'With the same', 'anna@example.com', { attachments: `${files[1]},${files[2]}` })
    const { body } = await split(id, { messagegroupids: [await group(id, 'With a file')] })
    expect((await stateOf(desk, body.into.conversationid)).files).toEqual([{ id: files[0] }])
    expect((await stateOf(desk, id)).files).toEqual([{ id: files[1] }, { id: files[2] }])
  })

  test('counts as created where and when it was split, by the agent who did it', async () => {
    const { id } = await aTalk()
    const { body } = await split(id, { messagegroupids: [await group(id, 'Second')] }, agent)
    const facts = await desk.app.database.reader
      .selectFrom('facts')
      .select(['kind', 'agent_id'])
      .where('conversation_id', '=', body.into.conversationid)
      .execute()
    expect(facts).toEqual([{ kind: 'created', agent_id: agentId }])
  })
})

describe('a split undone', () => {
  test('leaves the old one as it was, and the new one empty, leading back', async () => {
    const { id } = await aTalk()
    const before = await stateOf(desk, id)
    const { body } = await split(id, { messagegroupids: [await group(id, 'Second')] })
    const to = body.into.conversationid
    await undo(to, body.moveid)
    const { links: _, ...row } = before.row
    const after = await stateOf(desk, id)
    expect(after).toMatchObject({ ...before, row })
    expect(await read(to)).toMatchObject({ status: 'L', mergedinto: id, messagegroupsin: 0 })
    await ask(to, 'To the one that is no more')
    expect(await textsOf(desk, id)).toContain('To the one that is no more')
    const { kept, counted } = await departmentCounts(desk)
    expect(kept).toEqual(counted)
  })

  test('leaves what was written since in the new one', async () => {
    const { id } = await aTalk()
    const { body } = await split(id, { messagegroupids: [await group(id, 'Second')] })
    const to = body.into.conversationid
    await ask(to, 'Later')
    await undo(id, body.moveid)
    expect(await read(to)).toMatchObject({ mergedinto: null, status: 'N', preview: 'Later', messagegroupsin: 1 })
    expect(await read(id)).toMatchObject({ status: 'C', preview: 'Second', messagegroupsin: 2 })
    expect((await undo(id, body.moveid)).status).toBe(409)
  })
})

describe('a move', () => {
  test('puts messages into the right conversation, and back', async () => {
    const { id } = await aTalk()
    const other = await aTalk()
    await answer(other.id, 'Settled')
    const before = [await stateOf(desk, id), await stateOf(desk, other.id)]
    const second = await group(id, 'Second')
    const { status, body } = await move(id, { messagegroupids: [second], into: other.code })
    expect([status, body.kind]).toEqual([200, 'move'])
    expect(await read(id)).toMatchObject({ status: 'A', preview: 'Answer to the first', messagegroupsin: 1 })
    expect(await read(other.id)).toMatchObject({ status: 'C', messagegroupsin: 3, messagegroupsout: 2 })
    expect((await read(other.id)).waitingsince).toBe(before[0]?.row.waitingsince)
    await undo(other.id, body.moveid)
    expect([await stateOf(desk, id), await stateOf(desk, other.id)]).toEqual(before)
  })

  test('is listed with others under both conversations, page by page', async () => {
    const { id } = await aTalk()
    const other = await aTalk()
    const ids: string[] = []
    for (const text of ['First', 'Second'])
      ids.unshift((await move(id, { messagegroupids: [await group(id, text)], into: other.code })).body.moveid)
    const list = async (of: string, query = '') => (await desk.v3('GET', `conversations/${of}/moves${query}`)).body
    for (const of of [id, other.id])
      expect((await list(of)).moves.map(({ moveid }: { moveid: string }) => moveid)).toEqual(ids)
    const first = await list(id, '?limit=1')
    expect(first.moves).toMatchObject([{ moveid: ids[0] }])
    const second = await list(id, `?limit=1&cursor=${first.next_cursor}`)
    expect([second.moves[0].moveid, second.next_cursor]).toEqual([ids[1], null])
  })

  test('of what has moved on since cannot be undone', async () => {
    const { id } = await aTalk()
    const [b, c] = [await aTalk(), await aTalk()]
    const second = await group(id, 'Second')
    const first = (await move(id, { messagegroupids: [second], into: b.code })).body
    const next = (await move(b.id, { messagegroupids: [second], into: c.code })).body
    const refused = await undo(id, first.moveid)
    expect([refused.status, refused.body.error.message]).toEqual([
      409,
      'Some of these messages have been moved on since. Undo that first.',
    ])
    expect((await undo(b.id, next.moveid)).status).toBe(200)
    expect((await undo(id, first.moveid)).status).toBe(200)
  })

  test('of the same message to two places at once happens once', async () => {
    const { id } = await aTalk()
    const [b, c] = [await aTalk(), await aTalk()]
    const messagegroupids = [await group(id, 'Second')]
    const replies = await Promise.all([b, c].map(({ code }) => move(id, { messagegroupids, into: code })))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400])
    const { kept, counted } = await departmentCounts(desk)
    expect(kept).toEqual(counted)
  })
})
