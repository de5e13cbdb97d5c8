// Connecting to the servers of a mailbox: what they are told, the same for a trial and for real work.
import { isIP } from 'node:net'
import { getCACertificates } from 'node:tls'
import type { ImapFlow } from 'imapflow'
import type { IncomingSettings } from './mailbox.ts'

/** With what to sign in; undefined: the server wants nobody to. */
export type Login = { password: string } | { accessToken: string } | undefined

export interface Patience {
  connectMs: number
  greetingMs: number
  /** Of silence while something is expected. */
  silenceMs: number
}

export const PATIENCE: Patience = { connectMs: 20_000, greetingMs: 15_000, silenceMs: 120_000 }
/** Somebody sits in front of it and waits. */
export const SHORT_PATIENCE: Patience = { connectMs: 8_000, greetingMs: 6_000, silenceMs: 15_000 }

export const tlsOptions = ({ host, authorities }: Pick<IncomingSettings, 'host' | 'authorities'>) => ({
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2' as const,
  ...(isIP(host) === 0 && { servername: host }),
  ...(authorities !== undefined && { ca: [...getCACertificates('default'), authorities] }),
})

/** Not connected yet: `connect()` throws what troubleOf understands, and `close()` ends it. */
export async function imapClient(
  settings: IncomingSettings,
  login: Login,
  patience: Patience = PATIENCE,
  /** Largest answer that is read, in bytes. */
  maxBytes = 10_000_000,
): Promise<ImapFlow> {
  const { ImapFlow: Client } = await import('imapflow')
  const { host, port, security, user } = settings
  const client = new Client({
    host,
    port,
    secure: security === 'tls',
    // Undefined would mean: if it is offered. Whoever stands in between can take the offer away.
    doSTARTTLS: security === 'tls' ? undefined : security === 'starttls',
    tls: tlsOptions(settings),
    auth:
      login === undefined
        ? undefined
        : 'password' in login
          ? { user, pass: login.password }
          : { user, accessToken: login.accessToken },
    logger: false,
    disableAutoIdle: true,
    clientInfo: { name: 'Deskhand' },
    connectionTimeout: patience.connectMs,
    greetingTimeout: patience.greetingMs,
    socketTimeout: patience.silenceMs,
    // A server that sends without end must not fill the memory.
    maxLineLength: 10_000_000,
    maxLiteralSize: maxBytes,
    maxResponseSize: maxBytes + 10_000_000,
  })
  // Errors reach whoever waits for an answer, too; without a listener this one would end the process.
  client.on('error', () => {})
  return client
}
