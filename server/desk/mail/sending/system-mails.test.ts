import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { OWNER_EMAIL } from '../../../../test/first-start.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { jobHandlers } from '../../../job-handlers.ts'
import { claimJobs, runJob } from '../../../jobs/queue.ts'
import { systemActor } from '../../actor.ts'
import { getConversation } from '../../conversations/conversation.ts'
import { getCustomer } from '../../customers/customers.ts'
import { draftMailbox, type MailboxPatch } from '../../mailboxes/draft.ts'
import { addMailbox } from '../../mailboxes/mailboxes.ts'
import { signedConversation } from '../../outbox/message-id.ts'
import type { OutboxMail } from '../../outbox/outbox.ts'
import { acknowledge } from './acknowledge.ts'
import { composeSystemMail } from './compose.ts'
import { tellTroubles } from './notices.ts'

/** A mailbox that can send, as far as the desk knows: nothing listens there, and nothing is sent here. */
const sender = (patch: MailboxPatch = {}) => {
  const outgoing = { host: '127.0.0.1', port: 2525, security: 'none', auth: 'none' } as const
  const drafted = draftMailbox(desk.app.installation.secret, undefined, {
    address: 'support@desk.test',
    outgoing,
    ...patch,
  })
  return desk.app.database.write((tx) => addMailbox(tx, systemActor, drafted))
}

let desk: TestDesk
beforeEach(async () => {
  desk = await newDesk()
})
afterEach(() => desk.close())

const queued = (kind: string): Promise<OutboxMail[]> =>
  desk.app.database.reader.selectFrom('outbox').selectAll().where('kind', '=', kind).orderBy('seq').execute()

async function composed(mail: OutboxMail | undefined) {
  if (!mail) throw new Error('nothing was queued')
  return composeSystemMail(desk.app.database.reader, desk.app, mail)
}

const set = (patch: Record<string, unknown>) => desk.v3('PATCH', 'settings', patch)

/** Does every job but the sending: what is queued stays so. */
async function drain(): Promise<void> {
  const handlers = { ...jobHandlers(desk.app), 'send-mail': async () => {} }
  for (;;) {
    const claimed = await claimJobs(desk.app.database, 50)
    if (claimed.length === 0) return
    for (const job of claimed) await runJob(desk.app.database, handlers, job, desk.app.log)
  }
}

describe('an acknowledgement', () => {
  beforeEach(async () => {
    await sender()
    await set({ acknowledge: true })
  })

  async function acknowledged(fields: Record<string, string> = {}, mayAnswer = true) {
    const { conversationid } = await aConversation(desk, fields)
    return desk.app.database.write(async (tx) => {
      const conversation = await getConversation(tx, systemActor, conversationid)
      const customer = await getCustomer(tx, conversation.customer_id)
      return acknowledge(tx, desk.app, { conversation, customer, mayAnswer })
    })
  }

  test('does not answer what a machine must not answer', async () => {
    expect(await acknowledged({}, false)).toBe('not-answerable')
    expect(await queued('acknowledgement')).toEqual([])
  })

  test.each([
    'noreply@shop.test',
    'No-Reply+7@shop.test',
    'do_not_reply@shop.test',
    'orders.noreply@shop.test',
    'MAILER-DAEMON@shop.test',
    'postmaster@shop.test',
    'bounces+x=y@shop.test',
    'list-request@shop.test',
    'owner-list@shop.test',
    'SUPPORT@desk.test',
  ])('does not go to %s', async (useridentifier) => {
    expect(await acknowledged({ useridentifier })).toBe('not-answerable')
  })

  test('does not go to an address of an agent, who could otherwise start a loop by writing to the desk', async () => {
    const { email } = await anAgent(desk)
    const { conversationid } = await aConversation(desk, { useridentifier: 'carla@example.com' })
    const outcome = await desk.app.database.write(async (tx) => {
      const conversation = await getConversation(tx, systemActor, conversationid)
      const customer = { ...(await getCustomer(tx, conversation.customer_id)), email }
      return acknowledge(tx, desk.app, { conversation, customer, mayAnswer: true })
    })
    expect(outcome).toBe('not-answerable')
  })

  test('is not queued while it is switched off, or while nobody can send', async () => {
    await set({ acknowledge: false })
    expect(await acknowledged()).toBe('switched-off')
    await set({ acknowledge: true })
    await desk.app.database.write((tx) => tx.updateTable('mailboxes').set({ is_active: 0 }).execute())
    expect(await acknowledged()).toBe('no-sender')
  })

  test('is sent once in a while to one sender, and a few times a day', async () => {
    const useridentifier = 'loop@example.com'
    expect(await acknowledged({ useridentifier })).toBe('queued')
    expect(await acknowledged({ useridentifier })).toBe('enough')
    expect(await acknowledged({ useridentifier: 'else@example.com' })).toBe('queued')
    for (let n = 2; n <= 5; n++) {
      await desk.app.database.write((tx) =>
        tx
          .updateTable('outbox')
          .set((eb) => ({ created_at: eb('created_at', '-', 3_600_000) }))
          .execute(),
      )
      expect(await acknowledged({ useridentifier })).toBe('queued')
    }
    await desk.app.database.write((tx) =>
      tx
        .updateTable('outbox')
        .set((eb) => ({ created_at: eb('created_at', '-', 3_600_000) }))
        .execute(),
    )
    expect(await acknowledged({ useridentifier })).toBe('enough')
  })

  test('to mails of one sender that are accepted side by side is one', async () => {
    const opened = [
      await aConversation(desk, { useridentifier: 'twice@example.com' }),
      await aConversation(desk, { useridentifier: 'twice@example.com' }),
    ]
    const outcomes = await Promise.all(
      opened.map(({ conversationid }) =>
        desk.app.database.write(async (tx) => {
          const conversation = await getConversation(tx, systemActor, conversationid)
          const customer = await getCustomer(tx, conversation.customer_id)
          return acknowledge(tx, desk.app, { conversation, customer, mayAnswer: true })
        }),
      ),
    )
    expect(outcomes.sort()).toEqual(['enough', 'queued'])
  })

  test('of one department is switched by its own template, either way', async () => {
    const { body: sales } = await desk.v3('POST', 'departments', { name: 'Sales' })
    const template = {
      kind: 'acknowledgement',
      departmentid: sales.departmentid,
      subject: 'Got it',
      html: '<p>Sales</p>',
    }
    const { body } = await desk.v3('POST', 'mailtemplates', { ...template, is_active: false })
    expect(await acknowledged({ department: sales.departmentid })).toBe('switched-off')
    expect(await acknowledged()).toBe('queued')
    await set({ acknowledge: false })
    await desk.v3('PATCH', `mailtemplates/${body.templateid}`, { is_active: true })
    expect(await acknowledged({ department: sales.departmentid })).toBe('queued')
    expect(await acknowledged()).toBe('switched-off')
    const mails = await queued('acknowledgement')
    expect((await composed(mails.at(-1)))?.subject).toBe('Got it')
  })

  test('repeats nothing of the mail but its subject without addresses, greets nobody by an advertisement, and leads back', async () => {
    await desk.v1('POST', 'customers', { email: 'victim@example.com', name: 'Free-coins www.evil.test' })
    await acknowledged({
      useridentifier: 'victim@example.com',
      subject: 'Look <b>here</b> https://evil.test/x?\r\nBcc: all@desk.test',
      message: 'Buy my coins',
    })
    const [mail] = await queued('acknowledgement')
    const { subject, html, text } = (await composed(mail)) ?? { subject: '', html: '', text: '' }
    expect(subject).toBe('We have received your message: Look <b>here</b> … Bcc: all@desk.test')
    for (const part of [html, text]) {
      expect(part).not.toContain('evil')
      expect(part).not.toContain('coins')
      expect(part).toContain('Hello,')
      expect(part).toMatch(/index\.php\?type=my_tickets&(amp;)?cid=\w{16}/)
    }
    expect(html).not.toContain('<b>')
    expect(signedConversation(desk.app.installation.secret, mail?.message_id ?? '')).toBe(mail?.conversation_id)
  })

  test('speaks the language of the customer, else that of the account', async () => {
    const vienna = { email: 'vera@example.com', firstname: 'Vera', lastname: 'Wien', language: 'de-AT' }
    await desk.v3('POST', 'customers', vienna)
    await acknowledged({ useridentifier: 'vera@example.com' })
    await acknowledged({ useridentifier: 'nobody@example.com' })
    const [vera, nobody] = await queued('acknowledgement')
    expect((await composed(nobody))?.text).toMatch(/^Hello,/)
    expect(await composed(vera)).toMatchObject({
      subject: 'Ihre Nachricht ist angekommen: Printer',
      text: expect.stringContaining('Guten Tag Vera Wien,'),
      html: expect.stringContaining('<html lang="de"'),
    })
    await set({ language: 'de-CH' })
    expect((await composed(nobody))?.text).toMatch(/^Guten Tag,/)
  })
})

describe('a registration mail', () => {
  const invited = { email: 'rita@example.com', name: 'Rita Regis', role: 'R', send_registration_mail: 'Y' }

  test('is not queued for a visitor, without an address, unasked, or while nobody can send', async () => {
    await desk.v1('POST', 'customers', invited)
    await drain()
    expect(await queued('registration')).toEqual([])
    await sender()
    await desk.v1('POST', 'customers', { ...invited, email: 'a@example.com', role: 'V' })
    await desk.v1('POST', 'customers', { ...invited, email: 'b@example.com', send_registration_mail: 'N' })
    await drain()
    expect(await queued('registration')).toEqual([])
  })

  test('holds a link that is stored nowhere but as a hash', async () => {
    await sender()
    await desk.v1('POST', 'customers', invited)
    await drain()
    const [mail] = await queued('registration')
    expect(mail).toMatchObject({ recipient_key: 'rita@example.com', conversation_id: null })
    const { text = '' } = (await composed(mail)) ?? {}
    const token = /\/register\?token=(\w{43})\n/.exec(text)?.[1] ?? ''
    expect(token).not.toBe('')
    expect(text).toContain('Hello Rita Regis,')
    const { reader } = desk.app.database
    const stored = JSON.stringify([
      await reader.selectFrom('outbox').selectAll().execute(),
      await reader.selectFrom('one_time_links').selectAll().execute(),
      await reader.selectFrom('events').selectAll().execute(),
    ])
    expect(stored).not.toContain(token)
  })

  test('is not sent any more to an address that has changed, nor after a password was set', async () => {
    await sender()
    const { body: one } = await desk.v1('POST', 'customers', invited)
    const { body: two } = await desk.v1('POST', 'customers', { ...invited, email: 'tom@example.com' })
    const { body: three } = await desk.v1('POST', 'customers', { ...invited, email: 'una@example.com' })
    await drain()
    await desk.v1('PUT', `customers/${one.contactid}`, { email: 'else@example.com' })
    await desk.v1('PUT', `customers/${two.contactid}`, { password: 'long enough' })
    await desk.v1('DELETE', `customers/${three.contactid}`)
    for (const mail of await queued('registration')) expect(await composed(mail)).toBeUndefined()
    expect(await desk.app.database.reader.selectFrom('one_time_links').selectAll().execute()).toEqual([])
  })

  test('reaches one person a few times an hour at most', async () => {
    await sender()
    const { body } = await desk.v1('POST', 'customers', invited)
    for (let n = 0; n < 6; n++) {
      await drain()
      await desk.v1('PUT', `customers/${body.contactid}`, { send_registration_mail: 'Y' })
    }
    await drain()
    expect(await queued('registration')).toHaveLength(3)
  })
})

describe('the mail about an assignment', () => {
  async function assigned(fields: Record<string, unknown> = {}) {
    const { userid, email } = await anAgent(desk)
    const opened = await aConversation(desk, {
      useridentifier: 'carla@example.com',
      message: 'It <i>burns</i>\n\n  badly',
    })
    const reply = await desk.v1('PUT', `conversations/${opened.conversationid}/attendants`, {
      agentidentifier: userid,
      ...fields,
    })
    if (reply.status !== 200) throw new Error(reply.text)
    await drain()
    return { ...opened, userid, email }
  }

  test('is not queued while nobody can send, nor when it is switched off', async () => {
    await assigned()
    await sender()
    await set({ notify_assignment: false })
    await assigned()
    expect(await queued('assignment')).toEqual([])
  })

  test('does not go to whoever took the conversation himself', async () => {
    await sender()
    const { userid } = await anAgent(desk)
    const { conversationid } = await aConversation(desk)
    await desk.v1('PUT', `conversations/${conversationid}/attendants`, {
      agentidentifier: userid,
      useridentifier: userid,
    })
    await drain()
    expect(await queued('assignment')).toEqual([])
  })

  test('goes to the agent alone, signed, with what the customer wrote as text', async () => {
    await sender()
    const { conversationid, email, code } = await assigned()
    const [mail] = await queued('assignment')
    expect(JSON.parse(mail?.recipients ?? '')).toEqual({ to: [{ name: 'Ada Agent', address: email }], cc: [] })
    expect(signedConversation(desk.app.installation.secret, mail?.message_id ?? '')).toBe(conversationid)
    const { subject, html, text } = (await composed(mail)) ?? { subject: '', html: '', text: '' }
    expect(subject).toBe(`Printer [${code}] is yours now`)
    expect(text).toMatch(/wrote on .*:\n> It <i>burns<\/i>\n>\n> {3}badly\n$/)
    expect(html).toContain('It &lt;i&gt;burns&lt;/i&gt;<br>')
  })

  test('is not sent any more when it is somebody else’s by then, or when the address is', async () => {
    await sender()
    const first = await assigned()
    const second = await assigned()
    const { userid } = await anAgent(desk)
    await desk.v1('PUT', `conversations/${first.conversationid}/attendants`, {
      agentidentifier: userid,
      useridentifier: userid,
    })
    await desk.v3('PATCH', `agents/${second.userid}`, { email: 'moved@desk.test' })
    for (const mail of await queued('assignment')) expect(await composed(mail)).toBeUndefined()
  })
})

describe('a notice to the owners', () => {
  const failed = () =>
    desk.app.database.write((tx) =>
      tx
        .updateTable('outbox')
        .set({ state: 'failed', trouble: '550 <b>no</b> such\r\nuser' })
        .where('kind', '<>', 'notice')
        .execute(),
    )

  test('is not queued while all is well', async () => {
    await sender()
    await tellTroubles(desk.app)
    expect(await queued('notice')).toEqual([])
  })

  test('names what failed and which mailbox does not work, once a day, and is no reason for another', async () => {
    await sender()
    const { id } = await sender({ name: 'Sales', address: 'sales@desk.test' })
    await desk.app.database.write((tx) =>
      tx.updateTable('mailboxes').set({ trouble: 'the password is wrong' }).where('id', '=', id).execute(),
    )
    await desk.v1('POST', 'customers', { email: 'rita@example.com', role: 'R', send_registration_mail: 'Y' })
    await drain()
    await failed()
    await tellTroubles(desk.app)
    await tellTroubles(desk.app)
    const [mail, ...more] = await queued('notice')
    expect(more).toEqual([])
    expect(mail?.recipient_key).toBe(OWNER_EMAIL)
    const { text, html } = (await composed(mail)) ?? { text: '', html: '' }
    expect(text).toContain('Sales <sales@desk.test>: the password is wrong')
    expect(text).toContain('to rita@example.com (failed): 550 <b>no</b> such')
    expect(html).not.toContain('<b>no')
    await desk.app.database.write(async (tx) => {
      await tx.updateTable('mailboxes').set({ trouble: null }).execute()
      await tx.updateTable('outbox').set({ state: 'failed', created_at: 1 }).where('kind', '=', 'notice').execute()
      await tx.updateTable('outbox').set({ state: 'sent' }).where('kind', '<>', 'notice').execute()
    })
    await tellTroubles(desk.app)
    expect(await queued('notice')).toHaveLength(1)
  })
})
