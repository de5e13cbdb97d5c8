// Trying the servers of a mailbox before it is stored: connects, signs in, looks for the folders, and says what is wrong.
import { connect } from 'node:tls'
import { imapClient, type Login, SHORT_PATIENCE } from './connect.ts'
import type { DraftedMailbox } from './draft.ts'
import {
  type IncomingSettings,
  incomingOf,
  type MailCredentials,
  type OutgoingSettings,
  outgoingOf,
  type Side,
} from './mailbox.ts'
import { requestToken, type TokenDesk } from './oauth.ts'
import { type Trouble, troubleOf } from './trouble.ts'
import { trySmtp } from './try-smtp.ts'

export interface IncomingTrial {
  trouble: Trouble | null
  /** Every folder that can be opened; empty if it did not come so far. */
  folders: string[]
  /** The server tells of new mail by itself. */
  hasIdle: boolean
}

export interface MailboxTrial {
  /** Undefined: nothing is set. */
  incoming: IncomingTrial | undefined
  outgoing: { trouble: Trouble | null } | undefined
}

/** Tries the servers of a mailbox, or those that are named. Changes nothing here, and nothing there. */
export async function tryMailbox(
  desk: Pick<TokenDesk, 'config'>,
  { mailbox, secrets }: DraftedMailbox,
  sides: readonly Side[] = ['incoming', 'outgoing'],
): Promise<MailboxTrial> {
  const incoming = sides.includes('incoming') ? incomingOf(mailbox) : undefined
  const outgoing = sides.includes('outgoing') ? outgoingOf(mailbox) : undefined
  const [incomingTrial, outgoingTrial] = await Promise.all([
    incoming && tryIncoming(desk, incoming, secrets.incoming ?? {}),
    outgoing && tryOutgoing(desk, outgoing, secrets.outgoing ?? {}, mailbox.address),
  ])
  return { incoming: incomingTrial, outgoing: outgoingTrial }
}

/** What a trial found, with the field as it is called on the wire; undefined: all works. */
export function firstTrouble({ incoming, outgoing }: MailboxTrial): Trouble | undefined {
  if (incoming?.trouble) return { ...incoming.trouble, field: `incoming.${incoming.trouble.field}` }
  if (outgoing?.trouble) return { ...outgoing.trouble, field: `outgoing.${outgoing.trouble.field}` }
  return undefined
}

async function loginFor(
  desk: Pick<TokenDesk, 'config'>,
  settings: IncomingSettings | OutgoingSettings,
  credentials: MailCredentials,
): Promise<Login> {
  if (settings.auth === 'none' || settings.user === '') return undefined
  if (settings.auth === 'password') return { password: credentials.password ?? '' }
  return { accessToken: (await requestToken(desk, settings, credentials)).token }
}

async function tryIncoming(
  desk: Pick<TokenDesk, 'config'>,
  settings: IncomingSettings,
  credentials: MailCredentials,
): Promise<IncomingTrial> {
  try {
    const client = await imapClient(settings, await loginFor(desk, settings, credentials), SHORT_PATIENCE)
    try {
      await client.connect()
      const listed = await client.list()
      const folders = listed.filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'))
      const paths = folders.map(({ path }) => path).sort()
      return {
        trouble: missingFolder(settings, paths) ?? null,
        folders: paths,
        hasIdle: client.capabilities.has('IDLE'),
      }
    } finally {
      client.close()
    }
  } catch (error) {
    return { trouble: await withProbe(error, 'incoming', settings), folders: [], hasIdle: false }
  }
}

function missingFolder({ folders }: IncomingSettings, existing: readonly string[]): Trouble | undefined {
  const isThere = (folder: string): boolean =>
    existing.some((path) => path === folder || (path.toUpperCase() === 'INBOX' && folder.toUpperCase() === 'INBOX'))
  const missing = folders.find((folder) => !isThere(folder))
  if (missing === undefined) return undefined
  const names = existing.slice(0, 50).map((path) => `'${path}'`)
  return { field: 'folders', says: `There is no folder '${missing}'. There are: ${names.join(', ')}.` }
}

async function tryOutgoing(
  desk: Pick<TokenDesk, 'config'>,
  settings: OutgoingSettings,
  credentials: MailCredentials,
  address: string,
): Promise<{ trouble: Trouble | null }> {
  try {
    const login = await loginFor(desk, settings, credentials)
    await trySmtp(settings, login, address)
    return { trouble: null }
  } catch (error) {
    return { trouble: await withProbe(error, 'outgoing', settings) }
  }
}

/** A server that waits for TLS and one that is silent look alike from outside: a second connection tells them apart. */
async function withProbe(error: unknown, side: Side, settings: IncomingSettings | OutgoingSettings): Promise<Trouble> {
  const trouble = troubleOf(error, side, settings)
  if (trouble.field !== 'port' || settings.security === 'tls' || !/says nothing/.test(trouble.says)) return trouble
  const { host, port } = settings
  if (!(await speaksTls(host, port))) return trouble
  return { field: 'security', says: `${host} wants TLS from the first byte on port ${port}. Choose TLS.` }
}

const PROBE_MS = 5_000

const speaksTls = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    // Only whether it answers: nothing is said over this connection.
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: PROBE_MS })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('secureConnect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
