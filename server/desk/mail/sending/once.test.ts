// At most once: what is noted before the end of a mail is sent, and what becomes of mails whose process died.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aMailbox } from '../../../../test/mailbox.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { type Relay, startRelay } from '../../../../test/relay.ts'
import { outgoingSchema } from '../../mailboxes/mailbox.ts'
import { endAttempt, markHanded, SILENCE_MS, Superseded, takeDue } from '../../outbox/attempts.ts'
import { queueMail } from '../../outbox/outbox.ts'
import { openConnection } from './connection.ts'
import { holdEnd } from './held-end.ts'
import { recoverAbandoned } from './recover.ts'
import { sendDue } from './send-due.ts'

describe('the end of a mail', () => {
  let server: Server
  let port: number
  /** All that arrived after DATA. */
  let received: string
  let isClosed: Promise<unknown>

  // A server that answers as it should, and keeps every byte.
  beforeAll(async () => {
    server = createServer((socket) => {
      received = ''
      isClosed = new Promise((resolve) => socket.once('close', resolve))
      converse(socket, (chunk) => {
        received += chunk
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  const connect = () =>
    openConnection(outgoingSchema.parse({ host: '127.0.0.1', port, security: 'none', auth: 'none' }), undefined)
  const envelope = { from: 'desk@desk.test', to: ['anna@example.com'] }
  const END = '\r\n.\r\n'

  test.each([
    ['a small one', 'Subject: x\r\n\r\nHello'],
    ['one that ends with a line', 'Subject: x\r\n\r\nHello\r\n'],
    ['one that is full of ends', 'Subject: x\r\n\r\n.\r\n.\r\n..\r\n.\r\n'],
    ['a large one', `Subject: x\r\n\r\n${'0123456789abcdef\r\n'.repeat(50_000)}`],
  ])('of %s is not sent before it may be', async (_, text) => {
    const connection = await connect()
    let reached = (): void => {}
    const isAtEnd = new Promise<void>((resolve) => {
      reached = resolve
    })
    let release = (): void => {}
    const isReleased = new Promise<void>((resolve) => {
      release = resolve
    })
    const held = holdEnd(Readable.from([Buffer.from(text)]), async () => {
      reached()
      await isReleased
    })
    expect(held.isReading()).toBe(false)
    const sent = connection.send(envelope, held.stream)
    await isAtEnd
    const whole = text.replace(/^\./gm, '..')
    // All but the end is there; and however long one waits, no more comes.
    while (received.length < whole.length) await new Promise((resume) => setTimeout(resume, 5))
    for (let n = 0; n < 20; n++) await new Promise((resume) => setTimeout(resume, 5))
    expect(received).toBe(whole)
    expect(received.includes(END)).toBe(false)
    release()
    expect((await sent).response).toBe('250 taken')
    expect(received.endsWith(END)).toBe(true)
    connection.quit()
    await isClosed
  })

  test('that could not be noted is never sent: the connection ends without it', async () => {
    const connection = await connect()
    const held = holdEnd(Readable.from([Buffer.from('Subject: x\r\n\r\nHello\r\n')]), () =>
      Promise.reject(new Error('the disk is full')),
    )
    await expect(connection.send(envelope, held.stream)).rejects.toThrow('the disk is full')
    connection.close()
    await isClosed
    expect(received.includes(END)).toBe(false)
  })

  test('of a mail that breaks off while it is made is never sent', async () => {
    const connection = await connect()
    let isMarked = false
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('Subject: x\r\n\r\nHello\r\n')
      throw new Error('the file is gone')
    }
    const held = holdEnd(Readable.from(broken(), { objectMode: false }), async () => {
      isMarked = true
    })
    await expect(connection.send(envelope, held.stream)).rejects.toThrow('the file is gone')
    connection.close()
    await isClosed
    expect(isMarked).toBe(false)
    expect(received.includes(END)).toBe(false)
  })
})

/** SMTP as simple as it gets. `onData` gets everything between the answer to DATA and the end of the mail. */
function converse(socket: Socket, onData: (text: string) => void): void {
  let isData = false
  let tail = ''
  socket.on('error', () => {})
  socket.write('220 test\r\n')
  socket.on('data', (chunk) => {
    const text = chunk.toString('latin1')
    if (isData) {
      onData(text)
      tail = (tail + text).slice(-5)
      if (tail !== '\r\n.\r\n') return
      isData = false
      socket.write('250 taken\r\n')
      return
    }
    for (const line of text.split('\r\n').filter(Boolean)) {
      isData ||= line === 'DATA'
      if (line === 'QUIT') socket.end('221 bye\r\n')
      else socket.write(line === 'DATA' ? '354 go on\r\n' : '250 ok\r\n')
    }
  })
}

describe('mails that are taken', () => {
  let desk: TestDesk
  let relay: Relay
  beforeEach(async () => {
    desk = await newDesk()
    relay = await startRelay()
    await aMailbox(desk, relay.port)
  })
  afterEach(async () => {
    await relay.close()
    await desk.close()
  })

  const queue = (count: number) =>
    desk.app.database.write(async (tx) => {
      for (let n = 0; n < count; n++)
        await queueMail(tx, {
          kind: 'test',
          messageId: `m${n}@desk.test`,
          to: [{ name: '', address: `a${n}@example.com` }],
        })
    })
  const rows = () => desk.app.database.reader.selectFrom('outbox').selectAll().orderBy('seq').execute()
  const take = async (worker: string, limit = 1) => {
    const taken = await takeDue(desk.app.database, worker, limit, [])
    const [first] = taken
    if (!first) throw new Error('nothing is due')
    return first
  }
  /** A process on this machine that has ended. */
  const DEAD = `${hostname()}:4194305:gone`

  test('are never taken by two, however many ask at the same time', async () => {
    await queue(100)
    const { database } = desk.app
    const takers = Array.from({ length: 20 }, async (_, n) => {
      const all: number[] = []
      for (;;) {
        const taken = await takeDue(database, `other:${n}:x`, 1 + (n % 5), [])
        if (taken.length === 0) return all
        all.push(...taken.map(({ seq }) => seq))
      }
    })
    const seqs = (await Promise.all(takers)).flat()
    expect(seqs).toHaveLength(100)
    expect(new Set(seqs).size).toBe(100)
  })

  test('are not those of mailboxes that have enough in hand', async () => {
    await queue(3)
    await desk.app.database.write((tx) =>
      tx.updateTable('outbox').set({ mailbox_id: 'busy' }).where('seq', '<', 3).execute(),
    )
    expect((await takeDue(desk.app.database, 'x', 10, ['busy', 'other'])).map(({ seq }) => seq)).toEqual([3])
  })

  test("are not those that wait, are done, or are somebody else's", async () => {
    await queue(1)
    await desk.app.database.write((tx) =>
      tx
        .updateTable('outbox')
        .set({ due_at: Date.now() + 10_000 })
        .execute(),
    )
    expect(await takeDue(desk.app.database, 'x', 10, [])).toEqual([])
    for (const state of ['sending', 'sent', 'failed', 'bounced', 'unconfirmed', 'cancelled']) {
      await desk.app.database.write((tx) => tx.updateTable('outbox').set({ due_at: 0, state }).execute())
      expect(await takeDue(desk.app.database, 'x', 10, [])).toEqual([])
    }
  })

  test('by a process that died before the end was handed over begin again', async () => {
    await queue(1)
    await take(DEAD)
    if (engine === 'postgres') await fallSilent()
    await desk.drain()
    await sendDue(desk.app)
    expect(relay.mails).toHaveLength(1)
    expect((await rows())[0]).toMatchObject({ state: 'sent', attempts: 2 })
  })

  test('by a process that died after that are never sent again by themselves', async () => {
    await queue(1)
    await markHanded(desk.app.database, await take(DEAD))
    if (engine === 'postgres') await fallSilent()
    await sendDue(desk.app)
    await desk.drain()
    expect(relay.mails).toEqual([])
    expect((await rows())[0]).toMatchObject({ state: 'unconfirmed', trouble: expect.stringContaining('process ended') })
  })

  test('by a process that is only silent for a moment stay its own', async () => {
    await queue(1)
    await take('elsewhere:1:x')
    await sendDue(desk.app)
    expect((await rows())[0]).toMatchObject({ state: 'sending', worker: 'elsewhere:1:x' })
    await fallSilent()
    await sendDue(desk.app)
    expect((await rows())[0]).toMatchObject({ state: 'sent' })
  })

  test('by one that was thought dead cannot be handed over by it any more', async () => {
    await queue(1)
    const taken = await take('elsewhere:1:x')
    await fallSilent()
    await recoverAbandoned(desk.app.database)
    await expect(markHanded(desk.app.database, taken)).rejects.toThrow(Superseded)
    const again = await take('elsewhere:1:x')
    await expect(markHanded(desk.app.database, taken)).rejects.toThrow(Superseded)
    const late = await desk.app.database.write((tx) => endAttempt(tx, taken, { state: 'failed' }))
    expect(late).toBe(false)
    await markHanded(desk.app.database, again)
  })

  test('and then answered for by one that was thought dead count as what the server said', async () => {
    await queue(1)
    const taken = await take('elsewhere:1:x')
    await markHanded(desk.app.database, taken)
    await fallSilent()
    await recoverAbandoned(desk.app.database)
    expect((await rows())[0]).toMatchObject({ state: 'unconfirmed' })
    await desk.app.database.write((tx) => endAttempt(tx, taken, { state: 'sent', sent_at: 1 }))
    expect((await rows())[0]).toMatchObject({ state: 'sent' })
  })

  test('and end the process each time are given up', async () => {
    await queue(1)
    for (let n = 0; n < 30; n++) {
      const [taken] = await takeDue(desk.app.database, 'elsewhere:1:x', 1, [])
      if (!taken) break
      await fallSilent()
      await recoverAbandoned(desk.app.database)
    }
    expect((await rows())[0]).toMatchObject({ state: 'failed', attempts: 25 })
  })

  test('a refusal to note the handing over leaves the mail to be tried again', async () => {
    const agent = await anAgent(desk)
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/messages`, { message: 'x', useridentifier: agent.userid })
    // Somebody takes the row away while the mail is being read.
    relay.behaviour = {
      data: async () => {
        await desk.app.database.write((tx) =>
          tx.updateTable('outbox').set({ worker: 'thief', attempt_at: 1 }).execute(),
        )
      },
    }
    await desk.drain()
    const [row] = await rows()
    if (!row) throw new Error('no mail')
    // Either the mark came first, and the server has the mail; or the thief, and it has not.
    expect(relay.mails.length).toBe(row.handed_at === null ? 0 : 1)
  })

  const fallSilent = () =>
    desk.app.database.write((tx) =>
      tx
        .updateTable('outbox')
        .set({ changed_at: Date.now() - SILENCE_MS - 1 })
        .where('state', '=', 'sending')
        .execute(),
    )
})
