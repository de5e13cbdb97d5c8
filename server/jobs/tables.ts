import type { Generated } from 'kysely'

/** Work that a write left behind, in the same transaction. */
export interface JobRow {
  id: Generated<number>
  name: string
  /** JSON. */
  payload: string
  /** Only one job that waits may have a given key; null: no such rule. */
  unique_key: string | null
  run_at: number
  attempts: number
  /** While in the future, some process works on it. */
  locked_until: number | null
  last_error: string | null
  /** Gave up then: stays here to be looked at. */
  dead_at: number | null
  created_at: number
}
