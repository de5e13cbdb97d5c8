// A mail server that takes what Deskhand sends, in the test's own process, and misbehaves as it is told.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'

export interface Relayed {
  /** Empty: the null return path. */
  from: string
  to: string[]
  raw: Buffer
  mail: Email
  /** Header values as they came, unfolded; names in lower case. */
  headers: Map<string, string>
}

/** What a mail is met with. Each hook may throw a reply: see `reply`. */
export interface Behaviour {
  connect?(): void
  mailFrom?(address: string): void
  rcptTo?(address: string): void
  /** Before the mail is read. `hangUp` closes the connection, as a crash would. */
  data?(hangUp: () => void): void | Promise<void>
  /** After its last byte, before the answer. */
  end?(relayed: Relayed, hangUp: () => void): void | Promise<void>
}

export interface Relay {
  port: number
  /** What was taken, that is, answered with 250. */
  mails: Relayed[]
  /** Connections that were ever opened. */
  connections: number
  /** Can be changed at any time. */
  behaviour: Behaviour
  /** Resolves when so many mails have been taken. */
  taken(count: number): Promise<void>
  close(): Promise<void>
}

/** An answer of the server: `throw reply(450, '4.2.0 Greylisted')`. */
export const reply = (responseCode: number, words: string): Error => Object.assign(new Error(words), { responseCode })

export async function startRelay(options: SMTPServerOptions & { port?: number } = {}): Promise<Relay> {
  const changed = new EventTarget()
  const hangUp = (session: SMTPServerSession): void => {
    for (const connection of server.connections) if (connection.session === session) connection._socket.destroy()
  }
  const answer = (work: () => void | Promise<void>, callback: (error?: Error | null) => void): void => {
    Promise.resolve()
      .then(work)
      .then(() => callback(), callback)
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.secure || options.key ? [] : ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onConnect: (_session, callback) => {
      relay.connections++
      answer(() => relay.behaviour.connect?.(), callback)
    },
    onMailFrom: ({ address }, _session, callback) => answer(() => relay.behaviour.mailFrom?.(address), callback),
    onRcptTo: ({ address }, _session, callback) => answer(() => relay.behaviour.rcptTo?.(address), callback),
    onData: (stream, session, callback) =>
      answer(async () => {
        await relay.behaviour.data?.(() => hangUp(session))
        const raw = Buffer.concat(await stream.toArray())
        const { mailFrom, rcptTo } = session.envelope
        const relayed = await relayedOf(
          raw,
          mailFrom ? mailFrom.address : '',
          rcptTo.map(({ address }) => address),
        )
        await relay.behaviour.end?.(relayed, () => hangUp(session))
        relay.mails.push(relayed)
        changed.dispatchEvent(new Event('taken'))
      }, callback),
    ...options,
  })
  server.on('error', () => {})
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server.server, 'listening')
  const relay: Relay = {
    port: (server.server.address() as AddressInfo).port,
    mails: [],
    connections: 0,
    behaviour: {},
    async taken(count) {
      while (relay.mails.length < count) await once(changed, 'taken')
    },
    async close() {
      for (const connection of server.connections) connection._socket.destroy()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
  return relay
}

async function relayedOf(raw: Buffer, from: string, to: string[]): Promise<Relayed> {
  const mail = await PostalMime.parse(raw)
  const head = raw.toString('latin1').split('\r\n\r\n')[0] ?? ''
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return { from, to, raw, mail, headers }
}
