import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { systemActor } from '../../actor.ts'
import { getConversation } from '../../conversations/conversation.ts'
import { listHistory } from '../../conversations/history.ts'
import { composeAnswer } from './compose.ts'

let desk: TestDesk
let ada: { userid: string; email: string }
let sales: string
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.desk.test' })
  ada = await anAgent(desk)
  const { body } = await desk.v3('POST', 'departments', { name: 'Sales & Co' })
  sales = body.departmentid
  await desk.v3('PATCH', 'settings', { company_name: 'Ink & Paper' })
})
afterAll(() => desk.close())

interface Answered {
  message?: string
  is_html_message?: string
  conversation?: Record<string, string>
  useTemplate?: boolean
}

async function answered({ conversation = {}, useTemplate = true, ...fields }: Answered = {}) {
  const { conversationid } = await aConversation(desk, { useridentifier: 'carla@example.com', ...conversation })
  const reply = await desk.v1('POST', `conversations/${conversationid}/messages`, {
    message: 'Pull the plug.',
    useridentifier: ada.userid,
    ...fields,
  })
  if (reply.status !== 200) throw new Error(reply.text)
  const db = desk.app.database.reader
  const row = await getConversation(db, systemActor, conversationid)
  const group = (await listHistory(db, row)).at(-1)
  if (!group) throw new Error('no history')
  const parts = { conversation: row, group, messages: group.messages, mailbox: { address: 'support@desk.test' } }
  return composeAnswer(db, desk.app, { ...parts, useTemplate })
}

async function aTemplate(fields: Record<string, unknown>) {
  const { body, status, text } = await desk.v3('POST', 'mailtemplates', { kind: 'answer', subject: '', ...fields })
  if (status !== 200) throw new Error(text)
  return async () => {
    await desk.v3('DELETE', `mailtemplates/${body.templateid}`)
  }
}

describe('an answer without a template', () => {
  test('is what was written, with the subject of the conversation', async () => {
    const { subject, text, html } = await answered({ message: 'Pull <the> plug.\nThen wait: https://desk.test/wait' })
    expect(subject).toBe('Re: Printer')
    expect(text).toBe('Pull <the> plug.\nThen wait: https://desk.test/wait\n')
    expect(html).toContain(
      'Pull &lt;the&gt; plug.<br>\nThen wait: <a href="https://desk.test/wait">https://desk.test/wait</a>',
    )
  })

  test('keeps a subject that is an answer already, and has one where there is none', async () => {
    expect((await answered({ conversation: { subject: 'RE: Printer' } })).subject).toBe('RE: Printer')
    expect((await answered({ conversation: { subject: '\u0007' } })).subject).toMatch(/^Re: [A-Z]{3}-[A-Z]{5}-\d{3}$/)
  })

  test('cannot be made to say more by a subject or a name that looks like a template or a header', async () => {
    await desk.v1('POST', 'customers', { email: 'eve@example.com', name: '{$agent.email} <script>' })
    const remove = await aTemplate({ html: '<p>{$customer.name}</p>{$message}' })
    const { subject, html, text } = await answered({
      conversation: { useridentifier: 'eve@example.com', subject: '{$agent.email}\r\nBcc: all@desk.test' },
    })
    expect(subject).toBe('Re: {$agent.email} Bcc: all@desk.test')
    expect(html).toContain('<p>{$agent.email} &lt;script&gt;</p>')
    expect(html).toContain('<title>Re: {$agent.email} Bcc')
    expect(text).toContain('{$agent.email} <script>')
    expect(`${subject}${html}${text}`).not.toContain(ada.email)
    await remove()
  })

  test('keeps the form of HTML, and its links in the text', async () => {
    const message = '<p>Pull <b>the</b> <a href="https://desk.test/plug">plug</a></p><script>alert(1)</script>'
    const { html, text } = await answered({ message, is_html_message: 'Y' })
    expect(html).toContain('<b>the</b>')
    expect(html).not.toContain('alert')
    expect(text).toContain('Pull the plug <https://desk.test/plug>')
  })
})

describe('a template', () => {
  test('is used with everything that it may name, unless the bare text is wanted', async () => {
    const remove = await aTemplate({
      subject: '[{$conversation.code}] {$conversation.subject} – {$company}',
      html: '<p>{$greeting}</p>{$message}<p>{$agent.name} ({$agent.email}), {$department.name}, {$mailbox.address}</p><p><a href="{$conversation.url}">Read</a></p>{$quote}',
    })
    const { subject, html, text } = await answered()
    expect(subject).toMatch(/^\[[A-Z]{3}-[A-Z]{5}-\d{3}\] Printer – Ink & Paper$/)
    expect(html).toContain(`<p>Ada Agent (${ada.email}), General, support@desk.test</p>`)
    expect(html).toMatch(/<a href="https:\/\/help\.desk\.test\/index\.php\?type=my_tickets&amp;cid=\w{16}"/)
    expect(text).toMatch(/Read <https:\/\/help\.desk\.test\/index\.php\?type=my_tickets&cid=\w{16}>/)
    expect(text).toContain('> My printer is on fire.')
    expect(await answered({ useTemplate: false })).toMatchObject({ subject: 'Re: Printer', text: 'Pull the plug.\n' })
    await remove()
  })

  test('of the department comes before one of the language, of a narrow language before a wide one; inactive ones are passed over', async () => {
    await desk.v3('POST', 'customers', { email: 'vera@example.com', language: 'de-AT' })
    const said = async (department: string): Promise<string> =>
      (await answered({ conversation: { useridentifier: 'vera@example.com', department } })).text
        .trim()
        .split('\n')[0] ?? ''
    const places = [
      [{}, 'all'],
      [{ language: 'de' }, 'de'],
      [{ language: 'de_AT' }, 'de-at'],
      [{ language: 'fr' }, 'de-at'],
      [{ departmentid: sales }, 'sales'],
      [{ departmentid: sales, language: 'de' }, 'sales de'],
      [{ departmentid: sales, language: 'de-AT', is_active: false }, 'sales de'],
    ] as const
    const removals: (() => Promise<void>)[] = []
    for (const [place, expected] of places) {
      removals.push(
        await aTemplate({ ...place, html: `<p>${'is_active' in place ? 'never' : expected}</p>{$message}` }),
      )
      expect(await said(sales)).toBe(expected)
    }
    expect(await said('default')).toBe('de-at')
    for (const remove of removals) await remove()
    expect(await said(sales)).toBe('Pull the plug.')
  })
})

describe('a signature', () => {
  const put = (place: { departmentid?: string; userid?: string }, html: string) =>
    desk.v3('PUT', 'signatures', { ...place, html })

  test('of the agent comes before that of the department, and that before everybody’s', async () => {
    const signed = async () => (await answered({ conversation: { department: sales } })).text.split('-- \n')[1]?.trim()
    expect(await signed()).toBeUndefined()
    await put({}, '<p>{$company}</p>')
    expect(await signed()).toBe('Ink & Paper')
    await put({ departmentid: sales }, '<p>{$department.name}</p>')
    expect(await signed()).toBe('Sales & Co')
    await put({ userid: ada.userid }, '<p>{$agent.firstname} of {$company}</p>')
    expect(await signed()).toBe('Ada of Ink & Paper')
    await put({ departmentid: sales, userid: ada.userid }, '<p>{$agent.name}, {$department.name}</p>')
    expect(await signed()).toBe('Ada Agent, Sales & Co')
    for (const place of [
      {},
      { departmentid: sales },
      { userid: ada.userid },
      { departmentid: sales, userid: ada.userid },
    ])
      await put(place, '')
    expect(await signed()).toBeUndefined()
  })
})
