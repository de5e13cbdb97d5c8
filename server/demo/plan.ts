// What a planned history is made of. Nothing here knows a database.
import type { Channel, Status } from '../desk/conversations/letters.ts'
import type { Grade, RatingSource } from '../desk/ratings/ratings.ts'

/** Numbers that stand for people and things are indexes into people.ts; customers count from 0. */
export interface PlannedCustomer {
  number: number
  email: string
  firstname: string
  lastname: string
  gender: string | null
  language: string | null
  phones: readonly string[]
  company: number | null
  /** Names of groups. */
  groups: readonly string[]
}

export type TicketStep =
  | { kind: 'message'; at: number; by: 'customer' | number; text: string }
  | { kind: 'note'; at: number; by: number; text: string }
  | { kind: 'status'; at: number; by: number; status: Status }
  | { kind: 'transfer'; at: number; by: number; agent: number | null; department: number | null; note: string | null }
  | { kind: 'tag'; at: number; by: number; tag: number }
  /** Of what an agent did last. A second one changes it; a comment that is undefined stays as it was. */
  | { kind: 'rate'; at: number; by: 'customer'; grade: Grade; comment: string | undefined; source: RatingSource }

/** What happens to a chat or call while it lives. Who is asked next is asked at once. */
export type LiveStep =
  | { kind: 'ring'; at: number; agent: number }
  | { kind: 'miss'; at: number; agent: number; outcome: 'declined' | 'rung-out'; next: number | null }
  | { kind: 'take'; at: number; agent: number }
  | { kind: 'say'; at: number; by: 'customer' | number; text: string }
  /** To a colleague, who is asked, or to another department, in which `next` is. */
  | { kind: 'hand-on'; at: number; by: number; agent: number | null; department: number | null; next: number | null }
  | { kind: 'end'; at: number; by: 'customer' | number }

/** A conversation that begins as a chat. */
export interface PlannedChat {
  kind: 'chat'
  /** Where the visitor is. */
  page: string
  isInvited: boolean
  first: number | null
  /** From the beginning to the end, in order of time. */
  steps: readonly LiveStep[]
}

/** A conversation that begins as a call. */
export interface PlannedCall {
  kind: 'incoming' | 'outgoing' | 'internal'
  caller: string
  callee: string
  /** Somebody is online for calls when it comes. */
  isOnline: boolean
  /** Who is asked at once; of an internal call, whom it is for. */
  first: number | null
  steps: readonly LiveStep[]
}

export type PlannedLive = PlannedChat | PlannedCall

export interface PlannedConversation {
  at: number
  customer: PlannedCustomer
  /** The customer writes for the first time. */
  isNewCustomer: boolean
  by: 'customer' | number
  department: number
  channel: Channel
  subject: string
  text: string
  /** What it began with, if that was a chat or call; it has ended before the first of the other steps. */
  live?: PlannedLive
  /** In order of time, none after the end of the history. */
  steps: TicketStep[]
}
