/** People who answer. `id` is the wire's `userid`. A deleted agent keeps his row: history names him. */
export interface AgentRow {
  id: string
  contact_id: string
  email: string
  /** The e-mail in lower case; unique among agents who are not deleted. */
  email_key: string
  firstname: string
  lastname: string
  system_name: string
  /** `O` owner, `D` administrator, `A` agent. */
  role: string
  /** `M`, `F`, `O` or null. */
  gender: string | null
  avatar_url: string
  /** argon2id, or null: cannot sign in by password. */
  password_hash: string | null
  /** Raised to make every auth token given out so far worthless. */
  auth_epoch: number
  created_at: number
  changed_at: number
  deleted_at: number | null
}
