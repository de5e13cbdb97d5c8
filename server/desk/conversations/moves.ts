// Merges, splits and moves that were made: what each took along, so that it can be undone.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { insertNumbered } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { NotFound } from '../../lib/errors.ts'
import { idOfRow, rowOfId } from '../../lib/ids.ts'
import type { ConversationMoveRow } from '../mail/tables.ts'

export type MoveKind = 'merge' | 'split' | 'move'

const standingSchema = z.object({ status: z.string(), waiting_since: z.number().nullable(), preview: z.string() })
const sideSchema = z.object({ before: standingSchema, after: standingSchema })

const carriedSchema = z.object({
  groups: z.array(z.number()),
  /** How many of them count as incoming and as outgoing. */
  groupsIn: z.number(),
  groupsOut: z.number(),
  files: z.array(z.string()),
  /** Mails as they came, and mails on their way out, that belong to no group. */
  rawMails: z.array(z.number()),
  outbox: z.array(z.number()),
  /** `wasThere`: the other conversation had it, too. */
  threadIds: z.array(z.object({ id: z.string(), origin: z.string(), at: z.number(), wasThere: z.boolean() })),
})
export type Carried = z.infer<typeof carriedSchema>

const addedSchema = z.object({
  tags: z.array(z.string()),
  fields: z.array(z.object({ code: z.string(), value: z.string() })),
  cc: z.array(z.string()),
  link: z.boolean(),
})
/** What the receiving conversation got beside messages. */
export type Added = z.infer<typeof addedSchema>

const whatSchema = z.object({ carried: carriedSchema, added: addedSchema, from: sideSchema, to: sideSchema })
export type What = z.infer<typeof whatSchema>
export type Side = What['from']

export type Move = Omit<Selectable<ConversationMoveRow>, 'what'> & { what: What }

const parseMove = (row: Selectable<ConversationMoveRow>): Move => ({
  ...row,
  what: whatSchema.parse(JSON.parse(row.what)),
})

export interface MoveDraft {
  kind: MoveKind
  fromId: string
  toId: string
  what: What
  userId: string
  at: number
}

const events: Record<MoveKind, string> = {
  merge: 'conversation.merged',
  split: 'conversation.split',
  move: 'messages.moved',
}

/** Notes a move, and tells those who follow either conversation. */
export async function recordMove(tx: Tx, draft: MoveDraft): Promise<Move> {
  const { kind, fromId, toId, what, userId, at } = draft
  const row = {
    kind,
    from_id: fromId,
    to_id: toId,
    what: JSON.stringify(what),
    user_id: userId,
    created_at: at,
    undone_at: null,
  }
  const seq = await insertNumbered(tx, 'conversation_moves', row)
  tellBoth(tx, events[kind], { seq, from_id: fromId, to_id: toId }, userId)
  return { seq, ...row, what }
}

/** One event for each side: who sees one conversation need not see the other. */
export function tellBoth(tx: Tx, type: string, move: Pick<Move, 'seq' | 'from_id' | 'to_id'>, userId: string): void {
  const data = { moveid: idOfRow(move.seq), from: move.from_id, into: move.to_id, userid: userId }
  for (const conversationId of [move.from_id, move.to_id]) recordEvent(tx, { type, conversationId, data })
}

/** A move of a conversation, by its id on the wire. */
export async function getMove(db: Reader, conversationId: string, id: string): Promise<Move> {
  const seq = rowOfId(id)
  const row =
    seq === undefined
      ? undefined
      : await db.selectFrom('conversation_moves').selectAll().where('seq', '=', seq).executeTakeFirst()
  if (!row || (row.from_id !== conversationId && row.to_id !== conversationId))
    throw new NotFound(`The conversation has no move '${id}'`)
  return parseMove(row)
}

export interface MoveFilter {
  /** From `idOfRow` of the last one of the page before. */
  cursor?: string | undefined
  limit: number
}

/** Moves from and to a conversation, newest first. */
export async function listMoves(db: Reader, conversationId: string, { cursor, limit }: MoveFilter): Promise<Move[]> {
  const before = cursor === undefined ? undefined : (rowOfId(cursor) ?? 0)
  const away = await movesQuery(db, 'from_id', conversationId, before, limit).execute()
  const here = await movesQuery(db, 'to_id', conversationId, before, limit).execute()
  return [...away, ...here]
    .sort((a, b) => b.seq - a.seq)
    .slice(0, limit)
    .map(parseMove)
}

/** The query behind one half of the list. */
export function movesQuery(
  db: Reader,
  side: 'from_id' | 'to_id',
  conversationId: string,
  before: number | undefined,
  limit: number,
) {
  const query = db.selectFrom('conversation_moves').selectAll().where(side, '=', conversationId)
  return (before === undefined ? query : query.where('seq', '<', before)).orderBy('seq', 'desc').limit(limit)
}

/** The merges of a conversation into others that have not been undone: one, or none. */
export async function listMerges(db: Reader, conversationId: string): Promise<Move[]> {
  const rows = await db
    .selectFrom('conversation_moves')
    .selectAll()
    .where('from_id', '=', conversationId)
    .where('kind', '=', 'merge')
    .where('undone_at', 'is', null)
    .execute()
  return rows.map(parseMove)
}
