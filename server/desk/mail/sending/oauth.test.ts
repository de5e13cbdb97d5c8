// Signing in with OAuth 2 at the server that sends.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { AUTHORITY, GOOD } from '../../../../test/mail-servers/certificates.ts'
import { type Submission, startSubmission } from '../../../../test/mail-servers/submission.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { sendDue } from './send-due.ts'

let desk: TestDesk
let submission: Submission
let given = 0
const tokens = createServer({ cert: GOOD.certificate, key: GOOD.key }, (_request, response) => {
  response.end(JSON.stringify({ access_token: `access-${++given}`, expires_in: 3_600 }))
})

beforeAll(async () => {
  desk = await newDesk({ DESKHAND_FETCH_ALLOW: '127.0.0.1/32' })
  await new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', resolve))
  submission = await startSubmission({ isTokenValid: (token) => token === 'access-2' })
})
afterAll(async () => {
  await submission.stop()
  tokens.close()
  tokens.closeAllConnections()
  await desk.close()
})

test('a token that the server does not take is asked for anew, and the mail waits meanwhile', async () => {
  await aMailbox(desk, submission.port, {
    outgoing: {
      host: 'localhost',
      port: submission.port,
      security: 'starttls',
      auth: 'oauth2',
      user: 'support@desk.test',
      tokenUrl: `https://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`,
      authorities: AUTHORITY,
    },
    secrets: { outgoing: { refreshToken: 'refresh' } },
  })
  const agent = await anAgent(desk)
  const { conversationid } = await aConversation(desk)
  await desk.v1('POST', `conversations/${conversationid}/messages`, { message: 'Hello', useridentifier: agent.userid })
  const mail = async () => (await desk.v3('GET', `outbox?conversation=${conversationid}`)).body.mails[0]
  await desk.drain()
  expect(await mail()).toMatchObject({ state: 'delayed', attempts: 0, trouble: expect.stringContaining('OAuth 2') })
  await desk.app.database.write((tx) => tx.updateTable('outbox').set({ due_at: 0 }).execute())
  await sendDue(desk.app)
  expect(await mail()).toMatchObject({ state: 'sent', attempts: 1 })
  expect(given).toBe(2)
  expect(submission.taken).toHaveLength(1)
})
