import type { Generated } from 'kysely'
import type { Course } from './course.ts'

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
  /** Who works on it. Empty: nobody, it waits. (Not null, since the key of what is added up holds the same.) */
  agent_id: string
  /** +1 or −1. */
  delta: number
}

/** A stay of a conversation where it counts in the load: what steps up and down are made of, which is kept in the same write. */
export interface LoadStayRow {
  seq: Generated<number>
  service: string
  department_id: string
  /** Empty: nobody, it waits. */
  agent_id: string
  /** 0: it waits, 1: it is worked on. */
  side: 0 | 1
  /** Empty: not known, of what ended before stays were kept. */
  conversation_id: string
  /** What is at one place at a time: the call, or the conversation. */
  item_id: string
  from_at: number
  /** EVER in stays.ts while it lasts. */
  until_at: number
  /** One of SPANS in stays.ts, the least that it is not longer than. */
  span: number
}

/**
 * Where the load went in a half-hour, relative to its level at the beginning: a step that comes late changes its own half-hour
 * only. Of the steps up to the position 'load'. There is a row where there was a step.
 */
export interface LoadCourseRow extends Course {
  service: string
  /** Empty: all departments together. */
  department_id: string
  /** Empty: what waits. `EVERYBODY` in load-rollups.ts: all that is worked on, by whomever. */
  agent_id: string
  /** The first instant of the half-hour. */
  at: number
}

/** By how much the load changed in a day or month in UTC, for the same keys: so the level at any instant is found soon. */
export interface LoadSumRow {
  service: string
  department_id: string
  agent_id: string
  unit: 'day' | 'month'
  at: number
  net: number
}

/** Facts added up: those up to the position 'facts', of one kind, of one unit of time in UTC, for one thing. */
export interface RollupRow {
  /** One of `Dimension` in rollups.ts. */
  dimension: string
  /** Of the facts; empty: of all departments together, in the dimension of everything alone. */
  department_id: string
  /** 'half': half an hour, in the dimension of everything alone. */
  unit: 'half' | 'hour' | 'day' | 'month'
  /** The first instant of the unit. */
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
