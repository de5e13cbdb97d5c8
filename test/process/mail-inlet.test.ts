// The program takes mail by SMTP if it is told to: it says where it cannot, and when it stops the mail that is being sent
// is stored.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TEST_KEY } from '../first-start.ts'
import { freePorts } from '../mail-servers/process.ts'
import { talkTo } from '../smtp-client.ts'
import { newPlace, type Place, run, start } from './server.ts'

let place: Place
let ports: number[]
beforeEach(async () => {
  place = await newPlace('started')
  ports = await freePorts(2)
})
afterEach(() => place.remove())

const v3 = async (url: string, method: string, path: string, body?: unknown) => {
  const reply = await fetch(`${url}/api/v3/${path}`, {
    method,
    headers: { apikey: TEST_KEY, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const answer: Record<string, unknown> = JSON.parse(await reply.text())
  return { status: reply.status, body: answer }
}

test('does not start on a port that is taken, or with a certificate that is none', async () => {
  const [port = 0] = ports
  const env = { DESKHAND_SMTP_PORT: String(port), DESKHAND_LMTP_PORT: String(port) }
  const taken = await run(place, ['serve'], { env })
  expect(taken.code).toBe(1)
  expect(taken.stderr).toContain('DESKHAND_LMTP_PORT')
  const half = await run(place, ['serve'], { env: { DESKHAND_SMTP_CERT: 'cert.pem' } })
  expect({ code: half.code, err: half.stderr }).toEqual({ code: 2, err: expect.stringContaining('DESKHAND_SMTP_KEY') })
})

test('stores the mail that is being sent when it is told to stop', async () => {
  const [port = 0, lmtp = 0] = ports
  const env = { DESKHAND_SMTP_PORT: String(port), DESKHAND_LMTP_PORT: String(lmtp) }
  const server = await start(place, { env })
  const added = await v3(server.url, 'POST', 'mailboxes', { address: 'support@desk.test', name: 'Support' })
  expect(added.status).toBe(200)
  const client = await talkTo(port)
  const idle = await talkTo(lmtp)
  for (const line of ['EHLO x.test', 'MAIL FROM:<a@b.test>', 'RCPT TO:<support@desk.test>', 'DATA'])
    await client.ask(line)
  client.say('From: a@b.test\r\nSubject: the last one\r\n\r\n')
  server.kill('SIGTERM')
  expect(await idle.rest()).toEqual([expect.stringMatching(/^421 /)])
  client.say('hello\r\n.\r\n')
  expect(await client.rest()).toEqual([expect.stringMatching(/^250 /), expect.stringMatching(/^421 /)])
  expect(await server.ended).toEqual({ code: 0, signal: null })
  const again = await start(place, { env })
  const { body } = await v3(again.url, 'GET', 'rawmails')
  expect(body.rawmails).toMatchObject([{ source: 'smtp' }])
})
