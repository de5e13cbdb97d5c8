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
}
