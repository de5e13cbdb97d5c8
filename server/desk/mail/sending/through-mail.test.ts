// The system's own mails from their cause to the person who gets them, and back, through a real mail server.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { anAgent } from '../../../../test/people.ts'
import { type Relay, startRelay } from '../../../../test/relay.ts'
import type { Mailbox } from '../../mailboxes/mailbox.ts'
import { keepRaw, type RawSource } from '../intake/keep-raw.ts'

let desk: TestDesk
let relay: Relay
let mailbox: Mailbox
beforeEach(async () => {
  desk = await newDesk({ DESKHAND_URL: 'http://localhost' })
  relay = await startRelay()
  mailbox = await aMailbox(desk, relay.port)
})
afterEach(async () => {
  await desk.close()
  await relay.close()
})

interface Written {
  from: string
  subject: string
  text: string
  inReplyTo?: string
  id?: string
}

/** A mail comes in and is accepted, and everything follows from it. */
async function arrives(
  { from, subject, text, inReplyTo, id = `${Math.random()}@mail.test` }: Written,
  source: RawSource = 'imap',
) {
  const head = [`From: ${from}`, 'To: support@desk.test', `Subject: ${subject}`, `Message-ID: <${id}>`]
  const lines = [...head, ...(inReplyTo ? [`In-Reply-To: <${inReplyTo}>`] : []), '', text, '']
  const contents = Buffer.from(lines.join('\r\n'))
  await keepRaw(desk.app, { mailboxId: mailbox.id, source, contents, envelope: {}, receivedAt: Date.now() })
  await desk.drain()
}

const last = () => relay.mails.at(-1)
const opened = async () => (await desk.v3('GET', 'conversations')).body.conversations

test('an invitation leads to a password, and can be used once', async () => {
  await desk.v1('POST', 'customers', {
    email: 'rita@example.com',
    name: 'Rita "R." <Regis>',
    role: 'R',
    send_registration_mail: 'Y',
  })
  await desk.drain()
  expect(relay.mails).toHaveLength(1)
  const { mail, headers, to } = last() ?? {}
  expect(to).toEqual(['rita@example.com'])
  expect(headers?.get('auto-submitted')).toMatch(/^auto-/)
  expect(mail?.subject).toBe('Your account with Deskhand')
  const [, path = '', token = ''] = /http:\/\/localhost(\/register)\?token=(\w{43})/.exec(mail?.text ?? '') ?? []
  const choose = () =>
    desk.app.http.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' },
      payload: new URLSearchParams({ token, password: 'a long password' }).toString(),
    })
  expect((await choose()).statusCode).toBe(303)
  expect((await choose()).statusCode).toBe(404)
})

test('nothing is acknowledged of what was imported, and what arrives is acknowledged once', async () => {
  await desk.v3('PATCH', 'settings', { acknowledge: true, language: 'de' })
  await arrives({ from: 'old@example.com', subject: 'Old', text: 'Long ago' }, 'import')
  expect(relay.mails).toEqual([])
  await arrives({
    from: '"Carla\\" Bcc: x" <carla@example.com>',
    subject: '=?utf-8?Q?A=0D=0ABcc:_all@desk.test?=',
    text: 'Help',
    id: 'first@mail.test',
  })
  await arrives({ from: 'carla@example.com', subject: 'Another', text: 'Help again' })
  expect(relay.mails).toHaveLength(1)
  const { from, to, mail, headers } = last() ?? {}
  expect([from, to]).toEqual(['', ['carla@example.com']])
  expect(headers?.get('auto-submitted')).toBe('auto-replied')
  expect(mail?.inReplyTo).toBe('<first@mail.test>')
  expect(mail?.references?.split(/\s+/).at(-1)).toBe('<first@mail.test>')
  expect(headers?.has('bcc')).toBe(false)
  expect(mail?.subject).toMatch(/^Ihre Nachricht ist angekommen: A/)
  expect(mail?.html).toContain('<html lang="de"')
  // What the customer answers to it joins the conversation that it is about.
  await arrives({
    from: 'carla@example.com',
    subject: 'Re',
    text: 'Thanks',
    inReplyTo: (mail?.messageId ?? '').slice(1, -1),
  })
  expect(await opened()).toHaveLength(3)
})

test('an agent answers the customer by replying to the mail about his assignment, and nobody else can', async () => {
  const { userid, email } = await anAgent(desk)
  await arrives({ from: 'carla@example.com', subject: 'Printer', text: 'It burns' })
  const [{ conversationid }] = await opened()
  await desk.v1('PUT', `conversations/${conversationid}/attendants`, { agentidentifier: userid })
  await desk.drain()
  const { mail, to } = last() ?? {}
  expect(to).toEqual([email])
  expect(mail?.text).toContain('> It burns')
  const inReplyTo = (mail?.messageId ?? '').slice(1, -1)

  await arrives({ from: email, subject: 'Re: Printer', text: 'Forged', inReplyTo: `x${inReplyTo}` })
  expect(relay.mails).toHaveLength(1)
  await arrives({ from: email, subject: 'Re: Printer', text: 'Pull the plug.', inReplyTo })
  expect(relay.mails).toHaveLength(2)
  expect(last()?.to).toEqual(['carla@example.com'])
  expect(last()?.mail.text).toContain('Pull the plug.')
  expect(last()?.raw.toString()).not.toContain(inReplyTo)
})

test('an answer goes out in the words of its department, with the signature of its agent', async () => {
  const { userid } = await anAgent(desk)
  await desk.v3('PUT', 'signatures', { userid, html: '<p>{$agent.name}<br>{$company}</p>' })
  await desk.v3('POST', 'mailtemplates', {
    kind: 'answer',
    subject: '',
    html: '<p>{$greeting}</p><div>{$message}</div>{$signature}',
  })
  await arrives({ from: 'carla@example.com', subject: 'Printer', text: 'It burns' })
  const [{ conversationid }] = await opened()
  await desk.v1('POST', `conversations/${conversationid}/messages`, { message: 'Wait <here>', useridentifier: userid })
  await desk.drain()
  expect(last()?.mail.subject).toBe('Re: Printer')
  expect(last()?.mail.text?.trim()).toBe('Hello,\n\nWait <here>\n\n-- \nAda Agent\nDeskhand')
  await desk.v1('POST', `conversations/${conversationid}/messages`, {
    message: 'Bare',
    useridentifier: userid,
    use_template: 'N',
  })
  await desk.drain()
  expect(last()?.mail.text?.trim()).toBe('Bare')
})
