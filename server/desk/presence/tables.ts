import type { Generated } from 'kysely'

/** What keeps an agent online while it lives: an open live connection, or a call that said so. */
export interface PresenceConnectionRow {
  id: string
  agent_id: string
  /** Which process holds it; empty for a call. */
  process: string
  /** `live` or `call`. */
  kind: string
  began_at: number
  /** The last heartbeat. */
  seen_at: number
  /** Without another heartbeat, it is dead from then on. */
  expires_at: number
}

/**
 * A stretch of time in which an agent was online. Times are whole seconds, in milliseconds; those of one agent, department
 * and service never overlap once they have ended.
 */
export interface OnlineStretchRow {
  /** Its end gives the stretch a new one: ended stretches are numbered in the order in which their ends were written. */
  seq: Generated<number>
  agent_id: string
  /** Empty: in any department. */
  department_id: string
  /** `M`, `P`, `R` or `T`. Empty: for any of them. */
  service: string
  from_at: number
  /** Null while it lasts. */
  to_at: number | null
  /** Until when it is proven, beside what the agent's connections prove. */
  seen_at: number
}

/** Ended stretches for any service added up: those up to the position 'stretches', of one day in UTC. */
export interface OnlineDayRow {
  /** Empty: in any department. */
  department_id: string
  /** The first instant of the day. */
  at: number
  agent_id: string
  /** Milliseconds. */
  time: number
}
