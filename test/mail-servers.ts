// Real mail servers for tests: Dovecot (IMAP, LMTP) and OpenSMTPD, from the packages of the system, with throw-away
// configurations on free ports.
import { createConnection } from 'node:net'
import { AUTHORITY } from './mail-servers/certificates.ts'
import { type Dovecot, type DovecotOptions, MAIL_PASSWORD, startDovecot } from './mail-servers/dovecot.ts'
import { type OpenSmtpd, startOpenSmtpd } from './mail-servers/opensmtpd.ts'
import { isInstalled } from './mail-servers/process.ts'

/** What keeps these servers from running here, in one line; undefined: nothing. CI must have them. */
export function missingMailServers(
  programs: readonly ('dovecot' | 'smtpd')[] = ['dovecot', 'smtpd'],
): string | undefined {
  const missing = programs.filter((program) => !isInstalled(program))
  const reason =
    missing.length > 0
      ? `not installed: ${missing.join(', ')} (apt-get install dovecot-imapd dovecot-lmtpd opensmtpd)`
      : process.getuid?.() === 0
        ? undefined
        : 'mail servers of tests must be started by root'
  if (reason !== undefined && process.env.CI) throw new Error(`CI must run the tests with mail servers: ${reason}`)
  if (reason !== undefined) process.stderr.write(`skipped: tests with mail servers (${reason})\n`)
  return reason
}

export interface MailServers {
  dovecot: Dovecot
  smtp: OpenSmtpd
  /** Every address can sign in with it, at both. */
  password: string
  /** PEM of the authority that signed their certificates. */
  authority: string
  stop(): Promise<void>
}

/** Both, one behind the other: what OpenSMTPD takes for any address lies in the INBOX of that address a moment later. */
export async function startMailServers(options: DovecotOptions = {}): Promise<MailServers> {
  const dovecot = await startDovecot(options)
  const smtp = await startOpenSmtpd(dovecot.lmtpPort).catch(async (error: unknown) => {
    await dovecot.remove()
    throw error
  })
  return {
    dovecot,
    smtp,
    password: MAIL_PASSWORD,
    authority: AUTHORITY,
    async stop() {
      await smtp.remove()
      await dovecot.remove()
    },
  }
}

/** Puts a mail, byte by byte, into the INBOX of an address: over LMTP, as a mail server does. Resolves when it lies there. */
export function deliver(
  dovecot: Dovecot,
  address: string,
  raw: string | Uint8Array,
  from = 'sender@example.com',
): Promise<void> {
  return deliverAll(dovecot, address, [raw], from)
}

/** Puts many mails there over one connection, in their order. */
export async function deliverAll(
  dovecot: Dovecot,
  address: string,
  raws: readonly (string | Uint8Array)[],
  from = 'sender@example.com',
): Promise<void> {
  const socket = createConnection(dovecot.lmtpPort, '127.0.0.1')
  const replies = repliesOf(socket)
  const say = async (line: string | Uint8Array, expected: string): Promise<void> => {
    socket.write(line)
    const reply = await replies()
    if (!reply.startsWith(expected)) throw new Error(`LMTP: ${reply}`)
  }
  try {
    await replies()
    await say('LHLO test\r\n', '250')
    for (const raw of raws) {
      await say(`MAIL FROM:<${from}>\r\n`, '250')
      await say(`RCPT TO:<${address}>\r\n`, '250')
      await say('DATA\r\n', '354')
      await say(dotted(raw), '250')
    }
    socket.end('QUIT\r\n')
  } finally {
    socket.destroy()
  }
}

/** The last line of each reply. */
function repliesOf(socket: NodeJS.ReadableStream): () => Promise<string> {
  let text = ''
  let failure: Error | undefined
  let wake = (): void => {}
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    wake()
  })
  for (const event of ['error', 'close'])
    socket.on(event, (error?: Error) => {
      failure ??= error instanceof Error ? error : new Error('the connection ended')
      wake()
    })
  return async () => {
    for (;;) {
      const found = /^(?:\d{3}-.*\r\n)*(\d{3} .*)\r\n/.exec(text)
      if (found?.[1] !== undefined) {
        text = text.slice(found[0].length)
        return found[1]
      }
      if (failure) throw failure
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
}

/** A mail as it goes over the wire: CR LF at the end of lines, dots doubled, and the dot that ends it. */
function dotted(raw: string | Uint8Array): Buffer {
  const text = Buffer.from(raw).toString('latin1').replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..')
  return Buffer.from(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1')
}
