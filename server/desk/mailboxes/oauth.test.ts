// Signing in with OAuth 2: a token server over TLS, a Dovecot that asks it about tokens, and a submission server.
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { AUTHORITY, GOOD } from '../../../test/mail-servers/certificates.ts'
import { type Dovecot, startDovecot } from '../../../test/mail-servers/dovecot.ts'
import { type Submission, startSubmission } from '../../../test/mail-servers/submission.ts'
import { deliver, missingMailServers } from '../../../test/mail-servers.ts'
import { startMailboxWatch } from '../mail/intake/mailbox-watch.ts'
import { secretsOf } from './mailbox.ts'
import { accessToken, forgetToken, TokenRefused } from './oauth.ts'

/** A token server: what it was asked, and what it takes. */
interface TokenServer {
  url: string
  introspectionUrl: string
  asked: URLSearchParams[]
  /** Refresh tokens that it takes now. */
  valid: Set<string>
  tokens: Map<string, string>
  /** Gives another refresh token each time, and takes the old one no more. */
  isRotating: boolean
  lifeSeconds: number
  /** Answers this instead. */
  answer: { status: number; body: string; headers?: Record<string, string> } | undefined
  close(): void
}

const USER = 'oauth@desk.test'

async function startTokenServer(): Promise<TokenServer> {
  let count = 0
  const https = createHttpsServer({ cert: GOOD.certificate, key: GOOD.key }, (request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const form = new URLSearchParams(body)
      server.asked.push(form)
      if (server.answer) return response.writeHead(server.answer.status, server.answer.headers).end(server.answer.body)
      const refresh = form.get('refresh_token') ?? ''
      if (request.method !== 'POST' || !server.valid.has(refresh))
        return response.writeHead(400).end('{"error":"invalid_grant","error_description":"Token has been revoked."}')
      const token = `access-${++count}`
      server.tokens.set(token, USER)
      let next: string | undefined
      if (server.isRotating) {
        server.valid.delete(refresh)
        next = `refresh-${count}`
        server.valid.add(next)
      }
      return response.end(
        JSON.stringify({ access_token: token, expires_in: server.lifeSeconds, ...(next && { refresh_token: next }) }),
      )
    })
  })
  // Dovecot asks here whose a token is.
  const http = createHttpServer((request, response) => {
    const email = server.tokens.get(new URL(request.url ?? '', 'http://x').searchParams.get('token') ?? '')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(email ? { active: 'true', email } : { active: 'false' }))
  })
  const port = async (listener: Server | ReturnType<typeof createHttpsServer>): Promise<number> => {
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    return (listener.address() as AddressInfo).port
  }
  const server: TokenServer = {
    url: `https://127.0.0.1:${await port(https)}/token`,
    introspectionUrl: `http://127.0.0.1:${await port(http)}/?token=`,
    asked: [],
    valid: new Set(['refresh-0']),
    tokens: new Map(),
    isRotating: false,
    lifeSeconds: 3_600,
    answer: undefined,
    close() {
      for (const each of [https, http]) {
        each.close()
        each.closeAllConnections()
      }
    },
  }
  return server
}

const missing = missingMailServers(['dovecot'])

describe('OAuth 2', () => {
  let desk: TestDesk
  let tokens: TokenServer
  let dovecot: Dovecot
  let submission: Submission
  beforeAll(async () => {
    desk = await newDesk({ DESKHAND_FETCH_ALLOW: '127.0.0.1/32' })
    tokens = await startTokenServer()
    submission = await startSubmission({ isTokenValid: (token) => tokens.tokens.has(token) })
    if (missing === undefined) dovecot = await startDovecot({ introspectionUrl: tokens.introspectionUrl })
  })
  afterEach(() => {
    Object.assign(tokens, { answer: undefined, isRotating: false, lifeSeconds: 3_600, asked: [] })
    tokens.valid.add('refresh-0')
  })
  afterAll(async () => {
    await submission?.stop()
    await dovecot?.remove()
    tokens?.close()
    await desk?.close()
  })

  let count = 0
  const server = () => ({
    host: 'localhost',
    user: USER,
    auth: 'oauth2',
    token_url: tokens.url,
    authorities: AUTHORITY,
    refresh_token: 'refresh-0',
    client_id: 'desk',
    // Another one each time: tokens are kept for those who ask with the same.
    client_secret: `secret-${count}`,
  })
  const aMailbox = async (fields: Record<string, unknown> = {}) => {
    count++
    const { body, status, text } = await desk.v3('POST', 'mailboxes', {
      address: `oauth${count}@desk.test`,
      is_test_skipped: true,
      incoming: server(),
      outgoing: server(),
      ...fields,
    })
    if (status !== 200) throw new Error(text)
    return body
  }
  const secrets = async (id: string) => {
    const row = await desk.app.database.reader
      .selectFrom('mailboxes')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return secretsOf(desk.app.installation.secret, row)
  }
  const refusal = async (id: string): Promise<string> => {
    const error: unknown = await accessToken(desk.app, id, 'incoming').catch((thrown: unknown) => thrown)
    if (!(error instanceof TokenRefused)) throw new Error(`not refused: ${String(error)}`)
    return error.message
  }

  test.each([
    ['a revoked token', 400, '{"error":"invalid_grant"}', 'has expired or was revoked: sign in anew'],
    ['a wrong client', 401, '{"error":"invalid_client"}', 'does not accept the client id and secret'],
    ['another refusal', 400, '{"error":"slow_down","error_description":"Not\\r\\nnow"}', 'It says: Not now'],
    ['a page', 200, '<html>', 'answered 200 without a token'],
    ['a token of a strange kind', 200, '{"access_token":["x"]}', 'answered 200 without a token'],
    ['an answer without end', 200, 'x'.repeat(200_000), 'was not reached'],
  ])('%s is said in words', async (_what, status, body, says) => {
    const { id } = await aMailbox()
    tokens.answer = { status, body }
    expect(await refusal(id)).toContain(says)
  })

  test('a redirect is not followed: what was posted is for one host', async () => {
    const { id } = await aMailbox()
    tokens.answer = { status: 307, body: '', headers: { location: tokens.url } }
    expect(await refusal(id)).toContain('answered 307')
    expect(tokens.asked).toHaveLength(1)
  })

  test('a token server inside is reached only if its network is allowed, and only with a certificate that is trusted', async () => {
    const strict = await newDesk()
    const { id } = await aMailbox()
    const { id: other } = await aMailbox({ incoming: { ...server(), authorities: null } })
    const app = { ...desk.app, config: strict.app.config }
    await expect(accessToken(app, id, 'incoming')).rejects.toThrow('not on the public internet')
    await expect(accessToken(desk.app, other, 'incoming')).rejects.toThrow('was not reached')
    expect(tokens.asked).toEqual([])
    await strict.close()
  })

  test('a token is kept until it ends or is refused, and asked for once by many', async () => {
    const { id } = await aMailbox()
    const both = ['incoming', 'outgoing'] as const
    const got = await Promise.all([...both, ...both].map((side) => accessToken(desk.app, id, side)))
    expect(new Set(got).size).toBe(1)
    expect(tokens.asked.map((form) => Object.fromEntries(form))).toEqual([
      { grant_type: 'refresh_token', refresh_token: 'refresh-0', client_id: 'desk', client_secret: `secret-${count}` },
    ])
    await forgetToken(desk.app, id, 'incoming')
    expect(await accessToken(desk.app, id, 'incoming')).not.toBe(got[0])
    const { id: short } = await aMailbox()
    tokens.lifeSeconds = 30
    expect(await accessToken(desk.app, short, 'incoming')).not.toBe(await accessToken(desk.app, short, 'incoming'))
  })

  test('a refresh token that is exchanged replaces the stored one, at both servers', async () => {
    tokens.isRotating = true
    const { id } = await aMailbox()
    tokens.lifeSeconds = 30
    for (let n = 0; n < 3; n++) {
      await accessToken(desk.app, id, 'incoming')
      await accessToken(desk.app, id, 'outgoing')
    }
    const { incoming, outgoing } = await secrets(id)
    expect(incoming?.refreshToken).toBe(outgoing?.refreshToken)
    expect(tokens.valid.has(incoming?.refreshToken ?? '')).toBe(true)
    expect(incoming?.clientSecret).toBe(`secret-${count}`)
  })

  describe.skipIf(missing)('with mail servers', () => {
    const servers = () => ({
      incoming: { ...server(), port: dovecot.imapsPort, is_only_new: false },
      outgoing: { ...server(), port: submission.port, security: 'starttls' },
    })

    test('a mailbox is tried before it is stored, and what that exchanged is stored', async () => {
      tokens.isRotating = true
      const { id } = await aMailbox({ ...servers(), is_test_skipped: false })
      const { incoming, outgoing } = await secrets(id)
      expect(incoming?.refreshToken).not.toBe('refresh-0')
      expect(outgoing?.refreshToken).toBe(incoming?.refreshToken)
      expect((await desk.v3('POST', `mailboxes/${id}/test`, {})).body).toMatchObject({ is_working: true })
    })

    test('a token that the mail server refuses is named', async () => {
      const reply = await desk.v3('POST', 'mailboxes/test', {
        address: USER,
        ...servers(),
        incoming: { ...servers().incoming, user: 'somebody-else@desk.test' },
      })
      expect(reply.body.incoming.trouble).toMatchObject({
        field: 'refresh_token',
        message: expect.stringContaining('does not accept the OAuth 2 token'),
      })
    })

    test('mail is fetched, also after the token was revoked before its time', async () => {
      await deliver(dovecot, USER, 'Subject: one\n\nHello\n')
      const { id } = await aMailbox(servers())
      await accessToken(desk.app, id, 'incoming')
      tokens.tokens.clear()
      const watch = startMailboxWatch(desk.app, { sizeLimit: 1_000_000, pauseMs: () => 50 })
      const raws = () =>
        desk.app.database.reader.selectFrom('raw_mails').select('seq').where('mailbox_id', '=', id).execute()
      await expect.poll(raws, { timeout: 15_000 }).toHaveLength(1)
      await watch.stop()
      expect((await desk.v3('GET', `mailboxes/${id}`)).body.trouble).toBeNull()
    })
  })
})
