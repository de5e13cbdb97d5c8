import type { Generated } from 'kysely'

/** A chat or call that an agent was asked to take. While `ended_at` is null, it takes up some of his capacity. */
export interface OfferRow {
  seq: Generated<number>
  /** `chats` or `calls`: see metrics/load.ts. */
  service: string
  /** The conversation of a chat, the id of a call. */
  item_id: string
  department_id: string
  agent_id: string
  offered_at: number
  /** When it has rung out, unless it was accepted before. */
  expires_at: number
  accepted_at: number | null
  /** 1: it ends when he goes offline. 0: he was asked by name, online or not. */
  while_online: Generated<number>
  /** When he had nothing more to do with it. */
  ended_at: number | null
  /** One of `OfferOutcome` in offers.ts; null until it has ended. */
  outcome: string | null
}

/** How a department gives out chats or calls. Without a row: see `DEFAULTS` in settings.ts. */
export interface RoutingRow {
  department_id: string
  service: string
  /** `round-robin` or `least-busy`. */
  strategy: string
  /** How long an agent is asked before the next one is. */
  offer_seconds: number
  /** How many an agent has at once, unless his own capacity says otherwise. */
  capacity: number
}

/** How many chats or calls an agent takes at once, wherever they come from. */
export interface AgentCapacityRow {
  agent_id: string
  service: string
  capacity: number
}

/** When an agent was last asked: round robin asks next who has not been asked for longest. */
export interface AgentTurnRow {
  department_id: string
  service: string
  agent_id: string
  at: number
}
