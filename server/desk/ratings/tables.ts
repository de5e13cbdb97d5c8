import type { Generated } from 'kysely'

/** What a customer says of one piece of work: an answer, a chat or a call. Each has one rating at most. */
export interface RatingRow {
  seq: Generated<number>
  /** The message group of the work. */
  group_seq: number
  /** Where that group is now. */
  conversation_id: string
  /** The conversation that its facts belong to: where the group was when it was rated. */
  counted_in: string
  /** Of the conversation when it was rated, as in its facts. */
  department_id: string
  channel: string
  /** Whose work it is. */
  agent_id: string
  /** The requester when it was rated. */
  customer_id: string
  /** Who gave it: the customer's userid, or whoever entered it for him. */
  user_id: string
  /** One of `RatingSource` in ratings.ts. */
  source: string
  /** `good` or `bad`. */
  grade: string
  /** Plain text; empty: none. */
  comment: string
  rated_at: number
  changed_at: number
  /** When an administrator took it out; null: it counts. */
  removed_at: number | null
}
