import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { anAgent } from '../../test/people.ts'
import { signIn } from '../../test/session.ts'
import { systemActor } from '../desk/actor.ts'
import { addLink, type LinkPurpose } from '../desk/mail/one-time-links.ts'
import { composeSystemMail } from '../desk/mail/sending/compose.ts'
import { draftMailbox } from '../desk/mailboxes/draft.ts'
import { addMailbox } from '../desk/mailboxes/mailboxes.ts'
import { jobHandlers } from '../job-handlers.ts'
import { claimJobs, runJob } from '../jobs/queue.ts'

let desk: TestDesk
let carla: string
beforeEach(async () => {
  desk = await newDesk()
  const outgoing = { host: '127.0.0.1', port: 2525, security: 'none', auth: 'none' } as const
  const drafted = draftMailbox(desk.app.installation.secret, undefined, { address: 'support@desk.test', outgoing })
  await desk.app.database.write((tx) => addMailbox(tx, systemActor, drafted))
  const { body } = await desk.v3('POST', 'customers', { email: 'carla@example.com', firstname: 'Carla', role: 'R' })
  carla = body.contactid
})
afterEach(() => desk.close())

const OURS = { origin: 'http://localhost', host: 'localhost' }

async function get(path: string) {
  const reply = await desk.app.http.inject({ method: 'GET', url: path })
  return { status: reply.statusCode, text: reply.body, headers: reply.headers }
}

async function post(
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = OURS,
  from = '10.0.0.1',
) {
  const reply = await desk.app.http.inject({
    method: 'POST',
    url: path,
    remoteAddress: from,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
  return { status: reply.statusCode, text: reply.body, headers: reply.headers, cookies: reply.cookies }
}

/** Does every job but the sending. */
async function drain(): Promise<void> {
  const handlers = { ...jobHandlers(desk.app), 'send-mail': async () => {} }
  for (;;) {
    const claimed = await claimJobs(desk.app.database, 50)
    if (claimed.length === 0) return
    for (const job of claimed) await runJob(desk.app.database, handlers, job, desk.app.log)
  }
}

const outbox = () => desk.app.database.reader.selectFrom('outbox').selectAll().orderBy('seq').execute()
const links = () => desk.app.database.reader.selectFrom('one_time_links').selectAll().execute()

/** The link in the newest mail, without its host. */
async function mailedLink(): Promise<string> {
  await drain()
  const mail = (await outbox()).at(-1)
  const composed = mail && (await composeSystemMail(desk.app.database.reader, desk.app, mail))
  return /https?:\/\/[^/\s]+(\/\S+\?token=\w+)/.exec(composed?.text ?? '')?.[1] ?? ''
}

const split = (link: string) => {
  const [path = '', token = ''] = link.split('?token=')
  return { path, token }
}

async function ask(email: string, path = '/password'): Promise<string> {
  const reply = await post(path, { email })
  if (reply.status !== 200) throw new Error(reply.text)
  return mailedLink()
}

const choose = (link: string, password = 'a new password') =>
  post(split(link).path, { token: split(link).token, password })

/** A link made by hand, for what cannot be waited for. */
async function aLink(
  purpose: LinkPurpose,
  subjectId: string,
  bound: { emailKey: string; epoch: number },
  madeAt = Date.now(),
) {
  const { token } = await desk.app.database.write((tx) => addLink(tx, purpose, subjectId, bound, madeAt))
  return `${{ registration: '/register', 'customer-password': '/password', 'agent-password': '/agent/password' }[purpose]}?token=${token}`
}

const hashOf = async () =>
  (
    await desk.app.database.reader
      .selectFrom('customers')
      .select('password_hash')
      .where('id', '=', carla)
      .executeTakeFirst()
  )?.password_hash

describe('asking for a link', () => {
  test('says the same and leaves the same behind for an address that nobody has', async () => {
    const known = await post('/password', { email: 'carla@example.com' })
    const unknown = await post('/password', { email: 'nobody@example.com' })
    expect(unknown.status).toBe(200)
    expect(unknown.text).toBe(known.text)
    const jobs = await desk.app.database.reader
      .selectFrom('jobs')
      .select('name')
      .where('name', '=', 'send-password-link')
      .execute()
    expect(jobs).toHaveLength(2)
    await drain()
    expect((await outbox()).map(({ recipient_key }) => recipient_key)).toEqual(['carla@example.com'])
  })

  test('from another site is refused', async () => {
    const evil = await post(
      '/password',
      { email: 'carla@example.com' },
      { origin: 'https://evil.test', host: 'localhost' },
    )
    expect(evil.status).toBe(403)
    await drain()
    expect(await outbox()).toEqual([])
  })

  test.each(['', 'no address', 'a@b@c', 'carla@example.com\r\nBcc: all@desk.test', '<script>@x'])(
    'with %j says what is wrong, and shows nothing of it',
    async (email) => {
      const reply = await post('/password', { email })
      expect(reply.status).toBe(400)
      expect(reply.text).toContain('role="alert"')
      expect(reply.text).not.toContain('<script>')
    },
  )

  test('too often is refused, from one network address and for one e-mail from many', async () => {
    for (let n = 0; n < 10; n++) expect((await post('/password', { email: `a${n}@example.com` })).status).toBe(200)
    const refused = await post('/password', { email: 'b@example.com' })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    for (let n = 0; n < 3; n++)
      expect((await post('/password', { email: 'Carla@example.com' }, OURS, `10.0.1.${n}`)).status).toBe(200)
    expect((await post('/password', { email: 'carla@example.com' }, OURS, '10.0.2.9')).status).toBe(429)
  })

  test('fills nobody’s mailbox: one person is sent three links an hour', async () => {
    const enqueued = { who: 'customer', email: 'carla@example.com' } as const
    const handlers = jobHandlers(desk.app)
    for (let n = 0; n < 5; n++) await handlers['send-password-link'](enqueued)
    expect(await outbox()).toHaveLength(3)
  })

  test('by a customer leads to no agent, and the other way round', async () => {
    const { email } = await anAgent(desk)
    expect(await ask(email)).toBe('')
    expect(await ask('carla@example.com', '/agent/password')).toBe('')
  })

  test('queues nothing while nobody can send, and does not tell', async () => {
    await desk.app.database.write((tx) => tx.updateTable('mailboxes').set({ is_active: 0 }).execute())
    const reply = await post('/password', { email: 'carla@example.com' })
    expect(reply.text).toContain('If we know this address')
    await drain()
    expect(await outbox()).toEqual([])
  })
})

describe('a link cannot be used', () => {
  const refused = async (link: string) => {
    const before = await hashOf()
    const shown = await get(link)
    expect(shown.status).toBe(404)
    expect(shown.text).toContain('does not work any more')
    const reply = await choose(link)
    expect(reply.status).toBe(404)
    expect(reply.headers['set-cookie']).toBeUndefined()
    expect(await hashOf()).toBe(before)
  }

  test('a second time', async () => {
    const link = await ask('carla@example.com')
    expect((await choose(link)).status).toBe(303)
    await refused(link)
  })

  test('twice at the same time', async () => {
    const link = await ask('carla@example.com')
    const replies = await Promise.all([choose(link, 'the one password'), choose(link, 'another password')])
    expect(replies.map(({ status }) => status).sort()).toEqual([303, 404])
  })

  test('when it is too old: an hour for passwords, a week for registrations', async () => {
    const bound = { emailKey: 'carla@example.com', epoch: 1 }
    await refused(await aLink('customer-password', carla, bound, Date.now() - 3_600_000))
    await refused(await aLink('registration', carla, bound, Date.now() - 7 * 86_400_000))
    expect((await get(await aLink('registration', carla, bound, Date.now() - 7 * 86_400_000 + 60_000))).status).toBe(
      200,
    )
    await desk.app.database.write((tx) => tx.updateTable('jobs').set({ run_at: 1 }).execute())
    await jobHandlers(desk.app)['prune-sessions']({})
    expect(await links()).toHaveLength(1)
  })

  test('after the address was changed, by whomever', async () => {
    const link = await ask('carla@example.com')
    await desk.v3('PATCH', `customers/${carla}`, { email: 'mallory@example.com' })
    await refused(link)
  })

  test('after the password was changed in another way, or by another link', async () => {
    const first = await ask('carla@example.com')
    const second = await ask('carla@example.com')
    expect((await choose(second)).status).toBe(303)
    await refused(first)
    const third = await ask('carla@example.com')
    await desk.v3('PATCH', `customers/${carla}`, { password: 'set by somebody' })
    await refused(third)
  })

  test('after its owner was deleted', async () => {
    const link = await ask('carla@example.com')
    await desk.v3('DELETE', `customers/${carla}`)
    await refused(link)
  })

  test('for another purpose or another page', async () => {
    const { userid } = await anAgent(desk)
    const { token } = split(await ask('carla@example.com'))
    await refused(`/register?token=${token}`)
    await refused(`/agent/password?token=${token}`)
    await refused(await aLink('agent-password', userid, { emailKey: 'else@desk.test', epoch: 1 }))
  })

  test.each(['x', 'A'.repeat(43), '%00', "' or 1=1 --", '<script>', 'A'.repeat(3_000)])(
    'that is made up: %s',
    async (token) => {
      await refused(`/password?token=${encodeURIComponent(token)}`)
    },
  )

  test('by guessing: after many wrong ones the address has to wait', async () => {
    const statuses = new Set<number>()
    for (let n = 0; n < 70; n++) statuses.add((await get(`/password?token=${String(n).padStart(43, 'A')}`)).status)
    expect(statuses).toEqual(new Set([404, 429]))
  })

  test('by its hash, which is all that is stored', async () => {
    await ask('carla@example.com')
    const [link] = await links()
    await refused(`/password?token=${link?.token_hash}`)
  })
})

describe('a link', () => {
  test('is not used up by looking, nor by a password that is no good, and is kept from caches, search engines and referrers', async () => {
    const link = await ask('carla@example.com')
    for (let n = 0; n < 3; n++) expect((await get(link)).status).toBe(200)
    const shown = await get(link)
    expect(shown.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' })
    expect(shown.headers['x-robots-tag']).toContain('noindex')
    expect(shown.text).toContain('value="carla@example.com"')
    for (const password of ['', 'short', 'x'.repeat(1_001), 'nul\0nul\0nul'])
      expect((await choose(link, password)).status).toBe(400)
    expect((await choose(link)).status).toBe(303)
  })

  test('does nothing for a form on another site', async () => {
    const { path, token } = split(await ask('carla@example.com'))
    const evil = { origin: 'https://evil.test', host: 'localhost' }
    expect((await post(path, { token, password: 'a new password' }, evil)).status).toBe(403)
    expect(await hashOf()).toBeNull()
  })

  test('sets the password, ends every other session, and signs in', async () => {
    const first = await choose(await ask('carla@example.com'))
    const cookie = first.cookies[0]
    expect(cookie).toMatchObject({ name: 'deskhand_customer', httpOnly: true, sameSite: 'Lax' })
    const sessions = () =>
      desk.app.database.reader.selectFrom('sessions').selectAll().where('kind', '=', 'customer').execute()
    const [before] = await sessions()
    const second = await choose(await ask('carla@example.com'), 'yet another one')
    const [after, ...more] = await sessions()
    expect(more).toEqual([])
    expect(after?.token_hash).not.toBe(before?.token_hash)
    expect((await get(String(second.headers.location))).text).toContain('You are signed in on this device')
  })

  test('of an invitation makes a customer registered', async () => {
    await desk.v1('POST', 'customers', {
      email: 'rita@example.com',
      name: 'Rita',
      role: 'R',
      send_registration_mail: 'Y',
    })
    const link = await mailedLink()
    expect(link).toMatch(/^\/register\?token=\w{43}$/)
    expect((await get(link)).text).toContain('Choose a password for your account')
    expect((await choose(link)).status).toBe(303)
  })

  test('of an agent lets him sign in with the new password, and with the old one no more', async () => {
    const { email } = await anAgent(desk)
    const session = await signIn(desk, email)
    const link = await ask(email, '/agent/password')
    expect(link).toMatch(/^\/agent\/password\?token=/)
    const reply = await choose(link, 'my new password')
    expect(reply.cookies[0]?.name).toBe('deskhand')
    expect((await session.v3('GET', 'session')).status).toBe(401)
    await expect(signIn(desk, email)).rejects.toThrow()
    expect((await (await signIn(desk, email, 'my new password')).v3('GET', 'session')).body.email).toBe(email)
  })

  test('whose page is asked for without one asks for the address', async () => {
    for (const path of ['/password', '/register', '/agent/password']) {
      const { text, status } = await get(path)
      expect(status).toBe(200)
      expect(text).toContain('<label for="email">')
    }
  })
})
