// Carries message groups from one conversation to another, with all that hangs on them: files, mails, Message-IDs,
// ratings, calls, what waits to be sent. Facts stay where they were booked.
import type { Tx } from '../../db/write.ts'
import { groupTypes } from './letters.ts'
import type { Carried } from './moves.ts'
import { bareMessageId } from './thread-ids.ts'

interface Ends {
  from: string
  to: string
}

// SQLite takes some thousand parameters; portions also keep PostgreSQL from planning for lists of any length.
const PORTION = 500

function portions<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / PORTION) }, (_, n) => all.slice(n * PORTION, (n + 1) * PORTION))
}

/** Carries every group of a conversation, and what belongs to it without belonging to a group. */
export async function carryAll(tx: Tx, ends: Ends, counts: { in: number; out: number }): Promise<Carried> {
  const groups = await tx
    .selectFrom('message_groups')
    .select('seq')
    .where('conversation_id', '=', ends.from)
    .orderBy('seq')
    .execute()
  const files = await tx
    .selectFrom('files')
    .select('id')
    .where('conversation_id', '=', ends.from)
    .orderBy('id')
    .execute()
  const rawMails = await looseRows(tx, 'raw_mails', ends.from)
  const outbox = await looseRows(tx, 'outbox', ends.from)
  const threadIds = await tx.selectFrom('thread_ids').selectAll().where('conversation_id', '=', ends.from).execute()
  return carry(tx, ends, {
    groups: groups.map(({ seq }) => seq),
    groupsIn: counts.in,
    groupsOut: counts.out,
    files: files.map(({ id }) => id),
    rawMails,
    outbox,
    threadIds: threadIds.map((row) => ({
      id: row.message_id,
      origin: row.origin,
      at: row.created_at,
      wasThere: false,
    })),
  })
}

/** Carries some groups. */
export async function carrySome(tx: Tx, ends: Ends, seqs: readonly number[]): Promise<Carried> {
  const all = await tx
    .selectFrom('message_groups')
    .select(['seq', 'rtype', 'created_at'])
    .where('conversation_id', '=', ends.from)
    .execute()
  const going = all.filter(({ seq }) => seqs.includes(seq))
  const countOf = (...types: readonly string[]): number => going.filter(({ rtype }) => types.includes(rtype)).length
  return carry(tx, ends, {
    groups: [...seqs].sort((a, b) => a - b),
    groupsIn: countOf(groupTypes.incoming, groupTypes.offline),
    groupsOut: countOf(groupTypes.outgoing),
    files: await filesOf(tx, ends.from, seqs),
    rawMails: [],
    outbox: [],
    threadIds: await threadIdsOf(tx, ends.from, all, seqs),
  })
}

async function carry(tx: Tx, ends: Ends, carried: Carried): Promise<Carried> {
  await pointTo(tx, ends, carried)
  return { ...carried, threadIds: await carryThreadIds(tx, ends, carried.threadIds) }
}

/** Carries everything back, as far as it is still there. `ends` are those of the way back. */
export async function carryBack(tx: Tx, ends: Ends, carried: Carried): Promise<void> {
  await pointTo(tx, ends, carried)
  const ids = carried.threadIds
  const now = await existing(tx, ends.from, ids)
  const returning = ids.filter((row) => now.has(keyOf(row)))
  await addThreadIds(tx, ends.to, returning)
  await dropThreadIds(
    tx,
    ends.from,
    returning.filter(({ wasThere }) => !wasThere),
  )
}

/** Gives rows a new conversation. What no longer belongs to the old one has moved on, and stays there. */
async function pointTo(tx: Tx, { from, to }: Ends, carried: Carried): Promise<void> {
  const change = { conversation_id: to }
  for (const seqs of portions(carried.groups)) {
    await tx
      .updateTable('message_groups')
      .set(change)
      .where('conversation_id', '=', from)
      .where('seq', 'in', seqs)
      .execute()
    for (const table of ['messages', 'mails', 'raw_mails', 'outbox', 'ratings', 'calls'] as const)
      await tx
        .updateTable(table)
        .set(change)
        .where('conversation_id', '=', from)
        .where('group_seq', 'in', seqs)
        .execute()
  }
  for (const ids of portions(carried.files))
    await tx.updateTable('files').set(change).where('conversation_id', '=', from).where('id', 'in', ids).execute()
  for (const table of ['raw_mails', 'outbox'] as const)
    for (const seqs of portions(table === 'outbox' ? carried.outbox : carried.rawMails))
      await tx.updateTable(table).set(change).where('conversation_id', '=', from).where('seq', 'in', seqs).execute()
}

async function looseRows(tx: Tx, table: 'raw_mails' | 'outbox', conversationId: string): Promise<number[]> {
  const rows = await tx
    .selectFrom(table)
    .select('seq')
    .where('conversation_id', '=', conversationId)
    .where('group_seq', 'is', null)
    .orderBy('seq')
    .execute()
  return rows.map(({ seq }) => seq)
}

const FILE_ID = /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g

/** The files that only the given groups name: as attachments, or as pictures in the text. */
async function filesOf(tx: Tx, conversationId: string, seqs: readonly number[]): Promise<string[]> {
  const files = await tx.selectFrom('files').select('id').where('conversation_id', '=', conversationId).execute()
  if (files.length === 0) return []
  const known = new Set(files.map(({ id }) => id))
  const messages = await tx
    .selectFrom('messages')
    .select(['group_seq', 'body'])
    .where('conversation_id', '=', conversationId)
    .execute()
  const going = new Set<string>()
  const staying = new Set<string>()
  for (const { group_seq, body } of messages)
    for (const [id] of body.matchAll(FILE_ID)) if (known.has(id)) (seqs.includes(group_seq) ? going : staying).add(id)
  return [...going].filter((id) => !staying.has(id)).sort()
}

/**
 * The Message-IDs of the given groups: those of their mails, and those that were told together with one of them, which
 * only the instant shows.
 */
async function threadIdsOf(
  tx: Tx,
  conversationId: string,
  groups: readonly { seq: number; created_at: number }[],
  seqs: readonly number[],
): Promise<Carried['threadIds']> {
  const mailed = new Set<string>()
  for (const portion of portions(seqs))
    for (const table of ['mails', 'outbox'] as const) {
      const rows = await tx.selectFrom(table).select('message_id').where('group_seq', 'in', portion).execute()
      for (const { message_id } of rows) if (message_id !== null) mailed.add(bareMessageId(message_id))
    }
  const instants = (isGoing: boolean): Set<number> =>
    new Set(groups.filter(({ seq }) => seqs.includes(seq) === isGoing).map(({ created_at }) => created_at))
  const going = instants(true)
  const staying = instants(false)
  const rows = await tx.selectFrom('thread_ids').selectAll().where('conversation_id', '=', conversationId).execute()
  return rows
    .filter(
      ({ message_id, created_at }) => mailed.has(message_id) || (going.has(created_at) && !staying.has(created_at)),
    )
    .map((row) => ({ id: row.message_id, origin: row.origin, at: row.created_at, wasThere: false }))
}

type ThreadId = Carried['threadIds'][number]

const keyOf = ({ id, origin }: Pick<ThreadId, 'id' | 'origin'>): string => `${origin} ${id}`

async function carryThreadIds(tx: Tx, { from, to }: Ends, ids: Carried['threadIds']): Promise<Carried['threadIds']> {
  const there = await existing(tx, to, ids)
  await addThreadIds(tx, to, ids)
  await dropThreadIds(tx, from, ids)
  return ids.map((row) => ({ ...row, wasThere: there.has(keyOf(row)) }))
}

/** Which of them a conversation has. */
async function existing(tx: Tx, conversationId: string, ids: readonly ThreadId[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const portion of portions(ids)) {
    const rows = await tx
      .selectFrom('thread_ids')
      .select(['message_id as id', 'origin'])
      .where('conversation_id', '=', conversationId)
      .where(
        'message_id',
        'in',
        portion.map(({ id }) => id),
      )
      .execute()
    for (const row of rows) found.add(keyOf(row))
  }
  return found
}

async function addThreadIds(tx: Tx, conversationId: string, ids: readonly ThreadId[]): Promise<void> {
  for (const portion of portions(ids))
    await tx
      .insertInto('thread_ids')
      .values(
        portion.map(({ id, origin, at }) => ({
          message_id: id,
          conversation_id: conversationId,
          origin,
          created_at: at,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}

async function dropThreadIds(tx: Tx, conversationId: string, ids: readonly ThreadId[]): Promise<void> {
  for (const { id, origin } of ids)
    await tx
      .deleteFrom('thread_ids')
      .where('conversation_id', '=', conversationId)
      .where('message_id', '=', id)
      .where('origin', '=', origin)
      .execute()
}
