// Trying the servers of a mailbox before it is stored: connects, signs in, looks for the folders, and says what is wrong.
import { connect } from 'node:tls'
import { Invalid } from '../../lib/errors.ts'
import type { Login } from './connect.ts'
import type { DraftedMailbox, MailboxPatch } from './draft.ts'
import {
  type IncomingSettings,
  incomingOf,
  type Mailbox,
  type OutgoingSettings,
  outgoingOf,
  type Side,
  secretsOf,
} from './mailbox.ts'
import { accessToken, requestToken, type TokenDesk } from './oauth.ts'
import { type Trouble, troubleOf } from './trouble.ts'
import { type IncomingTrial, tryImap } from './try-imap.ts'
import { trySmtp } from './try-smtp.ts'

export interface MailboxTrial {
  /** Undefined: nothing is set. */
  incoming: IncomingTrial | undefined
  outgoing: { trouble: Trouble | null } | undefined
}

type GetToken = (side: Side) => Promise<string>
const bothSides: readonly Side[] = ['incoming', 'outgoing']

/** Tries the servers of a stored mailbox. Changes nothing but a refresh token that was exchanged for the next one. */
export function tryStored(desk: TokenDesk, mailbox: Mailbox): Promise<MailboxTrial> {
  const secrets = secretsOf(desk.installation.secret, mailbox)
  return trySides({ mailbox, secrets }, bothSides, (side) => accessToken(desk, mailbox.id, side))
}

/** Tries the servers of a mailbox that is not stored. */
export async function tryDrafted(desk: Pick<TokenDesk, 'config'>, drafted: DraftedMailbox): Promise<MailboxTrial> {
  return trySides(drafted, bothSides, tokenSource(desk, drafted).get)
}

/**
 * Throws Invalid with the field on the wire if one of the given servers does not work. Gives what has to be stored beside
 * what was asked for: refresh tokens that were exchanged for the next one by trying them.
 */
export async function assertServersWork(
  desk: Pick<TokenDesk, 'config'>,
  drafted: DraftedMailbox,
  sides = bothSides,
): Promise<NonNullable<MailboxPatch['secrets']>> {
  const tokens = tokenSource(desk, drafted)
  const { incoming, outgoing } = await trySides(drafted, sides, tokens.get)
  if (incoming?.trouble) throw new Invalid(`incoming.${incoming.trouble.field}`, incoming.trouble.says)
  if (outgoing?.trouble) throw new Invalid(`outgoing.${outgoing.trouble.field}`, outgoing.trouble.says)
  return tokens.exchanged
}

/** One token often serves both servers: it is asked for once, for the second time it might be taken for stolen. */
function tokenSource(
  desk: Pick<TokenDesk, 'config'>,
  { mailbox, secrets }: DraftedMailbox,
): { get: GetToken; exchanged: NonNullable<MailboxPatch['secrets']> } {
  const asked = new Map<string | undefined, ReturnType<typeof requestToken>>()
  const exchanged: NonNullable<MailboxPatch['secrets']> = {}
  return {
    exchanged,
    async get(side) {
      const settings = side === 'incoming' ? incomingOf(mailbox) : outgoingOf(mailbox)
      const credentials = secrets[side] ?? {}
      const answer = asked.get(credentials.refreshToken) ?? requestToken(desk, settings ?? {}, credentials)
      asked.set(credentials.refreshToken, answer)
      const { token, refreshToken } = await answer
      if (refreshToken !== credentials.refreshToken) exchanged[side] = { refreshToken }
      return token
    },
  }
}

async function trySides(
  { mailbox, secrets }: DraftedMailbox,
  sides: readonly Side[],
  getToken: GetToken,
): Promise<MailboxTrial> {
  const incoming = sides.includes('incoming') ? incomingOf(mailbox) : undefined
  const outgoing = sides.includes('outgoing') ? outgoingOf(mailbox) : undefined
  const loginFor = async (side: Side, { auth, user }: IncomingSettings | OutgoingSettings): Promise<Login> => {
    if (auth === 'none' || user === '') return undefined
    return auth === 'password' ? { password: secrets[side]?.password ?? '' } : { accessToken: await getToken(side) }
  }
  const [incomingTrial, outgoingTrial] = await Promise.all([
    incoming &&
      attempt('incoming', incoming, async () => tryImap(incoming, await loginFor('incoming', incoming))).then(
        (found) => ('folders' in found ? found : { ...found, folders: [], hasIdle: false }),
      ),
    outgoing &&
      attempt('outgoing', outgoing, async () => {
        await trySmtp(outgoing, await loginFor('outgoing', outgoing), mailbox.address)
        return { trouble: null }
      }),
  ])
  return { incoming: incomingTrial, outgoing: outgoingTrial }
}

async function attempt<T>(
  side: Side,
  settings: IncomingSettings | OutgoingSettings,
  work: () => Promise<T>,
): Promise<T | { trouble: Trouble }> {
  try {
    return await work()
  } catch (error) {
    return { trouble: await withProbe(troubleOf(error, side, settings), settings) }
  }
}

/** A server that waits for TLS and one that is silent look alike from outside: a second connection tells them apart. */
async function withProbe(trouble: Trouble, settings: IncomingSettings | OutgoingSettings): Promise<Trouble> {
  const { host, port, security } = settings
  if (!trouble.isSilence || security === 'tls' || !(await speaksTls(host, port))) return trouble
  return { field: 'security', says: `${host} wants TLS from the first byte on port ${port}. Choose TLS.` }
}

const PROBE_MS = 5_000

const speaksTls = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    // Only whether it answers: nothing is said over this connection, so nobody needs to be trusted.
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: PROBE_MS })
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('secureConnect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
