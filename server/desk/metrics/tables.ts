import type { Generated } from 'kysely'

/** What happened, once, when it happened: reports count these and nothing else. Never changed, never deleted. */
export interface FactRow {
  seq: Generated<number>
  /** One of `FactKind` in facts.ts. */
  kind: string
  at: number
  conversation_id: string
  department_id: string
  channel: string
  agent_id: string | null
  /** How long it took, in whole seconds, where the kind has a duration. */
  seconds: number | null
  /** The same in the business time of the conversation's SLA level; null: all seconds count. */
  sla_seconds: number | null
}

/** A step of the load: at an instant, one more or one less waits or is worked on. Never changed, never deleted. */
export interface LoadChangeRow {
  seq: Generated<number>
  /** One of `Service` in load.ts. */
  service: string
  at: number
  department_id: string
  /** Who works on it. Empty: nobody, it waits. (Not null, since a day's key holds the same.) */
  agent_id: string
  /** +1 or −1. */
  delta: number
}

/** The sum of a day's changes, so that the load at any instant is found without reading all history. */
export interface LoadDayRow {
  service: string
  /** Whole days since 1970 in UTC. */
  day: number
  department_id: string
  agent_id: string
  delta: number
}

/** Facts added up: those up to the position 'facts', of one kind, of one hour, day or month in UTC, for one thing. */
export interface RollupRow {
  /** One of `Dimension` in rollups.ts. */
  dimension: string
  /** Of the facts; empty: of all departments together, in the dimension of everything alone. */
  department_id: string
  unit: 'hour' | 'day' | 'month'
  /** The first instant of the hour, day or month. */
  at: number
  /** The agent, the channel's letter or the tag; empty in the dimension of everything. */
  id: string
  kind: string
  count: number
  /** Whole seconds, added up. */
  seconds: number
  /** The same in business time; what has no SLA level counts whole. */
  sla_seconds: number
}

/** How far rows have been added up, by their number: everything up to it, nothing after it. */
export interface RollupPositionRow {
  name: string
  seq: number
}
