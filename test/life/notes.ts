// What is taken down beside a desk while it lives: what happened, in the words of docs/reports.md, and how it stood from when on.
import type { Selectable } from 'kysely'
import type { Tables } from '../../server/db/schema.ts'
import type { Conversation } from '../../server/desk/conversations/conversation.ts'
import type { FactKind } from '../../server/desk/metrics/facts.ts'
import type { Service } from '../../server/desk/metrics/load.ts'
import type { BusinessHours } from '../../server/desk/sla/business-hours.ts'
import type { PresenceNotes } from './presence.ts'

export interface Happened {
  kind: FactKind
  at: number
  conversation: string
  department: string
  channel: string
  agent: string | null
  /** Seconds between what the clocks showed. Undefined: it takes none. */
  took: number | undefined
  /** Of these, while the desk was open for the conversation. */
  open: number | undefined
}

/** Where something counts from an instant on; undefined: nowhere. Nobody has what waits. */
export interface Stand {
  at: number
  place: { department: string; agent: string | null } | undefined
}

export interface NotedConversation {
  id: string
  channel: string
  customer: string
  createdAt: number
  stands: Stand[]
  tags: Set<string>
  wasAssigned: boolean
  wasResolved: boolean
  /** The newest change that was told of it. */
  changedAt: number
}

export interface NotedTalk {
  id: string
  stands: Stand[]
}

export interface NotedClock {
  service: Service
  department: string
  agent: string
  level: string
  customer: string
  conversation: string
  startedAt: number
  dueAt: number | null
  closedAt: number
  seconds: number
}

export interface NotedWork {
  groupSeq: number
  agent: string
  rating?: NotedRating
}

export interface NotedRating {
  id: string
  fact: Happened
  customer: string
  groupSeq: number
}

export interface NotedAgent {
  id: string
  email: string
  role: string
  departments: string[]
  presence: PresenceNotes
  isDeleted: boolean
}

export interface Terms {
  hours: BusinessHours
  targets: Record<Service, { first: number | null; next: number | null }>
}

/** What can be seen of a desk at a moment. */
export interface Seen {
  conversations: Map<string, Conversation>
  chats: Map<string, Selectable<Tables['chats']>>
  calls: Map<string, Selectable<Tables['calls']>>
  offers: Map<number, Selectable<Tables['offers']>>
}

export const secondOf = (at: number): number => Math.floor(at / 1_000)

/** Between what the clocks show, and never less than nothing. */
export const secondsBetween = (from: number, to: number): number => Math.max(0, secondOf(to) - secondOf(from))
