// Ratings as rows: in the words of the functions in desk/ratings.
import { type MessageType, messageTypes } from '../desk/conversations/letters.ts'
import { factOf } from '../desk/ratings/rate.ts'
import { type Grade, givenFacts, gradeOf, type Rating, undoneFacts } from '../desk/ratings/ratings.ts'
import type { Pen, Played } from './pen.ts'
import type { TicketStep } from './plan.ts'
import { append, rowCount, set } from './tables.ts'

/** What was rated, and where the messages about it stand. */
export interface Rated {
  rating: Rating
  /** Places of messages in the portion. */
  grade: number
  comment: number | undefined
}

const grades: Record<Grade, readonly [MessageType, string]> = {
  good: [messageTypes.goodRating, 'Rated as good'],
  bad: [messageTypes.badRating, 'Rated as bad'],
}

/** The first rating of what was done last, or a change to it. */
export function rate(pen: Pen, played: Played, step: Extract<TicketStep, { kind: 'rate' }>): void {
  const { conversation, work } = played
  if (!work) return
  if (played.rated?.rating.group_seq === work.group) change(pen, played.rated, step)
  else {
    played.rated = give(pen, played, work, step)
    played.ratings.push(played.rated)
  }
  conversation.changed_at = Math.max(conversation.changed_at, step.at)
}

function give(
  pen: Pen,
  { conversation, requester }: Played,
  work: { group: number; agentId: string },
  { at, grade, comment = '', source }: Extract<TicketStep, { kind: 'rate' }>,
): Rated {
  const rating: Rating = {
    seq: 0,
    group_seq: work.group,
    conversation_id: conversation.id,
    counted_in: conversation.id,
    department_id: conversation.department_id,
    channel: conversation.channel,
    agent_id: work.agentId,
    customer_id: conversation.customer_id,
    user_id: requester.userId,
    source,
    grade,
    comment,
    rated_at: at,
    changed_at: at,
    removed_at: null,
  }
  pen.addFacts([factOf(rating, givenFacts[grade])])
  const place = addMessage(pen, rating, ...grades[grade])
  return { rating, grade: place, comment: comment === '' ? undefined : addComment(pen, rating) }
}

function change(pen: Pen, rated: Rated, { at, grade, comment, source }: Extract<TicketStep, { kind: 'rate' }>): void {
  const { rating } = rated
  pen.addFacts([factOf(rating, undoneFacts[gradeOf(rating)]), factOf(rating, givenFacts[grade])])
  Object.assign(rating, { grade, source, comment: comment ?? rating.comment, changed_at: at })
  const [type, body] = grades[grade]
  putMessage(pen, rated.grade, { rtype: type, body, created_at: at })
  if (rating.comment === '') return
  if (rated.comment === undefined) rated.comment = addComment(pen, rating)
  else putMessage(pen, rated.comment, { body: rating.comment, created_at: at })
}

const addComment = (pen: Pen, rating: Rating): number =>
  addMessage(pen, rating, messageTypes.ratingComment, rating.comment)

function addMessage(pen: Pen, rating: Rating, rtype: MessageType, body: string): number {
  const { group_seq, conversation_id, user_id, changed_at } = rating
  append(pen.portion, 'messages', { group_seq, conversation_id, user_id, rtype, body, created_at: changed_at })
  return rowCount(pen.portion, 'messages') - 1
}

function putMessage(pen: Pen, place: number, columns: { [column: string]: string | number }): void {
  for (const [column, value] of Object.entries(columns)) set(pen.portion, 'messages', place, column, value)
}
