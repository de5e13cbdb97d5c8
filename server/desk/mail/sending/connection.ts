// A connection to a server that sends: opened, secured, signed in.
import { isIP } from 'node:net'
import type { Readable } from 'node:stream'
import { getCACertificates } from 'node:tls'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection'
import type { OutgoingSettings } from '../../mailboxes/mailbox.ts'

/** What a sign-in needs; undefined: the server wants none. */
export type SignIn = { user: string; password: string } | { user: string; accessToken: string } | undefined

const CONNECT_MS = 30_000
/** A server that says nothing for so long is gone. */
const SILENCE_MS = 3 * 60_000
/** After the end of a mail, servers look for viruses and spam before they answer: RFC 5321 gives them ten minutes. */
const SILENCE_AFTER_END_MS = 10 * 60_000

export interface Connection {
  /** Mails that went through it. */
  count: number
  isOpen(): boolean
  send(envelope: { from: string; to: string[] }, mail: Readable): Promise<SMTPConnectionSendInfo>
  /** The end of a mail is sent now: its answer may take long. */
  expectAnswer(): void
  /** Makes it ready for another mail after one that was refused; false: it is of no more use. */
  reset(): Promise<boolean>
  close(): void
  quit(): void
}

/** Opens a connection. `getSignIn` is asked when the server is reached. */
export async function openConnection(server: OutgoingSettings, signIn: SignIn): Promise<Connection> {
  const { default: Smtp } = await import('nodemailer/lib/smtp-connection')
  const smtp = new Smtp({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    tls: {
      minVersion: 'TLSv1.2',
      ...(isIP(server.host) === 0 && { servername: server.host }),
      ...(server.authorities && { ca: [...getCACertificates('default'), server.authorities] }),
    },
  })
  try {
    await connected(smtp)
    if (signIn) await signedIn(smtp, signIn)
  } catch (error) {
    smtp.close()
    throw error
  }
  return asConnection(smtp)
}

function connected(smtp: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for good: an error that nobody listens to would end the process.
    smtp.on('error', reject)
    smtp.on('end', () => reject(new Error('the server closed the connection')))
    smtp.connect((error) => (error ? reject(error) : resolve()))
  })
}

async function signedIn(smtp: SMTPConnection, signIn: NonNullable<SignIn>): Promise<void> {
  if (!smtp.allowsAuth) throw new Error('the server offers no sign-in: use another port or security, or no user name')
  const auth =
    'password' in signIn
      ? { user: signIn.user, credentials: { user: signIn.user, pass: signIn.password } }
      : { user: signIn.user, method: 'XOAUTH2', oauth2: await tokenFor(signIn) }
  await new Promise<void>((resolve, reject) => {
    smtp.once('error', reject)
    smtp.login(auth, (error) => (error ? reject(error) : resolve()))
  })
}

async function tokenFor({ user, accessToken }: { user: string; accessToken: string }) {
  const { default: XOAuth2 } = await import('nodemailer/lib/xoauth2')
  return new XOAuth2({ user, accessToken })
}

function asConnection(smtp: SMTPConnection): Connection {
  const silence = (ms: number): void => {
    if (smtp._socket) smtp._socket.setTimeout(ms)
  }
  return {
    count: 0,
    isOpen: () => !smtp.destroyed && !!smtp._socket && smtp._socket.writable,
    send(envelope, mail) {
      this.count++
      silence(SILENCE_MS)
      return new Promise((resolve, reject) =>
        // A copy: nodemailer keeps in it what became of this attempt.
        smtp.send({ ...envelope, to: [...envelope.to] }, mail, (error, info) =>
          info && !error ? resolve(info) : reject(error),
        ),
      )
    },
    expectAnswer: () => silence(SILENCE_AFTER_END_MS),
    reset: () => new Promise((resolve) => (smtp.destroyed ? resolve(false) : smtp.reset((error) => resolve(!error)))),
    close: () => smtp.close(),
    quit: () => (smtp.destroyed ? undefined : smtp.quit()),
  }
}
