import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import { secretsOf } from '../../desk/mailboxes/mailbox.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const rows = () => desk.app.database.reader.selectFrom('mailboxes').selectAll().orderBy('created_at').execute()
let count = 0
const anAddress = (): string => `box${++count}@desk.test`

const incoming = { host: 'imap.desk.test', user: 'box', password: 'imap-secret' }
const outgoing = { host: 'smtp.desk.test', user: 'box', password: 'smtp-secret' }

async function aMailbox(fields: Record<string, unknown> = {}) {
  const { body, status, text } = await desk.v3('POST', 'mailboxes', {
    address: anAddress(),
    is_test_skipped: true,
    ...fields,
  })
  if (status !== 200) throw new Error(text)
  return body
}

describe('mailboxes on our own API', () => {
  test('without a key, and for plain agents and reading keys, nothing is told and nothing done', async () => {
    const { id } = await aMailbox({ incoming })
    const { email } = await anAgent(desk)
    const session = await desk.v3('POST', 'session', { email, password: 'agent-password' }, { key: null })
    const cookie = String(session.headers['set-cookie']).split(';')[0] ?? ''
    const readKey = (await desk.v3('POST', 'apikeys', { name: 'reads', rights: 'read' })).body.key
    const before = await rows()
    const calls: [string, string, unknown][] = [
      ['GET', 'mailboxes', undefined],
      ['GET', `mailboxes/${id}`, undefined],
      ['GET', 'mailboxes/presets?address=a@gmail.com', undefined],
      ['POST', 'mailboxes', { address: anAddress(), is_test_skipped: true }],
      ['POST', 'mailboxes/test', { address: anAddress(), incoming: { ...incoming, host: '127.0.0.1', port: 1 } }],
      ['POST', `mailboxes/${id}/test`, {}],
      ['PATCH', `mailboxes/${id}`, { name: 'x' }],
      ['DELETE', `mailboxes/${id}`, undefined],
    ]
    for (const [method, path, body] of calls) {
      expect((await desk.v3(method, path, body, { key: null })).status).toBe(401)
      const asAgent = { key: null, headers: { cookie, 'sec-fetch-site': 'same-origin' } }
      expect((await desk.v3(method, path, body, asAgent)).status).toBe(403)
      expect((await desk.v3(method, path, body, { key: readKey })).status).toBe(403)
    }
    expect(await rows()).toEqual(before)
  })

  test.each([
    ['address', { address: 'nobody' }],
    ['address', { address: 'a@b\r\nRCPT TO:<x@y.test>' }],
    ['aliases', { aliases: ['no address'] }],
    ['departmentid', { departmentid: 'nothere0' }],
    ['incoming.host', { incoming: { ...incoming, host: 'imap.desk.test:993' } }],
    ['incoming.host', { incoming: { ...incoming, host: 'https://imap.desk.test/' } }],
    ['incoming.host', { incoming: { password: 'x' } }],
    ['incoming.port', { incoming: { ...incoming, port: 0 } }],
    ['incoming.security', { incoming: { ...incoming, security: 'ssl' } }],
    ['incoming.folders', { incoming: { ...incoming, folders: [] } }],
    [
      'incoming.folders',
      { incoming: { ...incoming, folders: ['INBOX', { name: 'Sales', departmentid: 'nothere0' }] } },
    ],
    ['incoming.folders', { incoming: { ...incoming, folders: ['Sales', { name: 'Sales', departmentid: 'default' }] } }],
    ['incoming.folders.0', { incoming: { ...incoming, folders: [{ name: 'Sales' }] } }],
    ['incoming.folders.0.name', { incoming: { ...incoming, folders: [{ name: '', departmentid: 'default' }] } }],
    ['incoming.password', { incoming: { host: 'a.test', user: 'a' } }],
    [
      'incoming.refresh_token',
      { incoming: { host: 'a.test', user: 'a', auth: 'oauth2', token_url: 'https://a.test/t' } },
    ],
    ['incoming.token_url', { incoming: { ...incoming, auth: 'oauth2', refresh_token: 'x' } }],
    [
      'incoming.token_url',
      { incoming: { ...incoming, auth: 'oauth2', refresh_token: 'x', token_url: 'http://a.test/' } },
    ],
    ['dkim.private_key', { dkim: { domain: 'desk.test', selector: 'a' } }],
    ['colour', { colour: 'red' }],
  ])('a wrong %s is refused by name and stores nothing: %j', async (field, fields) => {
    const before = await rows()
    const reply = await desk.v3('POST', 'mailboxes', { address: anAddress(), is_test_skipped: true, ...fields })
    expect([reply.status, reply.body.error?.field]).toEqual([400, field])
    expect(await rows()).toEqual(before)
  })

  test('an unknown mailbox is not found by any call', async () => {
    for (const id of ['nothere0', "'", '🙂']) {
      const path = `mailboxes/${encodeURIComponent(id)}`
      for (const [method, at, body] of [
        ['GET', path, undefined],
        ['PATCH', path, { name: 'A' }],
        ['DELETE', path, undefined],
        ['POST', `${path}/test`, {}],
      ] as const)
        expect((await desk.v3(method, at, body)).status).toBe(404)
    }
  })

  test('an address belongs to one mailbox, as address or alias, whatever its case', async () => {
    const { id } = await aMailbox({ address: 'sales@taken.test', aliases: ['Info@taken.test', 'sales@taken.test'] })
    expect((await desk.v3('GET', `mailboxes/${id}`)).body.aliases).toEqual(['Info@taken.test'])
    for (const fields of [
      { address: 'SALES@taken.test' },
      { address: 'info@Taken.test' },
      { address: 'other@taken.test', aliases: ['sales@TAKEN.test'] },
    ])
      expect((await desk.v3('POST', 'mailboxes', { ...fields, is_test_skipped: true })).status).toBe(409)
    await desk.v3('DELETE', `mailboxes/${id}`)
    await aMailbox({ address: 'SALES@taken.test' })
  })

  test('secrets are stored sealed, and no answer, event or row shows them', async () => {
    const secrets = ['imap-secret', 'smtp-secret', 'dkim-secret', 'client-secret', 'refresh-secret']
    const mailbox = await aMailbox({
      incoming,
      outgoing: {
        ...outgoing,
        auth: 'oauth2',
        token_url: 'https://token.test/',
        client_secret: 'client-secret',
        refresh_token: 'refresh-secret',
      },
      dkim: { domain: 'desk.test', selector: 'mail', private_key: 'dkim-secret' },
    })
    expect(mailbox.incoming).toMatchObject({ has_password: true, has_refresh_token: false, port: 993, security: 'tls' })
    expect(mailbox.outgoing).toMatchObject({ has_password: true, has_refresh_token: true, port: 465 })
    expect(mailbox.dkim).toEqual({ domain: 'desk.test', selector: 'mail', has_private_key: true })
    const db = desk.app.database.reader
    const patched = await desk.v3('PATCH', `mailboxes/${mailbox.id}`, { name: 'x' })
    const events = await db.selectFrom('events').selectAll().execute()
    const seen = [
      JSON.stringify(mailbox),
      (await desk.v3('GET', 'mailboxes')).text,
      patched.text,
      JSON.stringify(events),
      JSON.stringify(await rows()),
    ].join()
    for (const secret of secrets) expect(seen).not.toContain(secret)
    expect(events.filter(({ type, data }) => type === 'mailbox.changed' && data.includes(mailbox.id))).toHaveLength(2)
    const stored = (await rows()).find(({ id }) => id === mailbox.id)
    if (!stored) throw new Error('it is not there')
    expect(secretsOf(desk.app.installation.secret, stored)).toMatchObject({
      incoming: { password: 'imap-secret' },
      outgoing: { clientSecret: 'client-secret' },
    })
  })

  test.each([{ host: 'evil.test' }, { port: 1143 }, { security: 'none' }, { authorities: 'PEM of somebody else' }])(
    'a stored password is not told to another server: %j',
    async (change) => {
      const { id } = await aMailbox({ incoming })
      const path = `mailboxes/${id}`
      const refused = await desk.v3('PATCH', path, { incoming: change, is_test_skipped: true })
      expect([refused.status, refused.body.error.field]).toEqual([400, 'incoming.password'])
      expect((await desk.v3('GET', path)).body.incoming.host).toBe('imap.desk.test')
      const given = await desk.v3('PATCH', path, { incoming: { ...change, password: 'new' }, is_test_skipped: true })
      expect(given.body.incoming).toMatchObject({ ...change, has_password: true })
      const stored = (await rows()).find((row) => row.id === id)
      if (!stored) throw new Error('it is not there')
      expect(secretsOf(desk.app.installation.secret, stored).incoming).toEqual({ password: 'new' })
    },
  )

  test('a token server that changes does not get the refresh token of the one before', async () => {
    const oauth = { ...incoming, auth: 'oauth2', token_url: 'https://a.test/', refresh_token: 'r', password: null }
    const { id } = await aMailbox({ incoming: oauth })
    const change = { incoming: { token_url: 'https://evil.test/' }, is_test_skipped: true }
    expect((await desk.v3('PATCH', `mailboxes/${id}`, change)).body.error.field).toBe('incoming.refresh_token')
  })

  test('changes what is named; null takes a server and its password away', async () => {
    const { id, incoming: before } = await aMailbox({
      incoming: { ...incoming, folders: ['INBOX', 'Sales'] },
      outgoing,
    })
    const path = `mailboxes/${id}`
    const change = { name: 'New', incoming: { poll_seconds: 30 }, outgoing: null, is_test_skipped: true }
    const { body } = await desk.v3('PATCH', path, change)
    expect(body).toMatchObject({ name: 'New', incoming: { ...before, poll_seconds: 30 }, outgoing: null })
    const back = await desk.v3('PATCH', path, { outgoing: { host: outgoing.host, user: 'box' }, is_test_skipped: true })
    expect(back.body.error.field).toBe('outgoing.password')
  })

  test('one at most is the default, and the first that can send becomes it', async () => {
    for (const { id } of (await desk.v3('GET', 'mailboxes')).body.mailboxes) await desk.v3('DELETE', `mailboxes/${id}`)
    const defaults = async (): Promise<string[]> =>
      (await rows()).filter(({ is_default }) => is_default === 1).map(({ id }) => id)
    await aMailbox({ incoming })
    expect(await defaults()).toEqual([])
    const first = await aMailbox({ outgoing })
    const second = await aMailbox({ outgoing })
    expect(await defaults()).toEqual([first.id])
    await desk.v3('PATCH', `mailboxes/${second.id}`, { is_default: true })
    expect(await defaults()).toEqual([second.id])
    expect((await desk.v3('GET', 'mailboxes')).body.mailboxes[0].id).toBe(second.id)
    const [third, fourth] = await Promise.all([
      aMailbox({ outgoing, is_default: true }),
      aMailbox({ outgoing, is_default: true }),
    ])
    expect([[third.id], [fourth.id]]).toContainEqual(await defaults())
  })

  test('servers that do not work are refused when they are added or changed, and stored all the same if told so', async () => {
    const dead = { host: '127.0.0.1', port: 9, user: 'a', password: 'b' }
    const before = await rows()
    const reply = await desk.v3('POST', 'mailboxes', { address: anAddress(), incoming: dead })
    expect(reply.body.error).toMatchObject({ field: 'incoming.port' })
    expect(reply.body.error.message).toContain('127.0.0.1 refuses connections on port 9')
    expect(await rows()).toEqual(before)
    const { id } = await aMailbox({ incoming: dead })
    expect((await desk.v3('PATCH', `mailboxes/${id}`, { outgoing: dead })).body.error.field).toBe('outgoing.port')
    expect((await desk.v3('PATCH', `mailboxes/${id}`, { name: 'No servers in it' })).status).toBe(200)
    expect((await desk.v3('POST', `mailboxes/${id}/test`, {})).body).toMatchObject({
      is_working: false,
      incoming: { trouble: { field: 'port' } },
      outgoing: null,
    })
  })

  test('presets know the large providers, and guess the others', async () => {
    const preset = async (address: string) =>
      (await desk.v3('GET', `mailboxes/presets?address=${encodeURIComponent(address)}`)).body
    expect(await preset('Shop@GMail.com')).toMatchObject({
      provider: 'Gmail',
      incoming: { host: 'imap.gmail.com', port: 993, security: 'tls', user: 'Shop@GMail.com' },
    })
    expect(await preset('a@firm.onmicrosoft.com')).toMatchObject({
      provider: 'Microsoft 365',
      outgoing: { host: 'smtp.office365.com', port: 587, security: 'starttls', auth: 'oauth2' },
    })
    expect(await preset('a@firm.example')).toMatchObject({ provider: null, incoming: { host: 'imap.firm.example' } })
    expect((await desk.v3('GET', 'mailboxes/presets?address=nobody')).status).toBe(400)
  })

  test('folders keep departments of their own, until those are deleted', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Folders' })).body
    const folders = ['INBOX', { name: 'Sales', departmentid }]
    const { id, incoming: stored } = await aMailbox({ incoming: { ...incoming, folders } })
    expect(stored.folders).toEqual(folders)
    await desk.v3('DELETE', `departments/${departmentid}`)
    await desk.drain()
    expect((await desk.v3('GET', `mailboxes/${id}`)).body.incoming.folders).toEqual(['INBOX', 'Sales'])
    expect((await desk.v3('PATCH', `mailboxes/${id}`, { name: 'Still' })).status).toBe(200)
  })

  test('the mailboxes of a deleted department go on for the default one', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Short-lived' })).body
    const { id } = await aMailbox({ departmentid })
    expect((await desk.v3('DELETE', `departments/${departmentid}`)).status).toBe(200)
    await desk.drain()
    expect((await desk.v3('GET', `mailboxes/${id}`)).body.departmentid).toBe('default')
  })
})
