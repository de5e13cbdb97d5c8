// Stretches of time in which agents were online: begun and ended in the transaction of what begins and ends them.
import type { Selectable } from 'kysely'
import { lockTextsUntilCommit } from '../../db/differences.ts'
import { insertRows } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueueLook } from '../../jobs/queue.ts'
import { isAlive, proofOf } from './alive.ts'
import { presetText, servicesIn } from './services.ts'
import { type Span, wholeSecond, without } from './spans.ts'
import type { OnlineStretchRow } from './tables.ts'

type Stretch = Selectable<OnlineStretchRow>

/** What a stretch is about. An empty department is any, an empty service is any. */
export interface OnlineFor {
  department_id: string
  service: string
}

const PRESENCE_LOCKS = 7_306

/** Nobody else changes the presence of these agents before this transaction ends. */
export const lockPresence = (tx: Tx, agentIds: readonly string[]): Promise<void> =>
  lockTextsUntilCommit(tx, PRESENCE_LOCKS, agentIds)

/**
 * Brings the stretches of agents in line with their connections, departments and presets, after one of these has
 * changed. Whoever changes connections calls `endIfLost` before the change.
 */
export async function followPresence(tx: Tx, agentIds: readonly string[], now = Date.now()): Promise<void> {
  await lockPresence(tx, agentIds)
  for (const agentId of [...agentIds].sort()) {
    await endIfLost(tx, agentId, now)
    await follow(tx, agentId, now)
  }
}

/** Takes an agent offline for good: his connections are gone. */
export async function removePresence(tx: Tx, agentId: string, now = Date.now()): Promise<void> {
  await lockPresence(tx, [agentId])
  await endIfLost(tx, agentId, now)
  await tx.deleteFrom('presence_connections').where('agent_id', '=', agentId).execute()
  await follow(tx, agentId, now)
}

/** Ends the stretches of an agent without a living connection where the last proof was, and not when somebody looks. */
export async function endIfLost(tx: Tx, agentId: string, now: number): Promise<void> {
  const connections = await connectionsOf(tx, agentId)
  if (connections.some((connection) => isAlive(connection, now))) return
  const open = await openStretches(tx, agentId)
  if (open.length === 0) return
  const proofs = connections.map((connection) => proofOf(connection, now))
  await end(tx, agentId, open, (stretch) => Math.max(stretch.seen_at, ...proofs))
  recordChange(tx, agentId, [])
}

/** Ends what an agent is no longer online for and begins what he is online for now. */
export async function follow(tx: Tx, agentId: string, now: number): Promise<void> {
  const isConnected = (await connectionsOf(tx, agentId)).some((connection) => isAlive(connection, now))
  const wanted = isConnected ? onlineFor(await presetsOf(tx, agentId)) : []
  const open = await openStretches(tx, agentId)
  const gone = open.filter((stretch) => !wanted.some((one) => isSame(one, stretch)))
  const begun = wanted.filter((one) => !open.some((stretch) => isSame(one, stretch)))
  // Whoever was online when something changed was online until then, for everything: figures must not contradict each other.
  await keepProof(tx, agentId, now)
  const from_at = wholeSecond(now)
  if (open.some((stretch) => stretch.from_at > from_at)) await beginAgain(tx, agentId, from_at)
  if (gone.length === 0 && begun.length === 0) return
  await end(tx, agentId, gone, () => now)
  const rows = begun.map((one) => ({ agent_id: agentId, ...one, from_at, to_at: null, seen_at: now }))
  if (rows.length > 0) await insertRows(tx, 'online_stretches', rows)
  recordChange(tx, agentId, wanted)
}

/** The clock was set back to before these began: he is online now, and not only when that time comes again. */
const beginAgain = (tx: Tx, agentId: string, from_at: number): Promise<unknown> =>
  tx
    .updateTable('online_stretches')
    .set({ from_at })
    .where('agent_id', '=', agentId)
    .where('to_at', 'is', null)
    .where('from_at', '>', from_at)
    .execute()

/** Notes that an agent who is online was so at an instant. */
export const keepProof = (tx: Tx, agentId: string, at: number): Promise<unknown> =>
  tx
    .updateTable('online_stretches')
    .set({ seen_at: at })
    .where('agent_id', '=', agentId)
    .where('to_at', 'is', null)
    .where('seen_at', '<', at)
    .execute()

/** Everything that somebody with these presets is online for while he is connected. */
export function onlineFor(presets: readonly { department_id: string; preset_status: string }[]): OnlineFor[] {
  const inDepartments = presets.flatMap(({ department_id, preset_status }) => {
    const services = servicesIn(preset_status)
    return services.length === 0 ? [] : ['', ...services].map((service) => ({ department_id, service }))
  })
  const anywhere = new Set(inDepartments.map(({ service }) => service))
  return [...[...anywhere].map((service) => ({ department_id: '', service })), ...inDepartments]
}

const isSame = (one: OnlineFor, other: OnlineFor): boolean =>
  one.department_id === other.department_id && one.service === other.service

const connectionsOf = (tx: Tx, agentId: string) =>
  tx.selectFrom('presence_connections').selectAll().where('agent_id', '=', agentId).execute()

const presetsOf = (tx: Tx, agentId: string) =>
  tx
    .selectFrom('department_agents')
    .select(['department_id', 'preset_status'])
    .where('agent_id', '=', agentId)
    .orderBy('department_id')
    .execute()

const openStretches = (tx: Tx, agentId: string): Promise<Stretch[]> =>
  tx
    .selectFrom('online_stretches')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('to_at', 'is', null)
    .orderBy('seq')
    .execute()

/** Ends stretches of an agent. What would have no length was none. */
async function end(
  tx: Tx,
  agentId: string,
  stretches: readonly Stretch[],
  endOf: (stretch: Stretch) => number,
): Promise<void> {
  if (stretches.length === 0) return
  const recorded = await recordedSince(tx, agentId, Math.min(...stretches.map(({ from_at }) => from_at)))
  const ended = stretches.flatMap((stretch) => {
    const { seq: _, ...row } = stretch
    const span = { from: stretch.from_at, before: wholeSecond(endOf(stretch)) }
    return piecesOf(span, stretch, recorded).map((piece) => ({ ...row, from_at: piece.from, to_at: piece.before }))
  })
  // With new numbers: time is added up in the order in which stretches were ended.
  const seqs = stretches.map(({ seq }) => seq)
  await tx.deleteFrom('online_stretches').where('seq', 'in', seqs).execute()
  if (ended.length > 0) await insertRows(tx, 'online_stretches', ended)
}

/** What of an agent's time since an instant is recorded already: usually nothing. */
const recordedSince = (tx: Tx, agentId: string, from: number): Promise<Stretch[]> =>
  tx.selectFrom('online_stretches').selectAll().where('agent_id', '=', agentId).where('to_at', '>', from).execute()

/** A clock that was set back passes the same time twice: what is recorded of it stays, and counts once. */
function piecesOf(span: Span, stretch: OnlineFor, recorded: readonly Stretch[]): Span[] {
  const same = recorded.filter((other) => isSame(other, stretch))
  return without(
    span,
    same.map(({ from_at, to_at }) => ({ from: from_at, before: to_at ?? from_at })),
  )
}

function recordChange(tx: Tx, agentId: string, online: readonly OnlineFor[]): void {
  const letters = online.filter(({ department_id }) => department_id === '').map(({ service }) => service)
  recordEvent(tx, {
    type: 'presence.changed',
    data: { userid: agentId, onlinestatus: presetText(letters.join('')) },
  })
  // Whoever comes can take what waits; what rang at somebody who has gone rings elsewhere.
  for (const name of ['route-chats', 'route-calls'] as const) enqueueLook(tx, name)
}
