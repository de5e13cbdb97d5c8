import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'

let desk: TestDesk
let agent: SignedIn
let agentId: string
beforeAll(async () => {
  desk = await newDesk()
  const ada = await anAgent(desk)
  agentId = ada.userid
  agent = await signIn(desk, ada.email)
})
afterAll(() => desk.close())

const draft = { kind: 'answer', subject: 'About {$conversation.subject}', html: '<p>{$greeting}</p>{$message}' }

describe('templates', () => {
  test('are for administrators', async () => {
    expect((await desk.v3('GET', 'mailtemplates', undefined, { key: null })).status).toBe(401)
    for (const [method, path, body] of [
      ['GET', 'mailtemplates', undefined],
      ['GET', 'mailtemplates/zzzzzzzz', undefined],
      ['POST', 'mailtemplates', draft],
      ['PATCH', 'mailtemplates/zzzzzzzz', {}],
      ['DELETE', 'mailtemplates/zzzzzzzz', undefined],
      ['GET', 'mailtemplates/preview?kind=answer', undefined],
      ['POST', 'mailtemplates/preview', { kind: 'answer', html: '{$message}' }],
    ] as const)
      expect([method, path, (await agent.v3(method, path, body)).status]).toEqual([method, path, 403])
  })

  test.each([
    ['kind', { kind: 'test' }],
    ['language', { language: 'no language' }],
    ['html', { html: '' }],
    ['html', { html: 'nothing of what was written' }],
    ['html', { html: '{$message}{$agent.password}' }],
    ['html', { html: '{$message}<a href="{$customer.name}">x</a>' }],
    ['html', { kind: 'password', subject: 'x', html: 'no link' }],
    ['subject', { kind: 'registration', html: '{$link}', subject: ' ' }],
    ['subject', { subject: '{$message}' }],
    ['html', { html: 'x'.repeat(100_001) }],
    ['colour', { colour: 'red' }],
  ])('with a wrong %s are refused by name', async (field, patch) => {
    const reply = await desk.v3('POST', 'mailtemplates', { ...draft, ...patch })
    expect([reply.status, reply.body.error?.field]).toEqual([400, field])
  })

  test('of departments that do not exist, or for a place that is taken, are refused', async () => {
    expect((await desk.v3('POST', 'mailtemplates', { ...draft, departmentid: 'nowhere' })).status).toBe(404)
    const { body } = await desk.v3('POST', 'mailtemplates', { ...draft, language: 'pt_BR' })
    expect((await desk.v3('POST', 'mailtemplates', { ...draft, language: 'PT-br' })).status).toBe(409)
    const { body: other } = await desk.v3('POST', 'mailtemplates', { ...draft, language: 'pt' })
    expect((await desk.v3('PATCH', `mailtemplates/${other.templateid}`, { language: 'pt-BR' })).status).toBe(409)
    for (const { templateid } of [body, other]) await desk.v3('DELETE', `mailtemplates/${templateid}`)
  })

  test('are stored without what runs, and changed field by field', async () => {
    const html =
      '<script>alert(1)</script><p onclick="x()">{$greeting}</p><iframe src="https://evil.test"></iframe>{$message}'
    const { body } = await desk.v3('POST', 'mailtemplates', { ...draft, departmentid: 'default', html })
    expect(body).toMatchObject({
      kind: 'answer',
      departmentid: 'default',
      language: null,
      html: '<p>{$greeting}</p>{$message}',
      is_active: true,
    })
    expect(body.variables).toContain('customer.firstname')
    const { body: changed } = await desk.v3('PATCH', `mailtemplates/${body.templateid}`, {
      departmentid: null,
      is_active: false,
    })
    expect(changed).toEqual({ ...body, departmentid: null, is_active: false, datechanged: expect.any(String) })
    expect((await desk.v3('PATCH', `mailtemplates/${body.templateid}`, { kind: 'password' })).body.error.field).toBe(
      'subject',
    )
    expect((await desk.v3('GET', `mailtemplates/${body.templateid}`)).body).toEqual(changed)
    expect((await desk.v3('GET', 'mailtemplates')).body.mailtemplates).toEqual([changed])
    expect((await desk.v3('DELETE', `mailtemplates/${body.templateid}`)).body).toEqual({ status: 'OK' })
    expect((await desk.v3('GET', `mailtemplates/${body.templateid}`)).status).toBe(404)
  })
})

describe('a preview', () => {
  test('of a real conversation shows its people; nothing is stored or queued', async () => {
    await desk.v3('POST', 'customers', {
      email: 'carla@example.com',
      firstname: 'Carla',
      lastname: '<b>Client',
      language: 'de',
    })
    const { conversationid } = await aConversation(desk, { useridentifier: 'carla@example.com' })
    const { body } = await desk.v3('POST', 'mailtemplates/preview', { ...draft, conversation: conversationid })
    expect(body).toMatchObject({ subject: 'About Printer', language: 'de' })
    expect(body.html).toContain('Carla &lt;b&gt;Client')
    expect(body.text).toContain('Please pull the plug.')
    const { reader } = desk.app.database
    expect(await reader.selectFrom('outbox').selectAll().execute()).toEqual([])
    expect(await reader.selectFrom('mail_templates').selectAll().execute()).toEqual([])
  })

  test('of a template that could not be stored is refused the same way, and so is a conversation that is not there', async () => {
    const wrong = await desk.v3('POST', 'mailtemplates/preview', { ...draft, html: '{$message}{$secret}' })
    expect([wrong.status, wrong.body.error.field]).toEqual([400, 'html'])
    expect((await desk.v3('GET', 'mailtemplates/preview?kind=answer&conversation=zzzzzzzz')).status).toBe(404)
    expect((await desk.v3('GET', 'mailtemplates/preview?kind=love-letter')).body.error.field).toBe('kind')
  })

  test.each(['answer', 'acknowledgement', 'registration', 'password', 'assignment', 'transcript', 'test', 'notice'])(
    'shows the mail of the kind %s in each language, with nothing left open and nothing remote',
    async (kind) => {
      for (const language of ['en', 'de']) {
        const { body } = await desk.v3('GET', `mailtemplates/preview?kind=${kind}&language=${language}`)
        expect(body).toMatchObject({
          language,
          subject: expect.stringMatching(/\S/),
          text: expect.stringMatching(/\S/),
        })
        for (const part of [body.subject, body.html, body.text]) expect(part).not.toMatch(/\{\$|undefined|null/)
        expect(body.html).not.toMatch(/<img|src=|url\(|<style|background/i)
        expect(body.text).not.toMatch(/<\/?\w+>|&\w+;/)
      }
    },
  )
})

describe('signatures', () => {
  test('of others and of departments are not for agents; their own is', async () => {
    for (const place of [
      {},
      { departmentid: 'default' },
      { userid: 'zzzzzzzz' },
      { departmentid: 'default', userid: 'zzzzzzzz' },
    ])
      expect((await agent.v3('PUT', 'signatures', { ...place, html: 'mine' })).status).toBe(403)
    expect((await agent.v3('PUT', 'signatures', { userid: agentId, html: 'mine' })).status).toBe(200)
    await desk.v3('PUT', 'signatures', { html: 'ours' })
    const { body: hidden } = await desk.v3('POST', 'departments', { name: 'Hidden' })
    await desk.v3('PUT', 'signatures', { departmentid: hidden.departmentid, html: 'theirs' })
    const seen = (await agent.v3('GET', 'signatures')).body.signatures
    expect(seen.map(({ html }: { html: string }) => html).sort()).toEqual(['mine', 'ours'])
    expect((await desk.v3('GET', 'signatures')).body.signatures).toHaveLength(3)
  })

  test.each([
    [400, { html: '{$customer.name}' }],
    [400, { html: '{$signature}' }],
    [404, { departmentid: 'nowhere', html: 'x' }],
    [404, { userid: 'nobody00', html: 'x' }],
  ])('are refused with %i for %j', async (status, body) => {
    expect((await desk.v3('PUT', 'signatures', body)).status).toBe(status)
  })

  test('are stored without what runs, and removed when they are empty', async () => {
    await desk.v3('PUT', 'signatures', { departmentid: 'default', html: '<script>x</script><b>{$agent.name}</b>' })
    const of = async () =>
      (await desk.v3('GET', 'signatures')).body.signatures.find(
        ({ departmentid }: { departmentid: string }) => departmentid === 'default',
      )
    expect(await of()).toMatchObject({ html: '<b>{$agent.name}</b>', userid: null })
    await desk.v3('PUT', 'signatures', { departmentid: 'default', html: '<script>x</script>' })
    expect(await of()).toBeUndefined()
  })
})
