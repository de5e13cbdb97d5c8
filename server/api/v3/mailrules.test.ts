import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { accepted, aMail, conversationOf } from '../../../test/mails.ts'
import { anAgent } from '../../../test/people.ts'
import { signIn } from '../../../test/session.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const add = (rule: object) => desk.v3('POST', 'mailrules', rule)
const statusOf = async (fields: Parameters<typeof aMail>[0]) =>
  (await conversationOf(desk, await accepted(desk, aMail(fields)))).status

describe('rules for mails', () => {
  test.each([
    [{ action: 'block', subject: 'sender', pattern: 'com' }, 'pattern'],
    [{ action: 'block', subject: 'sender', pattern: 'a b@c.test' }, 'pattern'],
    [{ action: 'block', subject: 'header', pattern: 'x' }, 'header'],
    [{ action: 'block', subject: 'header', header: 'X Spam', pattern: 'x' }, 'header'],
    [{ action: 'block', subject: 'header', header: 'X-Score', comparison: 'at_least', pattern: 'much' }, 'pattern'],
    [{ action: 'eat', subject: 'sender', pattern: 'a@b.test' }, 'action'],
  ])('%j is refused, with the name of what is wrong', async (rule, field) => {
    const { status, text } = await add(rule)
    expect(status).toBe(400)
    expect(text).toContain(field)
    expect((await desk.v3('GET', 'mailrules')).body.mailrules).toEqual([])
  })

  test('are for administrators', async () => {
    const agent = await anAgent(desk)
    const { v3: call } = await signIn(desk, agent.email)
    expect((await call('GET', 'mailrules')).status).toBe(403)
    expect((await call('POST', 'mailrules', { action: 'allow', subject: 'sender', pattern: 'a@b.test' })).status).toBe(
      403,
    )
    expect((await call('DELETE', 'mailrules/aaaaaaaa')).status).toBe(403)
    expect((await desk.v3('GET', 'mailrules/aaaaaaaa')).status).toBe(404)
  })

  test('block addresses, domains and what filters before us say; the first that fits decides', async () => {
    const { body } = await add({ action: 'block', subject: 'sender', pattern: 'Spam.test', position: 5 })
    expect(body).toMatchObject({ pattern: 'spam.test', header: null, comparison: 'equals' })
    await add({ action: 'allow', subject: 'sender', pattern: 'good@spam.test', position: 1 })
    await add({ action: 'block', subject: 'header', header: 'X-Spam-Flag', pattern: 'yes' })
    await add({ action: 'block', subject: 'header', header: 'X-Spam-Level', comparison: 'contains', pattern: '*****' })
    await add({ action: 'block', subject: 'header', header: 'X-Spam-Score', comparison: 'at_least', pattern: '7.5' })
    expect(await statusOf({ from: 'eve@spam.test' })).toBe('B')
    expect(await statusOf({ from: 'eve@mail.SPAM.test' })).toBe('B')
    expect(await statusOf({ from: 'eve@nospam.test' })).toBe('N')
    expect(await statusOf({ from: 'good@spam.test' })).toBe('N')
    expect(await statusOf({ headers: [['x-spam-flag', 'YES']] })).toBe('B')
    expect(await statusOf({ headers: [['x-spam-level', '******']] })).toBe('B')
    expect(await statusOf({ headers: [['x-spam-score', 'score=7.5 of 10']] })).toBe('B')
    expect(await statusOf({ headers: [['x-spam-score', '7.4']] })).toBe('N')
    await desk.v3('PATCH', `mailrules/${body.mailruleid}`, { action: 'allow' })
    expect(await statusOf({ from: 'eve@spam.test' })).toBe('N')
    expect((await desk.v3('DELETE', `mailrules/${body.mailruleid}`)).status).toBe(200)
    expect((await desk.v3('GET', `mailrules/${body.mailruleid}`)).status).toBe(404)
  })

  test('a filter does not tear an answer out of its conversation; a blocked sender is out of it', async () => {
    const mail = aMail({ from: 'regular@customer.test' })
    const { conversation_id } = await accepted(desk, mail)
    const reply = { from: 'regular@customer.test', inReplyTo: [mail.messageId ?? ''] }
    const marked = await accepted(desk, aMail({ ...reply, headers: [['x-spam-flag', 'yes']] }))
    expect(marked).toMatchObject({ verdict: 'joined', conversation_id })
    await add({ action: 'block', subject: 'sender', pattern: 'regular@customer.test' })
    const blocked = await accepted(desk, aMail(reply))
    expect(blocked.verdict).toBe('spam')
    expect(blocked.conversation_id).not.toBe(conversation_id)
  })
})

describe('a conversation that is no spam', () => {
  test('is new again; its sender is allowed only if that is said', async () => {
    await add({ action: 'block', subject: 'sender', pattern: 'wrong.test' })
    const row = await accepted(desk, aMail({ from: 'carl@wrong.test' }))
    const path = `conversations/${row.conversation_id}/notspam`
    expect((await desk.v3('POST', path, {})).body.status).toBe('N')
    expect((await desk.v3('POST', path, {})).status).toBe(409)
    expect(await statusOf({ from: 'carl@wrong.test' })).toBe('B')
    await desk.v3('PUT', `conversations/${row.conversation_id}/status`, { status: 'B' })
    expect((await desk.v3('POST', path, { allow_sender: true })).status).toBe(200)
    expect(await statusOf({ from: 'carl@wrong.test' })).toBe('N')
    expect(await statusOf({ from: 'carla@wrong.test' })).toBe('B')
  })
})
