// Rating an agent's work, and changing that. Work has one rating at most: whoever rates it again changes the rating.
import { lockForChange } from '../../db/differences.ts'
import { insertNumbered } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict } from '../../lib/errors.ts'
import { idOfRow } from '../../lib/ids.ts'
import { getOwnChat } from '../chats/chat.ts'
import type { Visitor } from '../chats/visitors.ts'
import type { Conversation } from '../conversations/conversation.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { commentOf } from './comment.ts'
import { putEntry } from './entry.ts'
import {
  changeableUntil,
  type Grade,
  givenFacts,
  gradeOf,
  openUntil,
  type Rating,
  type RatingSource,
  type RatingTerms,
  undoneFacts,
} from './ratings.ts'
import { getWorkForRating, unknownWork, type Work } from './work.ts'

export interface RatingDraft {
  grade: Grade
  /** Plain text; empty: none. Undefined: what was said before stays. */
  comment?: string | undefined
  source: RatingSource
  /** Who enters it for the customer; undefined: the customer himself, who is the requester. */
  enteredBy?: string | undefined
  at?: number | undefined
}

/** Rates what a message group is: an answer, a chat or a call. Throws NotFound for what cannot be rated, Conflict for what can no longer. */
export async function rateGroup(tx: Tx, groupSeq: number, draft: RatingDraft, terms: RatingTerms): Promise<Rating> {
  const { work, conversation } = await getWorkForRating(tx, groupSeq)
  const at = draft.at ?? Date.now()
  const given = { ...draft, comment: draft.comment === undefined ? undefined : commentOf(draft.comment) }
  const query = tx.selectFrom('ratings').selectAll().where('group_seq', '=', groupSeq)
  const before = await lockForChange(tx, query).executeTakeFirst()
  // It was taken out as an abuse: the same link must not put it back.
  if (before && before.removed_at !== null) throw unknownWork()
  return before
    ? changeRating(tx, conversation, before, given, at, terms)
    : giveRating(tx, conversation, work, given, at, terms)
}

/** Rates a visitor's own chat. Another's does not exist for him. */
export async function rateOwnChat(
  tx: Tx,
  visitor: Pick<Visitor, 'id'>,
  id: string,
  draft: Pick<RatingDraft, 'grade' | 'comment'>,
  terms: RatingTerms,
): Promise<Rating> {
  const chat = await getOwnChat(tx, visitor, id)
  return rateGroup(tx, chat.group_seq, { ...draft, source: 'chat' }, terms)
}

async function giveRating(
  tx: Tx,
  conversation: Conversation,
  work: Work,
  draft: RatingDraft,
  at: number,
  terms: RatingTerms,
): Promise<Rating> {
  if (work.doneAt === null) throw new Conflict('This can be rated once it has ended.')
  if (at >= openUntil(work.doneAt, terms)) throw new Conflict('This was too long ago to be rated.')
  const row = {
    group_seq: work.groupSeq,
    conversation_id: conversation.id,
    counted_in: conversation.id,
    department_id: conversation.department_id,
    channel: conversation.channel,
    agent_id: work.agentId,
    customer_id: conversation.customer_id,
    user_id: draft.enteredBy ?? (await userIdOf(tx, conversation)),
    source: draft.source,
    grade: draft.grade,
    comment: draft.comment ?? '',
    rated_at: at,
    changed_at: at,
    removed_at: null,
  }
  const rating: Rating = { seq: await insertNumbered(tx, 'ratings', row), ...row }
  await recordFacts(tx, [factOf(rating, givenFacts[draft.grade])])
  await follow(tx, rating, 'rating.given')
  return rating
}

async function changeRating(
  tx: Tx,
  conversation: Conversation,
  before: Rating,
  draft: RatingDraft,
  at: number,
  terms: RatingTerms,
): Promise<Rating> {
  const comment = draft.comment ?? before.comment
  // Sent twice, or once more than needed: nothing happens.
  if (draft.grade === before.grade && comment === before.comment) return before
  if (at >= changeableUntil(before.rated_at, terms)) throw new Conflict('This rating can no longer be changed.')
  const rating: Rating = {
    ...before,
    grade: draft.grade,
    comment,
    source: draft.source,
    user_id: draft.enteredBy ?? (await userIdOf(tx, conversation)),
    changed_at: Math.max(at, before.changed_at),
  }
  await tx.updateTable('ratings').set(rating).where('seq', '=', before.seq).execute()
  if (draft.grade !== before.grade)
    await recordFacts(tx, [factOf(before, undoneFacts[gradeOf(before)]), factOf(before, givenFacts[draft.grade])])
  await follow(tx, rating, 'rating.changed')
  return rating
}

/** As when it was first given, whatever has become of the conversation since: no range counts one without the other. */
export const factOf = (rating: Rating, kind: FactDraft['kind']): FactDraft => ({
  kind,
  at: rating.rated_at,
  conversation: { id: rating.counted_in, department_id: rating.department_id, channel: rating.channel },
  agentId: rating.agent_id,
})

async function follow(tx: Tx, rating: Rating, type: 'rating.given' | 'rating.changed'): Promise<void> {
  await putEntry(tx, rating, gradeOf(rating))
  await tx
    .updateTable('conversations')
    .set((eb) => ({
      changed_at: eb
        .case()
        .when('changed_at', '<', rating.changed_at)
        .then(rating.changed_at)
        .else(eb.ref('changed_at'))
        .end(),
    }))
    .where('id', '=', rating.conversation_id)
    .execute()
  recordEvent(tx, { type, conversationId: rating.conversation_id, data: eventData(rating) })
}

/** What events say of a rating. */
export const eventData = (rating: Rating) => ({
  ratingid: idOfRow(rating.seq),
  rating: rating.grade,
  agentid: rating.agent_id,
  departmentid: rating.department_id,
  messagegroupid: idOfRow(rating.group_seq),
  source: rating.source,
  userid: rating.user_id,
})

async function userIdOf(tx: Tx, { customer_id }: Conversation): Promise<string> {
  const row = await tx.selectFrom('customers').select('user_id').where('id', '=', customer_id).executeTakeFirst()
  if (!row) throw unknownWork()
  return row.user_id
}
