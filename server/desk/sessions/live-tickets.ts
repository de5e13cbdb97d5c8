// Tickets: what opens a live stream for programs that cannot send a header with it. They stand in an address, which
// others may write down: so they are good for one use, and for seconds.
import { hash } from 'node:crypto'
import type { Tx } from '../../db/write.ts'
import { newSecret } from '../../lib/ids.ts'

const LIFETIME_MS = 30_000

const hashOfTicket = (ticket: string): string => hash('sha256', ticket, 'hex')

/** Who will listen: a session, or a key. Whatever ends it makes the ticket worthless, too. */
export type TicketHolder = { kind: 'session'; agentId: string; tokenHash: string } | { kind: 'key'; keyId: string }

export async function addLiveTicket(
  tx: Tx,
  holder: TicketHolder,
  now = Date.now(),
): Promise<{ ticket: string; expiresAt: number }> {
  const ticket = newSecret()
  const expiresAt = now + LIFETIME_MS
  await tx
    .insertInto('live_tickets')
    .values({
      ticket_hash: hashOfTicket(ticket),
      kind: holder.kind,
      holder: holder.kind === 'session' ? holder.tokenHash : holder.keyId,
      user_id: holder.kind === 'session' ? holder.agentId : null,
      expires_at: expiresAt,
    })
    .execute()
  return { ticket, expiresAt }
}

/** Whom a ticket stands for. It is gone with that: of two who show it at the same time, one gets in. */
export async function redeemLiveTicket(tx: Tx, ticket: string, now = Date.now()): Promise<TicketHolder | undefined> {
  const row = await tx
    .deleteFrom('live_tickets')
    .where('ticket_hash', '=', hashOfTicket(ticket))
    .returningAll()
    .executeTakeFirst()
  if (!row || row.expires_at <= now) return undefined
  if (row.kind === 'key') return { kind: 'key', keyId: row.holder }
  return row.user_id === null ? undefined : { kind: 'session', agentId: row.user_id, tokenHash: row.holder }
}

export async function pruneLiveTickets(tx: Tx, now: number): Promise<void> {
  await tx.deleteFrom('live_tickets').where('expires_at', '<=', now).execute()
}
