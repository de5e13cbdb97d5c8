// Offers: who is asked to take a chat or call, who has it, and who is asked next. Whoever gives an agent something that he
// was not asked to take holds `lockRouting`, so that two processes do not give him more than he can take. Taking what one is
// asked to take, and letting go of it, needs no more than the row of the chat or call, which everybody holds for a step.
import { type Selectable, type SqlBool, sql } from 'kysely'
import { lockForChange, lockUntilCommit } from '../../db/differences.ts'
import { insertRows } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { onlineAgents, onlineFor } from '../presence/status.ts'
import { getRouting, type LiveService } from './settings.ts'
import type { OfferRow } from './tables.ts'

export type Offer = Selectable<OfferRow>

/** Why somebody who was asked, or who had it, has nothing to do with it any more. */
export type OfferOutcome =
  /** Asked, and did not take it: these are missed. */
  | 'declined'
  /** Nobody took it in time, or he went offline. */
  | 'rung-out'
  | 'left'
  /** Asked, and it was settled without him: somebody else took it, or it was taken back. */
  | 'taken'
  | 'withdrawn'
  /** Had it, until it ended or was handed on. */
  | 'done'
  | 'handed-on'

/** Outcomes that count as missed by the agent who was asked. */
export const isMissed = (outcome: OfferOutcome): boolean => ['declined', 'rung-out', 'left'].includes(outcome)

/** When all were asked and nobody took it, they are asked again after this pause: who declines must not be rung at once. */
export const ROUND_PAUSE_MS = 5_000

const ROUTING_LOCK = 7_305_118

/**
 * One transaction at a time gives out chats and calls: agents work in several departments, and for several services. It is
 * asked for as late as possible, but before the row of any chat or call that others can see, or two would wait for each other.
 */
export const lockRouting = (tx: Tx): Promise<void> => lockUntilCommit(tx, ROUTING_LOCK)

const letters = { chats: 'T', calls: 'P' } as const

export interface Item {
  service: LiveService
  /** The conversation of a chat, the id of a call. */
  id: string
  departmentId: string
}

/** Offers of an item that have not ended: those that ring, and whoever has it. */
export const openOffers = (tx: Tx, { service, id }: Pick<Item, 'service' | 'id'>): Promise<Offer[]> =>
  lockForChange(
    tx,
    tx
      .selectFrom('offers')
      .selectAll()
      .where('service', '=', service)
      .where('item_id', '=', id)
      .where('ended_at', 'is', null)
      .orderBy('seq'),
  ).execute()

/**
 * Who is to be asked next: online for the service in the department, with room for one more, and not asked since `since`.
 * Undefined: nobody, for now.
 */
export async function nextAgent(tx: Tx, item: Item, since: number, now: number): Promise<string | undefined> {
  const online = await candidates(tx, item, since, now).execute()
  if (online.length === 0) return undefined
  const routing = await getRouting(tx, item.departmentId, item.service)
  const free = online
    .filter(({ asked_at, busy, capacity }) => asked_at === null && Number(busy) < (capacity ?? routing.capacity))
    .map(({ agent_id, busy, turn_at }) => ({ id: agent_id, busy: Number(busy), turn: turn_at ?? 0 }))
  const byTurn = (a: (typeof free)[number], b: (typeof free)[number]): number => a.turn - b.turn
  free.sort((a, b) => (routing.strategy === 'least-busy' ? a.busy - b.busy || byTurn(a, b) : byTurn(a, b)))
  return free[0]?.id
}

/** The query behind it: who is online, with what decides whether and when it is his turn. */
export const candidates = (db: Reader, { service, id, departmentId }: Item, since: number, now: number) =>
  onlineFor(db, letters[service], now)
    .where('department_agents.department_id', '=', departmentId)
    .leftJoin('agent_capacities', (join) =>
      join
        .onRef('agent_capacities.agent_id', '=', 'department_agents.agent_id')
        .on('agent_capacities.service', '=', service),
    )
    .leftJoin('agent_turns', (join) =>
      join
        .onRef('agent_turns.agent_id', '=', 'department_agents.agent_id')
        .on('agent_turns.department_id', '=', departmentId)
        .on('agent_turns.service', '=', service),
    )
    .select(['agent_capacities.capacity', 'agent_turns.at as turn_at'])
    .select((eb) => [
      eb
        .selectFrom('offers')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('offers.agent_id', '=', 'department_agents.agent_id')
        .where('offers.service', '=', service)
        .where('offers.ended_at', 'is', null)
        .as('busy'),
      eb
        .selectFrom('offers')
        .select(({ fn }) => fn.max('offers.offered_at').as('at'))
        .whereRef('offers.agent_id', '=', 'department_agents.agent_id')
        .where('offers.service', '=', service)
        .where('offers.item_id', '=', id)
        .where('offers.offered_at', '>=', since)
        .as('asked_at'),
    ])
    .orderBy('department_agents.agent_id')

/** Whether an agent can take one more of a department's. What he is asked to take counts as if he had it. */
export async function hasRoom(tx: Tx, { departmentId, service }: Item, agentId: string): Promise<boolean> {
  const { capacity = (await getRouting(tx, departmentId, service)).capacity } =
    (await tx
      .selectFrom('agent_capacities')
      .select('capacity')
      .where('agent_id', '=', agentId)
      .where('service', '=', service)
      .executeTakeFirst()) ?? {}
  const { busy } = await tx
    .selectFrom('offers')
    .select(({ fn }) => fn.countAll<number>().as('busy'))
    .where('agent_id', '=', agentId)
    .where('service', '=', service)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(busy) < capacity
}

/** Whether an agent is asked to take it, or has it: he has room for it then. */
export async function isAsked(db: Reader, { service, id }: Pick<Item, 'service' | 'id'>, agentId: string) {
  const row = await db
    .selectFrom('offers')
    .select('seq')
    .where('service', '=', service)
    .where('item_id', '=', id)
    .where('agent_id', '=', agentId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row !== undefined
}

/** When the last one who was asked since an instant was asked no longer; undefined: nobody was. */
export async function lastAsked(tx: Tx, { service, id }: Item, since: number): Promise<number | undefined> {
  const row = await tx
    .selectFrom('offers')
    .select(({ fn }) => fn.max('ended_at').as('at'))
    .where('service', '=', service)
    .where('item_id', '=', id)
    .where('offered_at', '>=', since)
    .executeTakeFirst()
  return row?.at == null ? undefined : Number(row.at)
}

/**
 * Asks an agent. Gives when it has rung out, for whoever looks then. Whoever is online ends it by going offline; else it rings
 * at him wherever he is. Looked up unless it is known.
 */
export async function offer(
  tx: Tx,
  item: Item,
  agentId: string,
  now: number,
  { isOnline }: { isOnline?: boolean } = {},
): Promise<number> {
  const { offerSeconds } = await getRouting(tx, item.departmentId, item.service)
  const expires_at = now + offerSeconds * 1_000
  const isThere = isOnline ?? (await onlineAgents(tx, item.departmentId, letters[item.service], now)).includes(agentId)
  const while_online = isThere ? 1 : 0
  await insertOffer(tx, item, agentId, now, { expires_at, accepted_at: null, while_online })
  return expires_at
}

/**
 * Gives an item to an agent: by his acceptance of an offer, or without having been asked. `open` are its open offers; all
 * others end.
 */
export async function take(tx: Tx, item: Item, agentId: string, open: readonly Offer[], now: number): Promise<void> {
  let wasAsked = false
  for (const one of open) {
    if (one.agent_id === agentId) wasAsked = true
    else await endOffer(tx, one, one.accepted_at === null ? 'taken' : 'handed-on', now)
  }
  if (!wasAsked) await insertOffer(tx, item, agentId, now, { expires_at: now, accepted_at: now, while_online: 0 })
  else
    await tx
      .updateTable('offers')
      .set({ accepted_at: now })
      .where('service', '=', item.service)
      .where('item_id', '=', item.id)
      .where('agent_id', '=', agentId)
      .where('ended_at', 'is', null)
      .execute()
}

export async function endOffer(tx: Tx, { seq }: Pick<Offer, 'seq'>, outcome: OfferOutcome, now: number): Promise<void> {
  await tx.updateTable('offers').set({ ended_at: now, outcome }).where('seq', '=', seq).execute()
}

/** Offers that have rung for their whole time, the oldest first. */
export const rungOut = (tx: Tx, service: LiveService, now: number): Promise<Offer[]> =>
  rungOutQuery(tx, service, now).execute()

/** The query behind it. */
export const rungOutQuery = (db: Reader, service: LiveService, now: number) =>
  db
    .selectFrom('offers')
    .selectAll()
    .where('expires_at', '<=', now)
    .where('ended_at', 'is', null)
    .where('accepted_at', 'is', null)
    // The empty text keeps an index out of the plan that has all offers there ever were.
    .where(sql<SqlBool>`service || '' = ${service}`)
    .orderBy('expires_at')
    .limit(100)

/** Offers that ring at agents who have gone offline since, or work there no more. These have missed them. */
export async function ringingAtNobody(tx: Tx, service: LiveService, now: number): Promise<Offer[]> {
  const ringing = Map.groupBy(await ringingWhileOnline(tx, service).execute(), ({ department_id }) => department_id)
  const gone: Offer[] = []
  for (const [departmentId, offers] of ringing) {
    const online = new Set(await onlineAgents(tx, departmentId, letters[service], now))
    gone.push(...offers.filter(({ agent_id }) => !online.has(agent_id)))
  }
  return gone
}

/** The query behind it. Nobody is asked to take more than he can: these are few. Who was deleted has missed nothing. */
export const ringingWhileOnline = (db: Reader, service: LiveService) =>
  db
    .selectFrom('offers')
    .innerJoin('agents', 'agents.id', 'offers.agent_id')
    .selectAll('offers')
    .where('agents.deleted_at', 'is', null)
    // The empty text keeps an index out of the plan that has all offers there ever were.
    .where(sql<SqlBool>`offers.service || '' = ${service}`)
    .where('offers.while_online', '=', 1)
    .where('offers.ended_at', 'is', null)
    .where('offers.accepted_at', 'is', null)
    // Bounded and ordered as the index of what rings, so that it is taken.
    .where('offers.expires_at', '>', 0)
    .orderBy('offers.expires_at')

async function insertOffer(
  tx: Tx,
  item: Item,
  agentId: string,
  now: number,
  times: Pick<Offer, 'expires_at' | 'accepted_at' | 'while_online'>,
): Promise<void> {
  const row = {
    service: item.service,
    item_id: item.id,
    department_id: item.departmentId,
    agent_id: agentId,
    offered_at: now,
    ...times,
    ended_at: null,
    outcome: null,
  }
  await insertRows(tx, 'offers', [row])
  const turn = { department_id: item.departmentId, service: item.service, agent_id: agentId, at: now }
  await tx
    .insertInto('agent_turns')
    .values(turn)
    .onConflict((conflict) => conflict.columns(['department_id', 'service', 'agent_id']).doUpdateSet({ at: now }))
    .execute()
}
