// Who listens, and whether he still may. What lets somebody in can end at any moment: it is asked for again whenever
// something happens to it, and with every heartbeat.
import type { Reader } from '../db/write.ts'
import type { Actor } from '../desk/actor.ts'
import { actorsOf } from '../desk/agents/actors.ts'
import { rightsOfKeys } from '../desk/keys/keys.ts'
import type { TicketHolder } from '../desk/sessions/live-tickets.ts'
import { endsOfSessions } from '../desk/sessions/sessions.ts'
import type { Event } from '../events/read.ts'
import { type Sight, sightOf } from './audience.ts'

/** Who works here, or a program of theirs. */
export type Insider = TicketHolder
export type Identity = Insider | { kind: 'visitor'; visitorId: string }

/** What somebody may hear, and until when. */
export interface Standing {
  /** Undefined: a visitor, who hears of his own chat only. */
  sight: Sight | undefined
  expiresAt: number
}

/** How each of them stands, in their order; undefined: he may listen no more. */
export async function standingsOf(
  db: Reader,
  identities: readonly Identity[],
  now = Date.now(),
): Promise<(Standing | undefined)[]> {
  const sessions = identities.filter((identity) => identity.kind === 'session')
  const ends = await endsOfSessions(db, unique(sessions.map(({ tokenHash }) => tokenHash)), now)
  const actors = await actorsOf(db, unique(sessions.map(({ agentId }) => agentId)))
  const rights = await rightsOfKeys(
    db,
    unique(identities.flatMap((identity) => (identity.kind === 'key' ? identity.keyId : []))),
  )
  const visitors = await visitorsAmong(
    db,
    unique(identities.flatMap((identity) => (identity.kind === 'visitor' ? identity.visitorId : []))),
  )
  const sights = new Map([...actors].map(([id, actor]) => [id, sightOf(actor)]))
  return identities.map((identity) => {
    if (identity.kind === 'visitor')
      return visitors.has(identity.visitorId) ? { sight: undefined, expiresAt: Number.POSITIVE_INFINITY } : undefined
    if (identity.kind === 'key') {
      const granted = rights.get(identity.keyId)
      const actor: Actor | undefined = granted && { kind: 'key', keyId: identity.keyId, rights: granted }
      return actor && { sight: sightOf(actor), expiresAt: Number.POSITIVE_INFINITY }
    }
    const expiresAt = ends.get(identity.tokenHash)
    const sight = sights.get(identity.agentId)
    return expiresAt === undefined || sight === undefined ? undefined : { sight, expiresAt }
  })
}

async function visitorsAmong(db: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.selectFrom('visitors').select('id').where('id', 'in', ids).execute()
  return new Set(rows.map(({ id }) => id))
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)]

/** Whether an event may change how somebody stands. */
export function concerns({ type, data }: Pick<Event, 'type' | 'data'>, identity: Identity): boolean {
  const noun = type.slice(0, type.indexOf('.'))
  // Who works in a department is changed from either side; only one of them names agents.
  if (noun === 'department') return identity.kind === 'session'
  if (noun === 'agent' || noun === 'session')
    return identity.kind === 'session' && data.includes(JSON.stringify(identity.agentId))
  return noun === 'apikey' && identity.kind === 'key' && data.includes(JSON.stringify(identity.keyId))
}
