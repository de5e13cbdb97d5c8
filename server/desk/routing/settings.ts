// How each department gives out chats and calls, and how many an agent takes at once.
import { z } from 'zod'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueueLook } from '../../jobs/queue.ts'
import { NotAllowed } from '../../lib/errors.ts'
import { type Actor, mayAdminister } from '../actor.ts'

export const liveServices = ['chats', 'calls'] as const
export type LiveService = (typeof liveServices)[number]

export const strategies = ['round-robin', 'least-busy'] as const
export type Strategy = (typeof strategies)[number]

export interface Routing {
  strategy: Strategy
  offerSeconds: number
  capacity: number
}

/** Of departments that were never set: an agent on the phone is not asked again, one who chats can do so with some. */
export const DEFAULTS: Readonly<Record<LiveService, Routing>> = {
  chats: { strategy: 'round-robin', offerSeconds: 30, capacity: 3 },
  calls: { strategy: 'round-robin', offerSeconds: 20, capacity: 1 },
}

const strategyOf = z.enum(strategies)

export async function getRouting(db: Reader, departmentId: string, service: LiveService): Promise<Routing> {
  const row = await db
    .selectFrom('routing')
    .selectAll()
    .where('department_id', '=', departmentId)
    .where('service', '=', service)
    .executeTakeFirst()
  if (!row) return DEFAULTS[service]
  return { strategy: strategyOf.parse(row.strategy), offerSeconds: row.offer_seconds, capacity: row.capacity }
}

export type RoutingChange = { [Key in keyof Routing]?: Routing[Key] | undefined }

/** Changes how a department gives out work. Whoever waits may find an agent by it. */
export async function changeRouting(
  tx: Tx,
  actor: Actor,
  departmentId: string,
  changes: Partial<Record<LiveService, RoutingChange | undefined>>,
): Promise<void> {
  assertMayAdminister(actor)
  for (const service of liveServices) {
    const change = changes[service]
    if (change) await setRouting(tx, departmentId, service, change)
  }
  enqueueRouting(tx)
  recordEvent(tx, { type: 'department.changed', data: { departmentid: departmentId } })
}

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may change how chats and calls are given out.')
}

function enqueueRouting(tx: Tx): void {
  enqueueLook(tx, 'route-chats')
  enqueueLook(tx, 'route-calls')
}

export async function setRouting(
  tx: Tx,
  departmentId: string,
  service: LiveService,
  change: RoutingChange,
): Promise<Routing> {
  const before = await getRouting(tx, departmentId, service)
  const routing = {
    strategy: change.strategy ?? before.strategy,
    offerSeconds: change.offerSeconds ?? before.offerSeconds,
    capacity: change.capacity ?? before.capacity,
  }
  const columns = { strategy: routing.strategy, offer_seconds: routing.offerSeconds, capacity: routing.capacity }
  await tx
    .insertInto('routing')
    .values({ department_id: departmentId, service, ...columns })
    .onConflict((conflict) => conflict.columns(['department_id', 'service']).doUpdateSet(columns))
    .execute()
  return routing
}

/** An agent's own capacities; what is not there follows the department. */
export async function getCapacities(db: Reader, agentId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db.selectFrom('agent_capacities').selectAll().where('agent_id', '=', agentId).execute()
  return new Map(rows.map(({ service, capacity }) => [service, capacity]))
}

/** Changes how much an agent takes at once. */
export async function changeCapacities(
  tx: Tx,
  actor: Actor,
  agentId: string,
  changes: Partial<Record<LiveService, number | null | undefined>>,
): Promise<void> {
  assertMayAdminister(actor)
  for (const service of liveServices) {
    const capacity = changes[service]
    if (capacity !== undefined) await setCapacity(tx, agentId, service, capacity)
  }
  enqueueRouting(tx)
  recordEvent(tx, { type: 'agent.changed', data: { userid: agentId } })
}

/** Null: as the department says. */
export async function setCapacity(tx: Tx, agentId: string, service: LiveService, capacity: number | null) {
  await tx.deleteFrom('agent_capacities').where('agent_id', '=', agentId).where('service', '=', service).execute()
  if (capacity !== null)
    await tx.insertInto('agent_capacities').values({ agent_id: agentId, service, capacity }).execute()
}
