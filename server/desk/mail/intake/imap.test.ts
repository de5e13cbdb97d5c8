// Fetching from a real Dovecot. What a mailbox got is what lies in raw_mails.
import { connect, createServer, type Socket } from 'node:net'
import { ImapFlow } from 'imapflow'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../../test/desk.ts'
import { AUTHORITY, EXPIRED } from '../../../../test/mail-servers/certificates.ts'
import { type Dovecot, MAIL_PASSWORD, startDovecot } from '../../../../test/mail-servers/dovecot.ts'
import { deliver, deliverAll, missingMailServers } from '../../../../test/mail-servers.ts'
import { type MailboxWatch, startMailboxWatch, type WatchOptions } from './mailbox-watch.ts'

const PATIENCE = { timeout: 15_000, interval: 20 }

describe.skipIf(missingMailServers(['dovecot']))('fetching by IMAP', () => {
  let desk: TestDesk
  let dovecot: Dovecot
  beforeAll(async () => {
    desk = await newDesk()
    dovecot = await startDovecot()
  })
  const watches = new Set<MailboxWatch>()
  afterEach(async () => {
    for (const watch of watches) await watch.stop()
    watches.clear()
    await desk.app.database.write((tx) => tx.updateTable('mailboxes').set({ is_active: 0 }).execute())
  })
  afterAll(async () => {
    await dovecot?.remove()
    await desk?.close()
  })

  function watch(options: Partial<WatchOptions> = {}): MailboxWatch {
    const started = startMailboxWatch(desk.app, { sizeLimit: 2_000_000, leaseMs: 600, pauseMs: () => 30, ...options })
    watches.add(started)
    return started
  }
  const stop = async (watching: MailboxWatch): Promise<void> => {
    watches.delete(watching)
    await watching.stop()
  }

  let count = 0
  const anAddress = (): string => `imap${++count}@desk.test`

  async function aMailbox(address: string, incoming: Record<string, unknown> = {}): Promise<string> {
    const { status, text, body } = await desk.v3('POST', 'mailboxes', {
      address,
      is_test_skipped: true,
      incoming: {
        host: 'localhost',
        port: dovecot.imapsPort,
        user: address,
        password: MAIL_PASSWORD,
        authorities: AUTHORITY,
        is_only_new: false,
        ...incoming,
      },
    })
    if (status !== 200) throw new Error(text)
    return body.id
  }

  const plain = (): Record<string, unknown> => ({ port: dovecot.imapPort, security: 'none' })

  /** Subjects of what was stored, in the order of storing. */
  async function stored(mailboxId: string): Promise<string[]> {
    const rows = await desk.app.database.reader
      .selectFrom('raw_mails')
      .innerJoin('raw_mail_contents', 'raw_mail_contents.raw_seq', 'raw_mails.seq')
      .select('raw_mail_contents.data')
      .where('mailbox_id', '=', mailboxId)
      .orderBy('raw_mails.seq')
      .execute()
    return rows.map(({ data }) => /^Subject: (.*)\r$/m.exec(Buffer.from(data).toString('latin1'))?.[1] ?? '')
  }
  const troubleOf = async (id: string): Promise<string | null> => (await desk.v3('GET', `mailboxes/${id}`)).body.trouble

  const mail = (subject: string, text = 'Hello'): string =>
    `From: Ann <ann@example.com>\nTo: desk@desk.test\nSubject: ${subject}\nMessage-ID: <${subject}@example.com>\n\n${text}\n`

  async function client(address: string): Promise<ImapFlow> {
    const opened = new ImapFlow({
      host: 'localhost',
      port: dovecot.imapPort,
      secure: false,
      doSTARTTLS: false,
      auth: { user: address, pass: MAIL_PASSWORD },
      logger: false,
    })
    await opened.connect()
    return opened
  }

  test('brings what is there, then what comes (IDLE), and leaves it unread', async () => {
    const address = anAddress()
    await deliverAll(dovecot, address, [mail('one'), mail('two')])
    const id = await aMailbox(address, { poll_seconds: 86_400 })
    watch()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['one', 'two'])
    await deliver(dovecot, address, mail('three'))
    await expect.poll(() => stored(id), PATIENCE).toEqual(['one', 'two', 'three'])
    const other = await client(address)
    expect(await other.status('INBOX', { messages: true, unseen: true, recent: true })).toMatchObject({
      messages: 3,
      unseen: 3,
      recent: 3,
    })
    await other.logout()
    const { dateseen, trouble } = (await desk.v3('GET', `mailboxes/${id}`)).body
    expect(dateseen).toMatch(/Z$/)
    expect(trouble).toBeNull()
    const [row] = await desk.app.database.reader
      .selectFrom('raw_mails')
      .selectAll()
      .where('mailbox_id', '=', id)
      .orderBy('seq')
      .execute()
    expect(row).toMatchObject({ source: 'imap', state: 'waiting', envelope: '{"folder":"INBOX","uid":1}' })
  })
  test('asks now and then where the server cannot tell', async () => {
    const silent = await startDovecot({ capability: 'IMAP4rev1 LITERAL+ UIDPLUS' })
    try {
      const address = anAddress()
      const id = await aMailbox(address, { port: silent.imapsPort, poll_seconds: 5 })
      watch()
      await expect.poll(async () => (await desk.v3('GET', `mailboxes/${id}`)).body.dateseen, PATIENCE).not.toBeNull()
      await deliver(silent, address, mail('polled'))
      await expect.poll(() => stored(id), PATIENCE).toEqual(['polled'])
    } finally {
      await silent.remove()
    }
  })

  test('leaves alone what was there before, but nothing that came while no server ran', async () => {
    const address = anAddress()
    const other = await client(address)
    await other.append('INBOX', mail('old'), [], new Date(Date.now() - 3_600_000))
    const id = await aMailbox(address, { is_only_new: true })
    await other.append('INBOX', mail('new'))
    const first = watch()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['new'])
    await stop(first)
    // Its date is old, but it came here only now.
    await other.append('INBOX', mail('dragged in'), [], new Date(Date.now() - 3_600_000))
    watch()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['new', 'dragged in'])
    await desk.v3('PATCH', `mailboxes/${id}`, { incoming: { is_only_new: false }, is_test_skipped: true })
    watching().refresh()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['new', 'dragged in', 'old'])
    await other.logout()
  })

  test('reads every folder, of which one that is missing does not stop the others', async () => {
    const address = anAddress()
    const other = await client(address)
    const folders = ['INBOX', 'Sales', 'Größe & Co', 'Spam.Deep', 'Late']
    for (const folder of folders.slice(1, 4)) await other.mailboxCreate(folder)
    for (const folder of folders.slice(0, 4)) await other.append(folder, mail(`in ${folder}`))
    const id = await aMailbox(address, { folders, poll_seconds: 5 })
    watch()
    await expect.poll(() => stored(id), PATIENCE).toHaveLength(4)
    await expect.poll(() => troubleOf(id), PATIENCE).toContain("There is no folder 'Late'")
    await other.append('Sales', mail('told'))
    await expect.poll(async () => (await stored(id)).includes('told'), PATIENCE).toBe(true)
    await other.mailboxCreate('Late')
    await other.append('Late', mail('late'))
    await expect.poll(async () => (await stored(id)).includes('late'), PATIENCE).toBe(true)
    await expect.poll(() => troubleOf(id), PATIENCE).toBeNull()
    await other.logout()
  })

  test('gives mail of a folder to its department, and to that of the mailbox once it is deleted', async () => {
    const address = anAddress()
    const other = await client(address)
    for (const folder of ['Sales', 'Gone']) await other.mailboxCreate(folder)
    const departments = await Promise.all(
      ['Box', 'Sales', 'Gone'].map(
        async (name) => (await desk.v3('POST', 'departments', { name })).body.departmentid as string,
      ),
    )
    const [box, sales, gone] = departments
    const folders = ['INBOX', { name: 'Sales', departmentid: sales }, { name: 'Gone', departmentid: gone }]
    const id = await aMailbox(address, { folders })
    await desk.v3('PATCH', `mailboxes/${id}`, { departmentid: box, is_test_skipped: true })
    for (const folder of ['INBOX', 'Sales', 'Gone']) await other.append(folder, mail(`department ${folder}`))
    await other.logout()
    const watching = watch()
    await expect.poll(() => stored(id), PATIENCE).toHaveLength(3)
    await stop(watching)
    // Its mail was fetched before, and is accepted after.
    await desk.v3('DELETE', `departments/${gone}`)
    await desk.drain()
    const rows = await desk.app.database.reader
      .selectFrom('raw_mails')
      .innerJoin('conversations', 'conversations.id', 'raw_mails.conversation_id')
      .select(['conversations.subject', 'conversations.department_id'])
      .where('raw_mails.mailbox_id', '=', id)
      .execute()
    expect(Object.fromEntries(rows.map(({ subject, department_id }) => [subject, department_id]))).toEqual({
      'department INBOX': box,
      'department Sales': sales,
      'department Gone': box,
    })
  })

  test('goes on where it was when it is stopped and started again, many times over', async () => {
    const address = anAddress()
    const subjects = Array.from({ length: 120 }, (_, n) => `mail ${n}`)
    const id = await aMailbox(address)
    const delivering = deliverAll(
      dovecot,
      address,
      subjects.map((subject) => mail(subject)),
    )
    for (let n = 0; n < 8; n++) {
      const started = watch()
      const before = (await stored(id)).length
      await expect.poll(async () => (await stored(id)).length > before || before === 120, PATIENCE).toBe(true)
      await stop(started)
    }
    await delivering
    watch()
    await expect.poll(async () => (await stored(id)).length, PATIENCE).toBe(120)
    expect(new Set(await stored(id)).size).toBe(120)
  })

  test('reads a folder anew that was deleted and made again, and a mail that was moved back, without doubling', async () => {
    const address = anAddress()
    const other = await client(address)
    await other.mailboxCreate('Desk')
    const mails = [mail('one'), mail('two')]
    for (const raw of mails) await other.append('Desk', raw)
    const id = await aMailbox(address, { folders: ['Desk'], poll_seconds: 5 })
    const first = watch()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['one', 'two'])
    const [before] = await positions(id)
    // Away and back: it has another number now.
    await other.mailboxOpen('Desk')
    await other.messageMove('1', 'INBOX')
    await other.mailboxOpen('INBOX')
    await other.messageMove('1', 'Desk')
    await expect.poll(async () => (await positions(id))[0]?.last_uid, PATIENCE).toBe(3)
    await other.mailboxClose()
    await stop(first)
    await other.mailboxDelete('Desk')
    await other.mailboxCreate('Desk')
    for (const raw of [...mails, mail('three')]) await other.append('Desk', raw)
    watch()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['one', 'two', 'three'])
    const [after] = await positions(id)
    expect(after?.uid_validity).not.toBe(before?.uid_validity)
    expect(after?.last_uid).toBe(3)
    await other.logout()
  })

  test('follows a folder that is deleted and made again while it is watched', async () => {
    const address = anAddress()
    const other = await client(address)
    await other.mailboxCreate('Desk')
    await other.append('Desk', mail('one'))
    const id = await aMailbox(address, { folders: ['Desk'], poll_seconds: 5 })
    watch()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['one'])
    // While somebody else looks into it, Dovecot may refuse for a moment.
    await again(() => other.mailboxDelete('Desk'))
    await again(() => other.mailboxCreate('Desk'))
    await again(() => other.append('Desk', mail('two')))
    await expect.poll(() => stored(id), { timeout: 25_000, interval: 50 }).toEqual(['one', 'two'])
    await other.logout()
  })

  test('comes back after the server was away, and says so meanwhile', async () => {
    const own = await startDovecot()
    try {
      const address = anAddress()
      await deliver(own, address, mail('before'))
      const id = await aMailbox(address, { port: own.imapsPort })
      watch()
      await expect.poll(() => stored(id), PATIENCE).toEqual(['before'])
      await own.stop()
      await expect.poll(() => troubleOf(id), PATIENCE).toContain('refuses connections')
      await own.start()
      await deliver(own, address, mail('after'))
      await expect.poll(() => stored(id), PATIENCE).toEqual(['before', 'after'])
      await expect.poll(() => troubleOf(id), PATIENCE).toBeNull()
      const events = await desk.app.database.reader.selectFrom('events').selectAll().orderBy('seq').execute()
      const about = events.filter(({ data }) => data.includes(id)).map(({ type }) => type)
      expect(about).toEqual(expect.arrayContaining(['mailbox.failed', 'mailbox.recovered']))
    } finally {
      await own.remove()
    }
  })

  test.each([
    ['a wrong password', () => ({ password: 'wrong' }), 'does not accept this user name and password'],
    ['a certificate of an unknown authority', () => ({ authorities: null }), 'Nobody whom we trust has signed'],
    ['TLS where STARTTLS is spoken', () => ({ port: dovecot.imapPort }), 'does not speak TLS on port'],
  ])('%s is named, and put right without a restart', async (_what, wrong, says) => {
    const address = anAddress()
    await deliver(dovecot, address, mail('there'))
    const id = await aMailbox(address, wrong())
    watch()
    await expect.poll(() => troubleOf(id), PATIENCE).toContain(says)
    const right = { port: dovecot.imapsPort, password: MAIL_PASSWORD, authorities: AUTHORITY }
    expect((await desk.v3('PATCH', `mailboxes/${id}`, { incoming: right })).status).toBe(200)
    watching().refresh()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['there'])
    expect(await troubleOf(id)).toBeNull()
  })

  test('an expired certificate is never trusted', async () => {
    const expired = await startDovecot({ certificate: EXPIRED })
    try {
      const address = anAddress()
      await deliver(expired, address, mail('there'))
      for (const way of [{ port: expired.imapsPort }, { port: expired.imapPort, security: 'starttls' }]) {
        const id = await aMailbox(anAddress(), { ...way, user: address })
        const watching = watch()
        await expect.poll(() => troubleOf(id), PATIENCE).toContain('The certificate of localhost has expired')
        await stop(watching)
        expect(await stored(id)).toEqual([])
      }
    } finally {
      await expired.remove()
    }
  })

  test('STARTTLS is demanded, not only taken', async () => {
    const address = anAddress()
    await deliver(dovecot, address, mail('safe'))
    const id = await aMailbox(address, { port: dovecot.imapPort, security: 'starttls' })
    watch()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['safe'])
  })

  test('follows what is added, switched off and removed', async () => {
    const address = anAddress()
    const watching = watch()
    const id = await aMailbox(address, plain())
    watching.refresh()
    await deliver(dovecot, address, mail('one'))
    await expect.poll(() => stored(id), PATIENCE).toEqual(['one'])
    await desk.v3('PATCH', `mailboxes/${id}`, { is_active: false })
    watching.refresh()
    await expect.poll(() => connections(address), PATIENCE).toBe(0)
    await deliver(dovecot, address, mail('two'))
    await desk.v3('PATCH', `mailboxes/${id}`, { is_active: true })
    watching.refresh()
    await expect.poll(() => stored(id), PATIENCE).toEqual(['one', 'two'])
    await desk.v3('DELETE', `mailboxes/${id}`)
    watching.refresh()
    await expect.poll(() => connections(address), PATIENCE).toBe(0)
    expect(await positions(id)).toEqual([])
  })

  test('a large mail comes whole, and of one that is too large its headers with a word why', async () => {
    const address = anAddress()
    const large = mail('large', `${'0123456789'.repeat(7)}\n`.repeat(25_000))
    const huge = mail('huge', `${'0123456789'.repeat(7)}\n`.repeat(40_000)).replace(
      'Message-ID',
      'Content-Type: text/html;\n charset=x\nMessage-ID',
    )
    await deliverAll(dovecot, address, [large, huge, mail('small')])
    const id = await aMailbox(address)
    const first = watch()
    const sizes = async (): Promise<number[]> => {
      const rows = await desk.app.database.reader
        .selectFrom('raw_mails')
        .select('size')
        .where('mailbox_id', '=', id)
        .orderBy('seq')
        .execute()
      return rows.map(({ size }) => size)
    }
    await expect.poll(sizes, PATIENCE).toHaveLength(3)
    const [first_, second, third] = await sizes()
    expect(first_).toBeGreaterThan(1_700_000)
    expect(second).toBeLessThan(2_000)
    expect(third).toBeLessThan(1_000)
    const texts = (await contents(id)).join()
    expect(texts).toContain('Subject: huge')
    expect(texts).toContain('This mail has 2.7 MB, more than the 1.9 MB that Deskhand takes')
    expect(texts).toContain('in the folder INBOX (number 2)')
    expect(texts).not.toContain('text/html')
    // Read anew, it adds nothing.
    await stop(first)
    await desk.app.database.write((tx) => tx.deleteFrom('mailbox_positions').where('mailbox_id', '=', id).execute())
    watch()
    await expect.poll(async () => (await positions(id))[0]?.last_uid, PATIENCE).toBe(3)
    expect(await sizes()).toHaveLength(3)
  })

  test('loses and doubles nothing when connections are cut in the middle, again and again', async () => {
    const address = anAddress()
    const subjects = Array.from({ length: 200 }, (_, n) => `cut ${n}`)
    await deliverAll(
      dovecot,
      address,
      subjects.map((subject) => mail(subject, 'Hello '.repeat(500))),
    )
    let bytes = 0
    const proxy = await proxyTo(dovecot.imapPort, (chunk) => {
      bytes += chunk.length
      if (bytes < 150_000) return true
      bytes = 0
      return false
    })
    const id = await aMailbox(address, { ...plain(), port: proxy.port })
    watch()
    await expect.poll(async () => (await stored(id)).length, PATIENCE).toBe(200)
    expect(await stored(id)).toEqual(subjects)
    expect(proxy.cuts()).toBeGreaterThan(2)
    await proxy.close()
  })

  test('a mail that ends the connection each time does not stop those behind it', async () => {
    const address = anAddress()
    await deliverAll(dovecot, address, [mail('before'), mail('poison', 'POISON'), mail('behind')])
    const proxy = await proxyTo(dovecot.imapPort, (chunk) => !chunk.includes('POISON'))
    const id = await aMailbox(address, { ...plain(), port: proxy.port })
    watch()
    await expect.poll(async () => (await stored(id)).length, PATIENCE).toBe(3)
    expect(await stored(id)).toEqual(['before', 'poison', 'behind'])
    const [, standIn] = await contents(id)
    expect(standIn).toContain('The mail server could not hand over this mail. It was left on the server')
    await expect.poll(() => troubleOf(id), PATIENCE).toBeNull()
    await proxy.close()
  })

  if (engine === 'postgres')
    test('of several processes one fetches a mailbox, and another takes over when it is heard of no more', async () => {
      const address = anAddress()
      const id = await aMailbox(address, plain())
      const watching = [watch(), watch(), watch()]
      for (let n = 0; n < 10; n++) await deliver(dovecot, address, mail(`shared ${n}`))
      await expect.poll(async () => (await stored(id)).length, PATIENCE).toBe(10)
      expect(await connections(address)).toBe(1)
      // One that died keeps it until its lease ends.
      for (const each of watching) await stop(each)
      await desk.app.database.write((tx) =>
        tx
          .updateTable('mailboxes')
          .set({ lease_owner: 'a dead process', lease_until: Date.now() + 1_000 })
          .where('id', '=', id)
          .execute(),
      )
      await deliver(dovecot, address, mail('after its death'))
      watch()
      await expect.poll(async () => (await stored(id)).length, PATIENCE).toBe(11)
      const row = await desk.app.database.reader.selectFrom('mailboxes').selectAll().where('id', '=', id).execute()
      expect(row[0]?.lease_owner).not.toBe('a dead process')
    })

  const again = async (work: () => Promise<unknown>): Promise<void> => {
    await expect.poll(() => work().then(Boolean, () => false), PATIENCE).toBe(true)
  }

  /** The last one that was started. */
  function watching(): MailboxWatch {
    const last = [...watches].at(-1)
    if (!last) throw new Error('none is started')
    return last
  }

  const positions = (id: string) =>
    desk.app.database.reader.selectFrom('mailbox_positions').selectAll().where('mailbox_id', '=', id).execute()

  const contents = async (id: string): Promise<string[]> => {
    const rows = await desk.app.database.reader
      .selectFrom('raw_mail_contents')
      .innerJoin('raw_mails', 'raw_mails.seq', 'raw_mail_contents.raw_seq')
      .select('raw_mail_contents.data')
      .where('mailbox_id', '=', id)
      .execute()
    return rows.map(({ data }) => Buffer.from(data).toString('utf8'))
  }

  /** How many connections of a user the server has. */
  async function connections(user: string): Promise<number> {
    return dovecot.connectionsOf(user)
  }
})

/** A way to a server that is cut when `isPassed` says so of what the server sends. */
async function proxyTo(port: number, isPassed: (chunk: Buffer) => boolean) {
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.on('data', (chunk) => {
      if (isPassed(chunk)) near.write(chunk)
      else {
        cuts++
        near.destroy()
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    port: address.port,
    cuts: () => cuts,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
