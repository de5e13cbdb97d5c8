import type { Generated } from 'kysely'

/** What is promised, and when the desk is open. */
export interface SlaLevelRow {
  id: string
  name: string
  /** JSON: `BusinessHours` in business-hours.ts. */
  hours: string
  /** JSON: `Targets` in levels.ts. */
  targets: string
  /** Seconds of business time before it is due at which a clock warns; null: never. */
  warn_before: number | null
  created_at: number
  changed_at: number
  /** Its closed clocks go on naming it. */
  deleted_at: number | null
}

/** Which conversations get a level. The first rule that fits decides. */
export interface SlaRuleRow {
  id: string
  level_id: string
  /** JSON: `Conditions` in rules.ts. */
  conditions: string
  position: number
  created_at: number
}

/** A customer waits for an answer, or waited. At most one clock of a conversation is open. */
export interface SlaClockRow {
  /** An answer gives the clock a new one: answered clocks are numbered in the order of their answers' writing. */
  seq: Generated<number>
  conversation_id: string
  /** `first` or `next`. */
  kind: string
  /** One of `Service` in metrics/load.ts. */
  service: string
  level_id: string
  /** Seconds of business time that were promised. */
  target: number
  department_id: string
  customer_id: string
  /** Who answered; null: nobody did, or has not yet. */
  agent_id: string | null
  started_at: number
  /** Null: never, since the level's hours never come. */
  due_at: number | null
  warn_at: number | null
  /** When its events were written; each is written once. */
  warned_at: number | null
  breached_at: number | null
  /** When the next event is to be written; null: there is none to come. */
  notice_at: number | null
  /** When it was answered or left out; null: it is open. */
  closed_at: number | null
  /** `met`, `late`, or `void`: left out. Null: it is open. */
  outcome: string | null
  /** Whole seconds of business time until the answer. */
  seconds: number | null
  /** When it was stored. What was due before is not announced. */
  created_at: number
}

/** Answered clocks added up: those up to the position 'clocks', of one hour in UTC, for one thing. Seconds are of business time. */
export interface SlaRollupRow {
  /** `all`, `agent` or `level`. */
  dimension: string
  service: string
  /** The agent or the level; empty for all. */
  id: string
  /** Of the answers. Empty: of all departments together. */
  department_id: string
  /** The first instant of the hour. */
  at: number
  met_count: number
  met_sum: number
  /** Null: there were none. */
  met_max: number | null
  met_min: number | null
  late_count: number
  late_sum: number
  late_max: number | null
  late_min: number | null
}
