// What keeps agents online: live connections with a heartbeat, and calls that say until when.
import type { Tx } from '../../db/write.ts'
import { newFileId } from '../../lib/ids.ts'
import { isAlive, LEASE_MS, proofOf } from './alive.ts'
import { endIfLost, follow, keepProof, lockPresence } from './stretches.ts'

/** An agent has opened a live connection, held by a process. Gives its id, for `beat` and `disconnect`. */
export async function connect(tx: Tx, agentId: string, process: string, now = Date.now()): Promise<string> {
  await lockPresence(tx, [agentId])
  await endIfLost(tx, agentId, now)
  const id = newFileId()
  const times = { began_at: now, seen_at: now, expires_at: now + LEASE_MS }
  await tx
    .insertInto('presence_connections')
    .values({ id, agent_id: agentId, process, kind: 'live', ...times })
    .execute()
  await follow(tx, agentId, now)
  return id
}

/** These live connections are still open: said every 15 seconds, two beats may be lost before the connection counts as lost. Gives the ids that are not known any more: they have to connect again. */
export async function beat(tx: Tx, ids: readonly string[], now = Date.now()): Promise<string[]> {
  if (ids.length === 0) return []
  const agentIdsOf = (rows: readonly { agent_id: string }[]) => [...new Set(rows.map((row) => row.agent_id))].sort()
  await lockPresence(tx, agentIdsOf(await connectionsWith(tx, ids)))
  const rows = await connectionsWith(tx, ids)
  const late = agentIdsOf(rows.filter((row) => !isAlive(row, now)))
  for (const agentId of late) await endIfLost(tx, agentId, now)
  await tx
    .updateTable('presence_connections')
    .set({ seen_at: now, expires_at: now + LEASE_MS })
    .where('id', 'in', ids)
    .execute()
  for (const agentId of late) await follow(tx, agentId, now)
  const known = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !known.has(id))
}

/** A live connection was closed. */
export async function disconnect(tx: Tx, id: string, now = Date.now()): Promise<void> {
  const [row] = await connectionsWith(tx, [id])
  if (row) await close(tx, row.agent_id, id, now)
}

/** An agent without a live connection is online for so many seconds; said again, from then on. Gives the instant of its end. */
export async function stayOnline(tx: Tx, agentId: string, seconds: number, now = Date.now()): Promise<number> {
  await lockPresence(tx, [agentId])
  await endIfLost(tx, agentId, now)
  const row = { seen_at: now, expires_at: now + seconds * 1_000 }
  await tx
    .insertInto('presence_connections')
    .values({ id: callId(agentId), agent_id: agentId, process: '', kind: 'call', began_at: now, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute()
  await follow(tx, agentId, now)
  return row.expires_at
}

/** What a call said ends now. Live connections keep their agent online. */
export const goOffline = (tx: Tx, agentId: string, now = Date.now()): Promise<void> =>
  close(tx, agentId, callId(agentId), now)

const callId = (agentId: string): string => `call-${agentId}`

async function close(tx: Tx, agentId: string, id: string, now: number): Promise<void> {
  await lockPresence(tx, [agentId])
  await endIfLost(tx, agentId, now)
  const { numDeletedRows } = await tx.deleteFrom('presence_connections').where('id', '=', id).executeTakeFirst()
  if (numDeletedRows > 0n) await follow(tx, agentId, now)
}

/** Agents whose stretches a sweep ends in one transaction. */
const PORTION = 50

/**
 * Ends what lost connections have left open, and forgets them: some agents at a time. Gives whether there may be more. A
 * process that died has no other undertaker.
 */
export async function sweepPresence(tx: Tx, now = Date.now()): Promise<boolean> {
  const lost = await lostConnections(tx, now).select('agent_id').distinct().orderBy('agent_id').limit(PORTION).execute()
  const agentIds = lost.map(({ agent_id }) => agent_id)
  await lockPresence(tx, agentIds)
  for (const agentId of agentIds) {
    await endIfLost(tx, agentId, now)
    const dead = await lostConnections(tx, now).selectAll().where('agent_id', '=', agentId).execute()
    if (dead.length === 0) continue
    const ids = dead.map(({ id }) => id)
    await tx.deleteFrom('presence_connections').where('id', 'in', ids).execute()
    // Others may keep him online, and be lost later: what these have proved must not be forgotten.
    await keepProof(tx, agentId, Math.max(...dead.map((row) => proofOf(row, now))))
  }
  return agentIds.length === PORTION
}

const lostConnections = (tx: Tx, now: number) =>
  tx
    .selectFrom('presence_connections')
    .where((eb) => eb.or([eb('expires_at', '<=', now), eb('seen_at', '>', now + LEASE_MS)]))

const connectionsWith = (tx: Tx, ids: readonly string[]) =>
  tx.selectFrom('presence_connections').selectAll().where('id', 'in', ids).orderBy('id').execute()
