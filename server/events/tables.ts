import type { Generated } from 'kysely'

/** What happened, numbered. Numbers become visible in order: whoever has read up to n never misses one below n. */
export interface EventRow {
  seq: Generated<number>
  type: string
  at: number
  /** The conversation it concerns, for those who may see only some. */
  conversation_id: string | null
  /** JSON. */
  data: string
}

/** One row: the highest number among events that were forgotten. */
export interface ForgottenEventRow {
  id: number
  seq: number
}
