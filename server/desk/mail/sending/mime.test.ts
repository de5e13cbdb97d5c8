// What arrives: headers that keep threads together, texts in every script, files, signatures. Read by another parser.
import { generateKeyPairSync } from 'node:crypto'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { type Relay, type Relayed, startRelay } from '../../../../test/relay.ts'
import { systemActor } from '../../actor.ts'
import { getConversation } from '../../conversations/conversation.ts'
import { addGroup } from '../../conversations/history.ts'
import { addMail } from '../../conversations/mails.ts'
import { addThreadId } from '../../conversations/thread-ids.ts'
import { draftMailbox, type MailboxPatch } from '../../mailboxes/draft.ts'
import type { Mailbox } from '../../mailboxes/mailbox.ts'
import { changeMailbox, getMailboxForChange } from '../../mailboxes/mailboxes.ts'
import { signedConversation } from '../../outbox/message-id.ts'

let desk: TestDesk
let relay: Relay
let mailbox: Mailbox
let agent: { userid: string }
let secret: string

beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.desk.test' })
  relay = await startRelay({ size: 5_000_000 })
  mailbox = await aMailbox(desk, relay.port)
  agent = await anAgent(desk)
  secret = desk.app.installation.secret
})
afterAll(async () => {
  await relay.close()
  await desk.close()
})
beforeEach(() => {
  relay.mails.length = 0
})

const change = (patch: MailboxPatch) =>
  desk.app.database.write(async (tx) => {
    const now = await getMailboxForChange(tx, systemActor, mailbox.id)
    return changeMailbox(tx, systemActor, draftMailbox(secret, now, patch))
  })

/** Answers, and gives the mail that arrives. */
async function answered(id: string, fields: Record<string, string> = {}): Promise<Relayed> {
  const { status, text } = await desk.v1('POST', `conversations/${id}/messages`, {
    message: 'Put it out.',
    useridentifier: agent.userid,
    ...fields,
  })
  expect(status, text).toBe(200)
  relay.mails.length = 0
  await desk.drain()
  const [mail] = relay.mails
  if (!mail) throw new Error('nothing arrived')
  return mail
}

/** A mail of the customer, as accepting stores it. */
const received = (
  conversationId: string,
  messageId: string,
  subject: string,
  { kind = 'person', is_guest = 0 }: { kind?: string; is_guest?: number } = {},
) =>
  desk.app.database.write(async (tx) => {
    const { customer_id } = await getConversation(tx, systemActor, conversationId)
    const { groupSeq } = await addGroup(
      tx,
      { id: conversationId },
      {
        type: '3',
        userId: customer_id,
        at: Date.now(),
        messages: [{ type: 'M', body: 'From the customer.' }],
      },
    )
    await addMail(tx, {
      group_seq: groupSeq,
      conversation_id: conversationId,
      direction: 'in',
      raw_seq: null,
      message_id: messageId,
      in_reply_to: null,
      sender: '{}',
      recipients: '[]',
      copies: '[]',
      subject,
      thread_reason: '',
      authentication: null,
      kind,
      is_guest,
      dated_at: null,
      created_at: Date.now(),
    })
    await addThreadId(tx, messageId, conversationId, 'received', Date.now())
  })

const upload = async (name: string, type: string, contents: Buffer): Promise<string> =>
  (await desk.v1('POST', 'files', { name, type, data: contents.toString('base64') })).body.fileid

const ids = (header: string | undefined): string[] => header?.match(/<[^>]+>/g) ?? []
const signed = (id: string | undefined) => signedConversation(secret, id?.replace(/[<>]/g, '') ?? '')

describe('threading', () => {
  test("an answer continues the customer's thread: his subject, his Message-ID, and all before", async () => {
    const { conversationid } = await aConversation(desk, { subject: 'Printer', useridentifier: 'anna@example.com' })
    await received(conversationid, 'first@customer.test', 'AW: Drucker brennt 🔥')
    const first = await answered(conversationid)
    expect(first.mail.subject).toBe('Re: Drucker brennt 🔥')
    expect(first.headers.get('in-reply-to')).toBe('<first@customer.test>')
    await received(conversationid, 'second@customer.test', 'Re: Drucker brennt 🔥')
    const second = await answered(conversationid)
    expect(second.headers.get('in-reply-to')).toBe('<second@customer.test>')
    const [root, ...chain] = ids(second.headers.get('references'))
    expect(chain).toEqual(['<first@customer.test>', first.headers.get('message-id'), '<second@customer.test>'])
    // Both name the same root, which nobody but us could have made.
    expect(ids(first.headers.get('references'))[0]).toBe(root)
    expect(signed(root)).toBe(conversationid)
  })

  test('every Message-ID is of its own, and signed for the conversation', async () => {
    const { conversationid } = await aConversation(desk)
    const mails = [await answered(conversationid), await answered(conversationid)]
    const messageIds = mails.map(({ headers }) => headers.get('message-id') ?? '')
    expect(new Set(messageIds).size).toBe(2)
    for (const id of messageIds) expect(signed(id)).toBe(conversationid)
    // The second one refers to the first: the customer has no other.
    expect(mails[1]?.headers.get('in-reply-to')).toBe(messageIds[0])
    expect(mails[1]?.mail.subject).toBe(mails[0]?.mail.subject)
  })

  test("out-of-office mails and strangers' mails are not what is answered", async () => {
    const { conversationid } = await aConversation(desk)
    await received(conversationid, 'person@customer.test', 'Printer')
    await received(conversationid, 'away@customer.test', 'Automatic reply: Printer', { kind: 'auto-reply' })
    await received(conversationid, 'stranger@elsewhere.test', 'Buy ink', { is_guest: 1 })
    const { mail, headers } = await answered(conversationid)
    expect(mail.subject).toBe('Re: Printer')
    expect(headers.get('in-reply-to')).toBe('<person@customer.test>')
  })

  test('a long thread names its beginning and its end', async () => {
    const { conversationid } = await aConversation(desk)
    for (let n = 0; n < 60; n++)
      await received(conversationid, `${String(n).padStart(2, '0')}@customer.test`, 'Printer')
    const { headers } = await answered(conversationid)
    const references = ids(headers.get('references'))
    expect(references.length).toBeLessThan(20)
    expect(references.at(-1)).toBe('<59@customer.test>')
  })

  test('a Message-ID that is none, or would begin a header of its own, stays out', async () => {
    const { conversationid } = await aConversation(desk)
    for (const id of ['a b@x', 'x>\r\nBcc: evil@example.com\r\nX: <y', `${'l'.repeat(400)}@x`, 'ü@x'])
      await received(conversationid, id, 'Printer')
    const { headers, raw } = await answered(conversationid)
    expect(ids(headers.get('references'))).toHaveLength(1)
    expect(headers.get('in-reply-to')).toBeUndefined()
    expect(raw.toString()).not.toContain('evil@example.com')
  })

  test('the reply address is signed if the mailbox wants it', async () => {
    await change({ plusAddress: true })
    const { conversationid } = await aConversation(desk)
    const { mail } = await answered(conversationid)
    await change({ plusAddress: false })
    const address = mail.replyTo?.[0]?.address ?? ''
    expect(address).toMatch(/^support\+dh\..*@desk\.test$/)
    expect(address.split('@')[0]?.length).toBeLessThanOrEqual(64)
    expect(signed(address)).toBe(conversationid)
    expect((await answered(conversationid)).headers.get('reply-to')).toBeUndefined()
  })
})

describe('texts', () => {
  test('text and HTML say the same, in every script', async () => {
    const { conversationid } = await aConversation(desk)
    const message = 'Grüße, привет, 你好, שלום, 🎉\nZweite Zeile <b>kein Fett</b>\n.\n..punkt\nFrom here'
    const { mail } = await answered(conversationid, { message })
    expect(mail.text?.replaceAll('\r', '').trim()).toBe(message)
    expect(mail.html).toContain('Grüße, привет, 你好, שלום, 🎉')
    expect(mail.html).toContain('&lt;b&gt;kein Fett&lt;/b&gt;')
  })

  test('lines are never longer than a server takes', async () => {
    const { conversationid } = await aConversation(desk, { subject: 'ü'.repeat(400) })
    const { raw, mail } = await answered(conversationid, { message: `${'x'.repeat(5_000)} ${'ß'.repeat(5_000)}` })
    expect(
      Math.max(
        ...raw
          .toString('latin1')
          .split('\r\n')
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(998)
    expect(raw.toString('latin1')).not.toMatch(/[^\r]\n|\r[^\n]/)
    expect(mail.subject).toContain('ü'.repeat(400))
    expect(mail.text).toContain('ß'.repeat(5_000))
  })

  test('names and subjects cannot begin headers or recipients of their own', async () => {
    const evil = 'Eve\r\nBcc: victim@example.com\r\n\r\nbody\u2028"<victim@example.com>, x'
    await change({ senderName: 'Desk "D", <evil@example.com>' })
    await aConversation(desk, {
      useridentifier: agent.userid,
      recipient: 'eve@example.com',
      recipient_name: evil,
      subject: `Hi\r\nBcc: victim@example.com\r\n\r\nbody`,
    })
    await desk.drain()
    await change({ senderName: null })
    const [relayed] = relay.mails
    expect(relayed?.to).toEqual(['eve@example.com'])
    expect(relayed?.headers.has('bcc')).toBe(false)
    expect(relayed?.mail.from).toEqual({ name: 'Desk "D", <evil@example.com>', address: 'support@desk.test' })
    expect(relayed?.mail.to?.map(({ address }) => address)).toEqual(['eve@example.com'])
    expect(relayed?.mail.subject).toMatch(/^Hi Bcc: victim@example.com body \[/)
  })
})

describe('files', () => {
  test('of several kinds and names arrive byte by byte', async () => {
    const contents = [Buffer.from('\n'), Buffer.from([0, 255, 13, 10, 46, 13, 10]), Buffer.alloc(300_000, 7)]
    const names = ['small.bin', 'Rechnung „März“ 2026; Nr. 5.pdf', `${'lang'.repeat(50)}.txt`]
    const files = await Promise.all(
      names.map((name, n) => upload(name, n === 2 ? 'text/plain' : 'application/pdf', contents[n] ?? Buffer.alloc(0))),
    )
    const { conversationid } = await aConversation(desk)
    const { mail } = await answered(conversationid, { attachments: files.join(',') })
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(names)
    expect(mail.attachments.map(({ content }) => Buffer.from(content as ArrayBuffer))).toEqual(contents)
    expect(mail.attachments.map(({ disposition }) => disposition)).toEqual(['attachment', 'attachment', 'attachment'])
  })

  test('a type that would begin a header is not believed', async () => {
    const file = await upload('a.txt', 'text/plain', Buffer.from('x'))
    await desk.app.database.write((tx) =>
      tx
        .updateTable('files')
        .set({ type: 'text/plain\r\nX-Evil: yes', name: 'a\r\nX-Evil: yes' })
        .where('id', '=', file)
        .execute(),
    )
    const { conversationid } = await aConversation(desk)
    const { raw, mail } = await answered(conversationid, { attachments: file })
    expect(raw.toString()).not.toMatch(/^X-Evil/m)
    expect(mail.attachments).toHaveLength(1)
  })

  test('pictures that the text shows are parts of it', async () => {
    const picture = await upload('dot.png', 'image/png', Buffer.from('89504e470d0a1a0a', 'hex'))
    const other = await upload('notes.txt', 'text/plain', Buffer.from('notes'))
    const { conversationid } = await aConversation(desk)
    const { mail } = await answered(conversationid, {
      message: `<p>See <img src="https://help.desk.test/scripts/file.php?view=Y&file=${picture}" alt="dot"></p>`,
      is_html_message: 'Y',
      attachments: `${picture},${other}`,
    })
    const [shown, attached] = mail.attachments
    expect(shown).toMatchObject({ filename: 'dot.png', related: true, disposition: 'inline' })
    expect(mail.html).toContain(`src="cid:${shown?.contentId?.replace(/[<>]/g, '')}"`)
    expect(mail.html).not.toContain('file.php')
    expect(attached).toMatchObject({ filename: 'notes.txt', disposition: 'attachment' })
  })

  test('what is too large for the server becomes a link that opens it', async () => {
    await change({ outgoing: { sizeLimit: 100_000 } })
    const small = await upload('small.txt', 'text/plain', Buffer.alloc(20_000, 'a'))
    const large = await upload('large & <wide>.txt', 'text/plain', Buffer.alloc(90_000, 'b'))
    const { conversationid } = await aConversation(desk)
    const { mail, raw } = await answered(conversationid, { attachments: `${large},${small}` })
    await change({ outgoing: { sizeLimit: 20_000_000 } })
    expect(raw.length).toBeLessThan(100_000)
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(['small.txt'])
    const url = /https:\/\/help\.desk\.test(\/scripts\/file\.php\?\S+)/.exec(mail.text ?? '')?.[1] ?? ''
    expect(mail.html).toContain('large &amp; &lt;wide&gt;.txt (90 kB)')
    const download = await desk.app.http.inject({ url })
    expect(download.statusCode).toBe(200)
    expect(download.rawPayload.length).toBe(90_000)
  })

  test('one that was deleted before the mail left is left out', async () => {
    const file = await upload('gone.txt', 'text/plain', Buffer.from('x'))
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'See the file.',
      useridentifier: agent.userid,
      attachments: file,
    })
    await desk.v1('DELETE', `files/${file}`)
    await desk.drain()
    expect(relay.mails[0]?.mail.attachments).toEqual([])
  })

  test('one whose contents are lost fails the mail, and says which', async () => {
    const file = await upload('lost.txt', 'text/plain', Buffer.from('x'))
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'See the file.',
      useridentifier: agent.userid,
      attachments: file,
    })
    await desk.app.files.remove(file)
    await desk.drain()
    expect(relay.mails).toEqual([])
    const { body } = await desk.v3('GET', `outbox?conversation=${conversationid}`)
    expect(body.mails[0]).toMatchObject({ state: 'failed', trouble: expect.stringContaining(file) })
  })
})

describe('DKIM', () => {
  const keys = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ed25519: generateKeyPairSync('ed25519'),
  }
  const pem = { type: 'spki', format: 'der' } as const

  test.each(['rsa', 'ed25519'] as const)('a mail is signed with a key of %s, so that others can tell', async (kind) => {
    const { publicKey, privateKey } = keys[kind]
    await change({
      dkim: { domain: 'desk.test', selector: 'mail2026' },
      secrets: { dkimKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
    })
    const file = await upload('a.bin', 'application/octet-stream', Buffer.alloc(50_000, 9))
    const { conversationid } = await aConversation(desk, { subject: 'Ümläüt' })
    const { raw } = await answered(conversationid, { message: '.\nGrüße ', attachments: file })
    await change({ dkim: null })
    const der = publicKey.export(pem)
    const published = (kind === 'rsa' ? der : der.subarray(-32)).toString('base64')
    const { results } = await dkimVerify(raw, {
      resolver: async (name: string, type: string) => {
        if (name === 'mail2026._domainkey.desk.test' && type === 'TXT') return [[`v=DKIM1; k=${kind}; p=${published}`]]
        throw Object.assign(new Error('none'), { code: 'ENOTFOUND' })
      },
    })
    expect(results.map(({ status, signingDomain }) => [status.result, signingDomain])).toEqual([['pass', 'desk.test']])
  })

  test('with a key that cannot sign, nothing is sent without a signature', async () => {
    await desk.app.database.write((tx) =>
      tx.updateTable('mailboxes').set({ dkim: '{"domain":"desk.test","selector":"x"}' }).execute(),
    )
    const { sealSecrets } = await import('../../mailboxes/mailbox.ts')
    await desk.app.database.write((tx) =>
      tx
        .updateTable('mailboxes')
        .set({ secrets: sealSecrets(secret, mailbox.id, { dkimKey: 'no key' }) })
        .execute(),
    )
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/messages`, { message: 'x', useridentifier: agent.userid })
    await desk.drain()
    expect(relay.mails).toEqual([])
    const { body } = await desk.v3('GET', `outbox?conversation=${conversationid}`)
    expect(body.mails[0].state).toBe('delayed')
  })
})
