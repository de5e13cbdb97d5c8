// Finding mails in the outbox: those of conversations by who may see the conversation, others by administrators.
import { type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import type { Tables } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { Invalid, NotFound } from '../../lib/errors.ts'
import { type Actor, mayAdminister, visibleDepartments } from '../actor.ts'
import type { OutboxMail, OutboxState } from './outbox.ts'

/** With the subject, if it is part of a conversation. */
export type OutboxView = OutboxMail & { subject: string | null }

export interface OutboxFilter {
  state?: OutboxState | undefined
  conversationId?: string | undefined
  limit: number
  /** `outboxCursor` of the last one of the page before. */
  cursor?: string | undefined
}

export const outboxCursor = ({ seq }: OutboxMail): string => String(seq)

/** Newest first. */
export function listOutbox(db: Reader, actor: Actor, filter: OutboxFilter): Promise<OutboxView[]> {
  return outboxQuery(db, actor, filter).execute()
}

export function outboxQuery(db: Reader, actor: Actor, { state, conversationId, limit, cursor }: OutboxFilter) {
  const before = cursor === undefined ? undefined : seqOf(cursor)
  if (cursor !== undefined && before === undefined) throw new Invalid('cursor', 'is not one that this list has given')
  return visible(db, actor)
    .$if(state !== undefined, (query) => query.where('outbox.state', '=', state ?? ''))
    .$if(conversationId !== undefined, (query) => query.where('outbox.conversation_id', '=', conversationId ?? ''))
    .where('outbox.seq', '<', before ?? Number.MAX_SAFE_INTEGER)
    .orderBy('outbox.seq', 'desc')
    .limit(limit)
}

/** A mail that the actor may see. Hidden ones do not exist for him. */
export async function getOutboxMail(db: Reader, actor: Actor, id: string): Promise<OutboxView> {
  const row = await visible(db, actor)
    .where('outbox.seq', '=', seqOf(id) ?? -1)
    .executeTakeFirst()
  if (!row) throw new NotFound(`Mail '${id}' not found in the outbox`)
  return row
}

/** The bare row, which nobody else changes before the transaction ends. */
export async function getOutboxMailForChange(tx: Tx, actor: Actor, id: string): Promise<OutboxMail> {
  const { seq } = await getOutboxMail(tx, actor, id)
  return lockForChange(tx, tx.selectFrom('outbox').selectAll().where('seq', '=', seq)).executeTakeFirstOrThrow()
}

function visible(db: Reader, actor: Actor) {
  const departments = visibleDepartments(actor)
  return db
    .selectFrom('outbox')
    .leftJoin('mails', 'mails.group_seq', 'outbox.group_seq')
    .selectAll('outbox')
    .select('mails.subject')
    .$if(departments !== undefined, (query) => query.where((eb) => isIn(eb, departments ?? [])))
    .$if(!mayAdminister(actor), (query) => query.where('outbox.conversation_id', 'is not', null))
}

/** Not a join: from that, the planner would begin with all conversations of the departments. */
const isIn = (eb: ExpressionBuilder<Tables, 'outbox'>, departments: readonly string[]) =>
  departments.length === 0
    ? sql<SqlBool>`1 = 0`
    : eb(
        eb
          .selectFrom('conversations')
          .select('department_id')
          .whereRef('conversations.id', '=', 'outbox.conversation_id'),
        'in',
        departments,
      )

const seqOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined)
