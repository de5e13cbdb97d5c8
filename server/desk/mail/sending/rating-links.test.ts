// How the links that rate answers get into mails, and that they do not get back to agents.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { answer, look, rate, storedRatings } from '../../../../test/ratings.ts'
import { type Relay, reply, startRelay } from '../../../../test/relay.ts'
import type { Mailbox } from '../../mailboxes/mailbox.ts'
import { keepRaw } from '../intake/keep-raw.ts'

let desk: TestDesk
let relay: Relay
let mailbox: Mailbox
let ada: { userid: string; email: string }
beforeEach(async () => {
  desk = await newDesk({ DESKHAND_URL: 'http://localhost' })
  relay = await startRelay()
  mailbox = await aMailbox(desk, relay.port)
  ada = await anAgent(desk)
})
afterEach(async () => {
  await desk.close()
  await relay.close()
})

const settings = (patch: Record<string, unknown>) => desk.v3('PATCH', 'settings', patch)
const LINK = /http:\/\/localhost(\/rate\/[0-9a-f]{48})\/(good|bad)/g
const linksIn = (text: string | undefined): string[] => [...(text ?? '').matchAll(LINK)].map(([, path = '']) => path)
const last = () => relay.mails.at(-1)?.mail

async function mailed(fields: Record<string, string> = {}) {
  const { conversationid } = await aConversation(desk, { useridentifier: 'carla@example.com', ...fields })
  const answered = await answer(desk, conversationid, ada.userid)
  await desk.drain()
  return { conversationid, ...answered }
}

test('an answer asks how it was only where the settings say so, and never where its bare text is wanted', async () => {
  await mailed()
  expect(`${last()?.text}${last()?.html}`).not.toContain('/rate/')
  expect((await settings({ rating_links: true })).body.rating_links).toBe(true)
  const { path, conversationid } = await mailed()
  expect(linksIn(last()?.text)).toEqual([path, path])
  expect(linksIn(last()?.html)).toEqual([path, path])
  expect(last()?.text).toMatch(/How was this answer\?\nGood: http.*\/good\nBad: http.*\/bad/)
  await desk.v1('POST', `conversations/${conversationid}/messages`, {
    message: 'Bare',
    useridentifier: ada.userid,
    use_template: 'N',
  })
  await desk.drain()
  expect(`${last()?.text}${last()?.html}`).not.toContain('/rate/')
})

test('the question is in the customer’s language, and each answer has a link of its own, which rates that answer', async () => {
  await settings({ rating_links: true })
  await desk.v3('POST', 'customers', { email: 'greta@example.com', language: 'de' })
  const { conversationid, messagegroupid } = await mailed({ useridentifier: 'greta@example.com' })
  const [first = ''] = linksIn(last()?.text)
  expect(last()?.text).toContain('Wie war diese Antwort?')
  const second = await answer(desk, conversationid, ada.userid)
  await desk.drain()
  expect(linksIn(last()?.text)[0]).toBe(second.path)
  expect(second.path).not.toBe(first)
  expect((await look(desk, `${first}/good`)).status).toBe(200)
  expect((await rate(desk, first, { rating: 'good' })).status).toBe(303)
  const [rating] = (await desk.v3('GET', `ratings?conversation=${conversationid}`)).body.ratings
  expect(rating).toMatchObject({ messagegroupid, agentid: ada.userid })
})

test('a mail that has to be sent again carries the same link', async () => {
  await settings({ rating_links: true })
  const seen: string[][] = []
  relay.behaviour.end = (relayed) => {
    seen.push(linksIn(relayed.mail.text))
    if (seen.length === 1) throw reply(451, '4.3.0 Try again')
  }
  await mailed()
  await desk.app.database.write(async (tx) => {
    await tx.updateTable('outbox').set({ due_at: 1 }).execute()
    await tx.updateTable('jobs').set({ run_at: 1 }).execute()
  })
  await desk.drain()
  expect(seen).toHaveLength(2)
  expect(seen[0]).toHaveLength(2)
  expect(seen[1]).toEqual(seen[0])
})

test('templates of one’s own ask wherever they say so, and their preview has links that rate nothing', async () => {
  const html = '<p>{$message}</p><p><a href="{$rating.good}">Yes</a> <a href="{$rating.bad}">No</a></p>{$rating}'
  const preview = await desk.v3('POST', 'mailtemplates/preview', { kind: 'answer', html })
  expect(preview.body.html).toMatch(/<a href="http:\/\/localhost\/rate\/example\/good"[^>]*>Yes<\/a>/)
  expect(preview.body.variables).toEqual(expect.arrayContaining(['rating', 'rating.bad', 'rating.good']))
  expect((await look(desk, '/rate/example/good')).status).toBe(404)
  const wrong = await desk.v3('POST', 'mailtemplates', { kind: 'acknowledgement', subject: 'x', html: '{$rating}' })
  expect(wrong.status).toBe(400)
  expect((await desk.v3('POST', 'mailtemplates', { kind: 'answer', subject: '', html })).status).toBe(200)
  const { path } = await mailed()
  expect(linksIn(last()?.html)).toEqual([path, path, path, path])
})

test('what a customer quotes brings no agent a link with which he could rate himself', async () => {
  await settings({ rating_links: true })
  const { conversationid, path } = await mailed()
  const sent = last()
  const token = path.slice('/rate/'.length)
  const quoted = `Thanks!\n\nOn Monday, Ada wrote:\n${(sent?.text ?? '').replace(/^/gm, '> ')}`
  const boundary = 'xxxx'
  const parts = [
    `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${quoted.replace(/\n/g, '\r\n')}`,
    `--${boundary}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Thanks!</p><blockquote type="cite">${sent?.html}</blockquote>`,
    `--${boundary}--`,
  ]
  const head = [
    'From: carla@example.com',
    'To: support@desk.test',
    'Subject: Re: Printer',
    'Message-ID: <quoting@mail.test>',
    `In-Reply-To: ${sent?.messageId}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary=${boundary}`,
  ]
  const contents = Buffer.from([...head, '', ...parts, ''].join('\r\n'))
  await keepRaw(desk.app, { mailboxId: mailbox.id, source: 'imap', contents, envelope: {}, receivedAt: Date.now() })
  await desk.drain()
  const bodies = await desk.app.database.reader
    .selectFrom('messages')
    .select('body')
    .where('conversation_id', '=', conversationid)
    .execute()
  const all = bodies.map(({ body }) => body).join('\n')
  expect(all).toContain('Thanks!')
  expect(all).toContain('/rate/…')
  expect(all).not.toContain(token)
  expect(all).not.toContain(token.slice(0, 8))
  expect((await storedRatings(desk, conversationid)).rows).toEqual([])
})
