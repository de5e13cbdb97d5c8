import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aMailboxRow } from '../../../../test/mailbox-row.ts'
import { talkTo } from '../../../../test/smtp-client.ts'
import { Unavailable } from '../../../lib/errors.ts'
import { CERTIFICATE, PRIVATE_KEY } from '../../../lib/fetch-guard.certificate.ts'
import { SetupError } from '../../../lib/setup-error.ts'
import { type InletSettings, type Inlets, openInlets } from './inlet.ts'
import type { Envelope } from './keep-raw.ts'
import { readRaw } from './read-raw.ts'

let desk: TestDesk
let inlets: Inlets
let smtp: number
let lmtp: number
const LIMIT = 3_000_000
const settings: InletSettings = { smtpPort: 0, lmtpPort: 0, host: '127.0.0.1', sizeLimit: LIMIT, tls: undefined }

beforeAll(async () => {
  desk = await newDesk()
  await aMailboxRow(desk, { id: 'support0', address: 'support@desk.test', aliases: ['help@desk.test'], is_default: 1 })
  await aMailboxRow(desk, { id: 'sales000', address: 'sales@desk.test' })
  await aMailboxRow(desk, { id: 'off00000', address: 'off@desk.test', is_active: 0 })
  inlets = await openInlets(desk.app, settings)
  smtp = inlets.smtpPort ?? 0
  lmtp = inlets.lmtpPort ?? 0
})
afterEach(() => desk.app.database.write((tx) => tx.deleteFrom('raw_mails').execute()))
afterAll(async () => {
  await inlets.close()
  await desk.close()
})

const rows = () => desk.app.database.reader.selectFrom('raw_mails').selectAll().orderBy('seq').execute()
const stored = async () =>
  Promise.all(
    (await rows()).map(async (row) => ({
      mailbox: row.mailbox_id,
      envelope: JSON.parse(row.envelope) as Envelope,
      source: row.source,
      text: Buffer.from(await readRaw(desk.app, row)).toString('latin1'),
    })),
  )

/** A client that has come as far as the recipients. */
async function ready(port: number, ...to: string[]) {
  const client = await talkTo(port)
  await client.ask(port === lmtp ? 'LHLO client.test' : 'EHLO client.test')
  await client.ask('MAIL FROM:<sender@example.com>')
  for (const address of to) await client.ask(`RCPT TO:<${address}>`)
  return client
}

/** Hands over one mail and hangs up; the last reply. */
async function send(contents: string, ...to: string[]): Promise<string> {
  const client = await ready(smtp, ...to)
  await client.ask('DATA')
  client.say(contents)
  const reply = await client.reply()
  await client.ask('QUIT')
  client.end()
  return reply
}

async function failingToWrite<T>(error: Error, work: () => Promise<T>): Promise<T> {
  const { write } = desk.app.database
  desk.app.database.write = async () => {
    throw error
  }
  try {
    return await work()
  } finally {
    desk.app.database.write = write
  }
}

describe('what is refused', () => {
  test.each([
    ['an address elsewhere', 'victim@example.org'],
    ['an address that is none of ours here', 'nobody@desk.test'],
    ['a mailbox that is switched off', 'off@desk.test'],
    ['a way through us', 'victim%example.org@desk.test'],
    ['a way through us in the old style', 'example.org!victim@desk.test'],
    ['a quoted way through us', '"victim@example.org"@desk.test'],
    ['our address as a domain', 'support@desk.test@example.org'],
    ['a source route to elsewhere', '@desk.test:victim@example.org'],
  ])('%s', async (_, address) => {
    const client = await ready(smtp)
    expect(await client.ask(`RCPT TO:<${address}>`)).toMatch(/^5\d\d /)
    expect(await client.ask('DATA')).toMatch(/^503 /)
    client.end()
    expect(await rows()).toEqual([])
  })

  test('an unknown recipient, by a text that names it', async () => {
    const client = await ready(smtp)
    expect(await client.ask('RCPT TO:<nobody@desk.test>')).toBe("550 5.1.1 There is no mailbox 'nobody@desk.test' here")
    client.end()
  })

  test.each(['\0', '\x07', '\x7f', '\r'])('an envelope with %j in it', async (control) => {
    const client = await talkTo(smtp)
    await client.ask('EHLO client.test')
    expect(await client.ask(`MAIL FROM:<a${control}b@example.com>`)).toMatch(/^501 /)
    await client.ask('MAIL FROM:<>')
    expect(await client.ask(`RCPT TO:<sup${control}port@desk.test>`)).toMatch(/^501 /)
    client.end()
  })

  test.each([
    'AUTH PLAIN AGEAYg==',
    'XCLIENT ADDR=10.0.0.1',
    'XFORWARD ADDR=10.0.0.1',
    'STARTTLS',
    'WIZ x',
    'BDAT 3',
    'ETRN example.org',
    'rubbish',
    '\x16\x03\x01\x02\x00',
  ])('the command %j', async (command) => {
    const client = await talkTo(smtp)
    const hello = await client.ask('EHLO client.test')
    expect(hello).not.toMatch(/AUTH|STARTTLS|XCLIENT|CHUNKING/)
    expect(await client.ask(command)).toMatch(/^50\d /)
    client.end()
  })

  test('a HELO that is no name, and mail before it', async () => {
    const client = await talkTo(smtp)
    expect(await client.ask('MAIL FROM:<a@b.c>')).toMatch(/^503 /)
    expect(await client.ask('EHLO evil\x00name')).toMatch(/^501 /)
    expect(await client.ask('EHLO a b')).toMatch(/^501 /)
    client.end()
  })

  test('a browser that was talked into calling', async () => {
    const client = await talkTo(smtp)
    client.say('POST / HTTP/1.1\r\nHost: desk\r\n\r\nEHLO x\r\nMAIL FROM:<a@b.c>\r\n')
    const replies = await client.rest()
    expect(replies).toEqual([expect.stringMatching(/^421 /)])
  })

  test('a line without an end', async () => {
    const client = await talkTo(smtp)
    client.say(`EHLO ${'x'.repeat(100_000)}`)
    expect(await client.rest()).toEqual([expect.stringMatching(/^421 /)])
  })

  test('somebody who guesses commands, or addresses', async () => {
    const guesser = await talkTo(smtp)
    for (let n = 0; n < 30; n++) guesser.say(`GUESS${n}\r\n`)
    expect((await guesser.rest()).at(-1)).toMatch(/^421 /)
    const client = await ready(smtp)
    for (let n = 0; n < 40; n++) client.say(`RCPT TO:<guess${n}@desk.test>\r\n`)
    const replies = await client.rest()
    expect(replies).toHaveLength(20)
    expect(replies.at(-1)).toMatch(/^421 /)
  })

  test('the recipient after the hundredth, for the moment', async () => {
    const client = await ready(smtp)
    for (let n = 0; n < 100; n++) expect(await client.ask(`RCPT TO:<support+${n}@desk.test>`)).toMatch(/^250 /)
    expect(await client.ask('RCPT TO:<support+100@desk.test>')).toMatch(/^452 /)
    client.end()
  })

  test('the fifty-first connection from one address', async () => {
    const clients = await Promise.all(Array.from({ length: 51 }, () => talkTo(smtp)))
    const refused = clients.filter(({ greeting }) => greeting.startsWith('421 '))
    expect(refused).toHaveLength(1)
    for (const client of clients) client.end()
    // Those who have gone are not counted.
    for (let tries = 0; tries < 200; tries++) {
      const client = await talkTo(smtp)
      client.end()
      if (client.greeting.startsWith('220 ')) return
      await new Promise((resume) => setTimeout(resume, 10))
    }
    throw new Error('nobody is let in any more')
  })

  test('a mail that says that it is too large, at once', async () => {
    const client = await talkTo(smtp)
    expect(await client.ask('EHLO client.test')).toContain(`SIZE ${LIMIT}`)
    expect(await client.ask(`MAIL FROM:<a@b.c> SIZE=${LIMIT + 1}`)).toMatch(/^552 /)
    client.end()
  })

  test('a mail that turns out too large, and the next one on the connection is not', async () => {
    const client = await ready(smtp, 'support@desk.test')
    await client.ask('DATA')
    client.say(Buffer.alloc(LIMIT + 1, 'x\r\n'))
    client.say('\r\n.\r\n')
    expect(await client.reply()).toMatch(/^552 /)
    expect(await rows()).toEqual([])
    await client.ask('MAIL FROM:<a@b.c>')
    await client.ask('RCPT TO:<support@desk.test>')
    await client.ask('DATA')
    expect(await client.ask('small\r\n.')).toMatch(/^250 /)
    client.end()
  })

  test('a mail without an end: the line is cut', async () => {
    const client = await ready(smtp, 'support@desk.test')
    await client.ask('DATA')
    const part = Buffer.alloc(500_000, 'x')
    let sent = 0
    while (!client.socket.destroyed && !client.socket.writableEnded && sent < 20 * LIMIT) {
      sent += part.length
      await new Promise<void>((resume) => {
        client.socket.write(part, () => resume())
      })
    }
    expect(sent).toBeLessThan(20 * LIMIT)
    expect((await client.rest()).every((reply) => /^552 /.test(reply))).toBe(true)
    expect(await rows()).toEqual([])
  })

  test('a mail that breaks off: nothing of it is stored', async () => {
    const client = await ready(smtp, 'support@desk.test')
    await client.ask('DATA')
    client.say('Subject: half a ma')
    client.say(Buffer.alloc(1_500_000, 'x'))
    client.socket.end()
    await client.rest()
    expect(await rows()).toEqual([])
  })

  test.each([
    new Unavailable('The disk is full: nothing was stored.'),
    new Unavailable('The database does not answer: nothing was stored.'),
    new Error('a defect'),
  ])('a mail while it cannot be stored (%s): the sender shall try again', async (error) => {
    const reply = await failingToWrite(error, () => send('Subject: x\r\n\r\nx\r\n.\r\n', 'support@desk.test'))
    expect(reply).toMatch(/^451 /)
    expect(await rows()).toEqual([])
    expect(await send('Subject: x\r\n\r\nx\r\n.\r\n', 'support@desk.test')).toMatch(/^250 /)
    expect(await rows()).toHaveLength(1)
  })
})

describe('smuggling', () => {
  const second = 'MAIL FROM:<admin@desk.test>\r\nRCPT TO:<sales@desk.test>\r\nDATA\r\nSubject: forged\r\n\r\nx'

  test.each(['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r.\r\n', '\r\n.\r', '\r\n\0.\r\n', '\n\n.\r\n', '\r\n.\0\r\n'])(
    'a mail after %j is a part of the first one',
    async (end) => {
      expect(await send(`Subject: first\r\n\r\nx${end}${second}\r\n.\r\n`, 'support@desk.test')).toMatch(/^250 /)
      const mails = await stored()
      expect(mails.map(({ mailbox }) => mailbox)).toEqual(['support0'])
      expect(mails[0]?.envelope.from).toBe('sender@example.com')
      expect(mails[0]?.text).toContain('Subject: forged')
    },
  )

  test('the end that is one may come in any pieces, and stuffed dots are taken out', async () => {
    const contents = '..\r\n.a\r\n\r\n...\r\n.\n..\r\nx.\r\n'
    const stuffed = `${contents.replace(/^\./gm, '..')}.\r\n`
    const sendCutAt = async (cut: number): Promise<void> => {
      const client = await ready(smtp, 'support@desk.test')
      await client.ask('DATA')
      client.socket.setNoDelay(true)
      client.say(`X: ${cut}\r\n${stuffed.slice(0, cut)}`)
      await new Promise(setImmediate)
      client.say(stuffed.slice(cut))
      expect(await client.reply()).toMatch(/^250 /)
      client.end()
    }
    await Promise.all(Array.from({ length: stuffed.length - 1 }, (_, n) => sendCutAt(n + 1)))
    const texts = (await stored()).map(({ text }) => text.replace(/^X: \d+\r\n/, ''))
    expect(new Set(texts)).toEqual(new Set([contents]))
  })
})

describe('a mail that is handed over', () => {
  test('by a usual client is stored byte for byte, with who brought it', async () => {
    const transport = createTransport({ host: '127.0.0.1', port: smtp, name: 'mx.example.com', ignoreTLS: true })
    const raw = Buffer.concat([Buffer.from('Subject: héllo\r\n\r\n.dot\r\n'), randomBytes(20_000), Buffer.from('\r\n')])
    const clean = Buffer.from(raw.toString('latin1').replace(/\r(?!\n)|(?<!\r)\n/g, ''), 'latin1')
    const { response } = await transport.sendMail({
      envelope: { from: 'Anna@Example.com', to: ['Support+token@desk.test'] },
      raw: clean,
    })
    transport.close()
    expect(response).toMatch(/^250 2\.6\.0 OK, kept as \d+$/)
    const [mail] = await stored()
    expect(mail?.text).toBe(clean.toString('latin1'))
    expect(mail).toMatchObject({
      mailbox: 'support0',
      source: 'smtp',
      envelope: {
        from: 'Anna@example.com',
        to: ['Support+token@desk.test'],
        client: { address: '127.0.0.1', name: 'mx.example.com' },
      },
    })
    const jobs = await desk.app.database.reader.selectFrom('jobs').select('name').execute()
    expect(jobs.map(({ name }) => name)).toContain('accept-mails')
  })

  test('is on disk before it is confirmed', async () => {
    const { write } = desk.app.database
    const order: string[] = []
    desk.app.database.write = async (work) => {
      const result = await write(work)
      order.push('stored')
      return result
    }
    try {
      await send('Subject: order\r\n\r\nx\r\n.\r\n', 'support@desk.test')
      order.push('confirmed')
    } finally {
      desk.app.database.write = write
    }
    expect(order).toEqual(['stored', 'confirmed'])
  })

  test('to several mailboxes is stored once for each, and none of them learns of the others', async () => {
    const reply = await send(
      'Subject: all\r\n\r\nx\r\n.\r\n',
      'support@desk.test',
      'help@desk.test',
      'nobody@desk.test',
      'sales@desk.test',
    )
    expect(reply).toMatch(/^250 /)
    expect((await stored()).map(({ mailbox, envelope }) => [mailbox, envelope.to]).sort()).toEqual([
      ['sales000', ['sales@desk.test']],
      ['support0', ['support@desk.test', 'help@desk.test']],
    ])
  })

  test('again, because the sender did not hear the answer, is confirmed and stored once', async () => {
    const mail = 'Subject: again\r\n\r\nx\r\n.\r\n'
    expect(await send(mail, 'support@desk.test')).toBe(await send(mail, 'support@desk.test'))
    expect(await rows()).toHaveLength(1)
  })

  test('with the null return path, 8-bit, UTF-8 addresses, everything at once', async () => {
    const client = await talkTo(smtp)
    client.say(
      'EHLO [127.0.0.1]\r\nMAIL FROM:<> BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<support+grüße@desk.test>\r\nDATA\r\n',
    )
    for (const code of ['250-', '250 ', '250 ', '354 ']) expect(await client.reply()).toMatch(new RegExp(`^${code}`))
    client.say(Buffer.from('Subject: \xff\xfe\r\n\r\n\x80\x00\r\n.\r\nQUIT\r\n', 'latin1'))
    expect(await client.reply()).toMatch(/^250 /)
    expect(await client.reply()).toMatch(/^221 /)
    client.end()
    const [mail] = await stored()
    expect(mail?.envelope).toMatchObject({ from: '', to: ['support+grüße@desk.test'] })
    expect(mail?.text).toBe('Subject: \xff\xfe\r\n\r\n\x80\x00\r\n')
  })

  test('by senders that break the rules for addresses', async () => {
    const client = await talkTo(smtp)
    await client.ask('HELO old.test')
    for (const from of ['name.@docomo.ne.jp', 'a..b@example.com', `bounce-${'x'.repeat(120)}=a@lists.test`]) {
      expect(await client.ask(`MAIL FROM:<${from}>`)).toMatch(/^250 /)
      await client.ask('RSET')
    }
    client.end()
  })

  test('to the postmaster of no domain goes to the default mailbox', async () => {
    expect(await send('Subject: pm\r\n\r\nx\r\n.\r\n', 'postmaster')).toMatch(/^250 /)
    expect((await stored())[0]?.mailbox).toBe('support0')
  })

  test('with nothing in it is a mail too', async () => {
    expect(await send('.\r\n', 'support@desk.test')).toMatch(/^250 /)
    expect((await stored())[0]?.text).toBe('')
  })

  test('that is large goes through a file and stays as it was', async () => {
    const line = `${'0123456789'.repeat(7)}\r\n`
    const body = line.repeat(Math.floor((LIMIT - 100) / line.length))
    expect(await send(`Subject: large\r\n\r\n${body}.\r\n`, 'support@desk.test', 'sales@desk.test')).toMatch(/^250 /)
    const mails = await stored()
    expect(mails.map(({ text }) => text === `Subject: large\r\n\r\n${body}`)).toEqual([true, true])
    expect((await rows()).every(({ file_id }) => file_id !== null)).toBe(true)
  })

  test('in a burst by many is stored once each', async () => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: smtp,
      pool: true,
      maxConnections: 10,
      ignoreTLS: true,
    })
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        transport.sendMail({ from: 'a@b.test', to: 'sales@desk.test', subject: `${n}`, text: 'x' }),
      ),
    )
    transport.close()
    expect(await rows()).toHaveLength(100)
  })
})

describe('by LMTP', () => {
  test('each recipient has an answer, those that are unknown at once', async () => {
    const client = await talkTo(lmtp)
    expect(client.greeting).toMatch(/^220 .*LMTP/)
    expect(await client.ask('EHLO client.test')).toMatch(/^500 /)
    expect(await client.ask('LHLO client.test')).toMatch(/^250-/)
    await client.ask('MAIL FROM:<a@b.c>')
    expect(await client.ask('RCPT TO:<support@desk.test>')).toMatch(/^250 /)
    expect(await client.ask('RCPT TO:<nobody@desk.test>')).toMatch(/^550 /)
    expect(await client.ask('RCPT TO:<SUPPORT@desk.test>')).toMatch(/^452 /)
    expect(await client.ask('RCPT TO:<sales@desk.test>')).toMatch(/^250 /)
    await client.ask('DATA')
    client.say('Subject: lmtp\r\n\r\nx\r\n.\r\n')
    expect([await client.reply(), await client.reply()]).toEqual([
      expect.stringMatching(/^250 /),
      expect.stringMatching(/^250 /),
    ])
    expect(await client.ask('QUIT')).toMatch(/^221 /)
    client.end()
    expect((await stored()).map(({ mailbox, source }) => [mailbox, source]).sort()).toEqual([
      ['sales000', 'lmtp'],
      ['support0', 'lmtp'],
    ])
  })

  test('each recipient has an answer of its own when one cannot be stored', async () => {
    const client = await ready(lmtp, 'support@desk.test', 'sales@desk.test')
    await client.ask('DATA')
    const { write } = desk.app.database
    let isFirst = true
    // Large contents are written one by one: the first of the two fails.
    desk.app.database.write = (work) => {
      if (!isFirst) return write(work)
      isFirst = false
      return Promise.reject(new Unavailable('The disk is full'))
    }
    client.say(Buffer.alloc(700_000, 'line\r\n'))
    client.say('\r\n.\r\n')
    const replies = [await client.reply(), await client.reply()]
    desk.app.database.write = write
    expect(replies.map((reply) => reply.slice(0, 4)).sort()).toEqual(['250 ', '451 '])
    expect(await rows()).toHaveLength(1)
    client.end()
  })

  test('each recipient is told that the mail is too large', async () => {
    const client = await ready(lmtp, 'support@desk.test', 'sales@desk.test')
    await client.ask('DATA')
    client.say(Buffer.alloc(LIMIT + 10, 'x'))
    client.say('\r\n.\r\n')
    expect([await client.reply(), await client.reply()].map((reply) => reply.slice(0, 3))).toEqual(['552', '552'])
    client.end()
  })
})

describe('the inlet', () => {
  test('speaks TLS when it has a certificate, and forgets what was said before', async () => {
    const file = (name: string, text: string): string => {
      const path = join(desk.dataFolder, name)
      writeFileSync(path, text)
      return path
    }
    const tls = { cert: file('cert.pem', CERTIFICATE), key: file('key.pem', PRIVATE_KEY) }
    const secure = await openInlets(desk.app, { ...settings, lmtpPort: undefined, tls })
    const port = secure.smtpPort ?? 0
    const client = await talkTo(port)
    expect(await client.ask('EHLO client.test')).toContain('STARTTLS')
    await client.ask('MAIL FROM:<forged@example.com>')
    // What is sent along in clear text must not be taken for something that was said inside.
    client.say('STARTTLS\r\nRCPT TO:<support@desk.test>\r\n')
    expect(await client.reply()).toMatch(/^220 /)
    client.end()
    const transport = createTransport({ host: '127.0.0.1', port, requireTLS: true, tls: { rejectUnauthorized: false } })
    await transport.sendMail({ from: 'a@b.test', to: 'support@desk.test', text: 'secret' })
    transport.close()
    await secure.close()
    expect(await rows()).toHaveLength(1)
  })

  test('says which setting is wrong', async () => {
    const wrong = (over: Partial<InletSettings>) => openInlets(desk.app, { ...settings, lmtpPort: undefined, ...over })
    await expect(wrong({ smtpPort: smtp })).rejects.toThrow(/DESKHAND_SMTP_PORT/)
    await expect(wrong({ smtpPort: undefined, lmtpPort: smtp })).rejects.toThrow(/DESKHAND_LMTP_PORT/)
    await expect(wrong({ host: '203.0.113.9' })).rejects.toThrow(/DESKHAND_MAIL_HOST/)
    await expect(wrong({ tls: { cert: '/nowhere.pem', key: '/nowhere.pem' } })).rejects.toThrow(SetupError)
    await expect(wrong({ tls: { cert: 'package.json', key: 'package.json' } })).rejects.toThrow(SetupError)
  })

  test('listens nowhere unless it is told to', async () => {
    const none = await openInlets(desk.app, { ...settings, smtpPort: undefined, lmtpPort: undefined })
    expect(none).toMatchObject({ smtpPort: undefined, lmtpPort: undefined })
    await none.close()
  })

  test('when it closes stores the mail that is being sent and says goodbye to the others', async () => {
    const closing = await openInlets(desk.app, { ...settings, lmtpPort: undefined })
    const port = closing.smtpPort ?? 0
    const idle = await talkTo(port)
    const busy = await ready(port, 'support@desk.test')
    await busy.ask('DATA')
    busy.say('Subject: the last one\r\n\r\n')
    const closed = closing.close()
    expect(await idle.rest()).toEqual([expect.stringMatching(/^421 /)])
    busy.say('x\r\n.\r\n')
    expect(await busy.rest()).toEqual([expect.stringMatching(/^250 /), expect.stringMatching(/^421 /)])
    await closed
    await expect(talkTo(port).then(({ greeting }) => greeting)).resolves.toBe('closed')
    expect((await stored()).map(({ text }) => text)).toEqual(['Subject: the last one\r\n\r\nx\r\n'])
  })
})
