// What was said in a chat goes to the visitor's address by mail: not too often, and with nothing in it that harms a stranger.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { aChat, aChatter, aDepartment, aVisitor, type Chatter } from '../../../../test/chats.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { planOf, wholeTableReads } from '../../../../test/plan.ts'
import { type Relay, startRelay } from '../../../../test/relay.ts'
import { lastLineQuery, mailedQuery } from '../../../desk/chats/mail-transcript.ts'
import { linesQuery } from '../../../desk/mail/sending/transcripts.ts'
import { signedConversation } from '../../../desk/outbox/message-id.ts'

let desk: TestDesk
let relay: Relay
let ada: Chatter
let silent: string
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.desk.test' })
  relay = await startRelay({ size: 5_000_000 })
  silent = await aDepartment(desk)
  ada = await aChatter(desk, ['default', silent])
  await desk.v3('PATCH', `agents/${ada.userid}/capacities`, { chats: 100 })
})
afterAll(async () => {
  await relay.close()
  await desk.close()
})
beforeEach(() => {
  relay.mails.length = 0
})

let count = 0
async function answered(draft: Record<string, unknown> = {}) {
  const email = `anna-${++count}@example.com`
  const chat = await aChat(desk, { email, ...draft })
  const { status, text } = await ada.v3('POST', `chats/${chat.id}/messages`, { message: 'We do, in three days.' })
  if (status !== 200) throw new Error(text)
  return { ...chat, email, mail: () => chat.visitor.call('POST', `chats/${chat.id}/transcript`) }
}
const queued = (id: string) =>
  desk.app.database.reader
    .selectFrom('outbox')
    .selectAll()
    .where('conversation_id', '=', id)
    .where('kind', '=', 'transcript')
    .execute()

test('without a mailbox that sends nothing is promised', async () => {
  const { id, mail } = await answered()
  expect((await mail()).status).toBe(503)
  expect(await queued(id)).toEqual([])
  await aMailbox(desk, relay.port)
  expect((await mail()).status).toBe(200)
})

describe('a transcript is not mailed', () => {
  test('by anybody but the visitor of the chat: another does not learn that it exists', async () => {
    const { id } = await answered()
    const other = await aVisitor(desk)
    await other.call('PATCH', 'visitor', { email: 'other@example.com' })
    expect((await other.call('POST', `chats/${id}/transcript`)).status).toBe(404)
    expect((await desk.app.http.inject({ method: 'POST', url: `/api/widget/chats/${id}/transcript` })).statusCode).toBe(
      401,
    )
    expect(await queued(id)).toEqual([])
  })

  test('while the visitor has given no address; he gives it also after the end', async () => {
    const { id, visitor, mail } = await answered({ email: undefined })
    const refused = await mail()
    expect([refused.status, refused.body.error.field]).toEqual([400, 'email'])
    await visitor.call('POST', `chats/${id}/end`)
    await visitor.call('PATCH', 'visitor', { email: 'late@example.com' })
    expect((await mail()).body).toEqual({ email: 'late@example.com' })
  })

  test('before an agent has written: nobody sends his own words to somebody else by it', async () => {
    const { id, visitor } = await aChat(desk, { email: 'victim@example.com' })
    expect((await visitor.call('POST', `chats/${id}/transcript`)).status).toBe(409)
    await ada.v3('POST', `chats/${id}/takeover`, {})
    expect((await visitor.call('POST', `chats/${id}/transcript`)).status).toBe(409)
    await visitor.call('POST', `chats/${id}/end`)
    expect((await visitor.call('POST', `chats/${id}/transcript`)).status).toBe(409)
    expect(await queued(id)).toEqual([])
  })

  test.each(['support@desk.test', 'no-reply@shop.test', 'mailer-daemon@shop.test'])('to %s', async (email) => {
    const { id, mail } = await answered({ email })
    expect((await mail()).status).toBe(409)
    expect(await queued(id)).toEqual([])
  })

  test.each(['B', 'X'])('of a conversation with the status %s', async (status) => {
    const { id, mail } = await answered()
    expect((await desk.v3('PUT', `conversations/${id}/status`, { status })).status).toBe(200)
    expect((await mail()).status).toBe(409)
    expect(await queued(id)).toEqual([])
  })

  test('a third time, to whatever address, and however many ask at once', async () => {
    const { id, visitor, mail } = await answered()
    const replies = await Promise.all([mail(), mail(), mail(), mail()])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 409, 409])
    await visitor.call('PATCH', 'visitor', { email: 'another@example.com' })
    expect((await mail()).status).toBe(409)
    expect(await queued(id)).toHaveLength(2)
  })

  test('to one address more than five times a day, whoever asks', async () => {
    const email = 'Popular@example.com'
    const chats = []
    for (let n = 0; n < 6; n++) chats.push(await answered({ email: n % 2 ? email : email.toLowerCase() }))
    const replies = await Promise.all(chats.map(({ mail }) => mail()))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 429])
    const refused = replies.find(({ status }) => status === 429)
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(86_000)
    await desk.app.database.write((tx) =>
      tx
        .updateTable('outbox')
        .set((eb) => ({ created_at: eb('created_at', '-', 86_400_000) }))
        .where('recipient_key', '=', email.toLowerCase())
        .execute(),
    )
    const again = chats[replies.findIndex(({ status }) => status === 429)]
    expect((await again?.mail())?.status).toBe(200)
  })
})

describe('a transcript', () => {
  test('arrives with the words and files of both sides as text, and nothing else', async () => {
    const { id, visitor, email, mail } = await answered({
      name: 'Buy at http://pills.example now',
      message: '<b>Hello</b> & <script>alert(1)</script>\nsee https://pills.example/x?y=1 or www.pills.example',
    })
    await ada.v3('POST', `chats/${id}/messages`, {
      message: '<p>Look at <a href="https://shop.example/oslo">this</a><img src="https://shop.example/pixel.png"></p>',
      is_html: true,
    })
    await ada.v1('POST', `conversations/${id}/messages`, { message: 'SECRET note', type: 'N' })
    await visitor.call('POST', `chats/${id}/files`, { name: 'order.txt', type: 'text/plain', data: 'SGVsbG8=' })
    expect((await mail()).body).toEqual({ email })
    await visitor.call('POST', `chats/${id}/messages`, { message: 'Said LATER' })
    await desk.drain()
    const arrived = relay.mails.find(({ to }) => to.includes(email))
    if (!arrived) throw new Error('nothing arrived')
    expect(arrived.to).toEqual([email])
    expect(arrived.mail.subject).toBe('Your chat with Deskhand')
    expect(arrived.mail.to).toMatchObject([{ address: email, name: '' }])
    expect(arrived.headers.get('auto-submitted')).toBe('auto-generated')
    expect(signedConversation(desk.app.installation.secret, `${arrived.mail.messageId}`.slice(1, -1))).toBe(id)
    const { text = '', html = '' } = arrived.mail
    for (const part of [text, `${html}`]) {
      expect(part).toContain('You · ')
      expect(part).toContain('We do, in three days.')
      expect(part).toContain('https://shop.example/oslo')
      expect(part).toContain('📎 order.txt')
      // Neither what is not for him, nor what was said later, nor where a stranger would lead others to.
      expect(part).not.toMatch(/SECRET|LATER|pills|verified|pixel|my_tickets/)
    }
    expect(text).toContain('> <b>Hello</b> & <script>alert(1)</script>\n> see … or …')
    expect(html).toContain('&lt;b&gt;Hello&lt;/b&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).not.toMatch(/<b>|<script|<img/)
  })

  test('is in the language of the visitor, and worded by an administrator where he wants that', async () => {
    const { body } = await desk.v3('POST', 'mailtemplates', {
      kind: 'transcript',
      language: 'de',
      subject: 'Chat {$conversation.code}',
      html: '<p>Bitte sehr:</p>{$transcript}',
    })
    const visitor = await aVisitor(desk, { language: 'de-AT' })
    const { body: chat } = await visitor.call('POST', 'chats', { email: 'franz@example.at', message: 'Grüß Gott' })
    await ada.v3('POST', `chats/${chat.chatid}/messages`, { message: 'Servus.' })
    const arrived = async () => {
      relay.mails.length = 0
      expect((await visitor.call('POST', `chats/${chat.chatid}/transcript`)).status).toBe(200)
      await desk.drain()
      return relay.mails.find(({ to }) => to.includes('franz@example.at'))?.mail
    }
    const own = await arrived()
    expect(own?.subject).toMatch(/^Chat [A-Z]{3}-/)
    expect(own?.text).toMatch(/^Bitte sehr:\s+Sie · /)
    expect((await desk.v3('DELETE', `mailtemplates/${body.templateid}`)).status).toBe(200)
    const words = await arrived()
    expect(words?.subject).toBe('Ihr Chat mit Deskhand')
    expect(words?.text).toMatch(/Sie · .*\n> Grüß Gott/)
  })

  test('template names neither the conversation’s subject nor its address, which would open it to a stranger', async () => {
    for (const name of ['conversation.subject', 'conversation.url', 'customer.name']) {
      const { status, body } = await desk.v3('POST', 'mailtemplates', {
        kind: 'transcript',
        subject: 'x',
        html: `{$${name}}{$transcript}`,
      })
      expect([status, body.error.field]).toEqual([400, 'html'])
    }
  })

  test('costs no look at a whole table', async () => {
    const db = desk.app.database.reader
    for (const query of [
      linesQuery(db, 1, 2).compile(),
      mailedQuery(db, 'abcdefgh').compile(),
      lastLineQuery(db, { conversation_id: 'abcdefgh', group_seq: 1 }).compile(),
    ])
      expect(wholeTableReads(await planOf(desk, query))).toEqual([])
  })
})
