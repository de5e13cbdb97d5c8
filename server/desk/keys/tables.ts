/** API keys. The key itself is shown once and never stored: `key_hash` is its SHA-256 in hex. */
export interface ApiKeyRow {
  id: string
  name: string
  key_hash: string
  /** `full`, `read` (GET only) or `telephony` (calls only). */
  rights: string
  /** Requests a minute; null means the server's default. */
  rate_limit: number | null
  created_at: number
  last_used_at: number | null
  revoked_at: number | null
}

/** Sign-ins. The token lives in the cookie only: `token_hash` is its SHA-256 in hex. */
export interface SessionRow {
  token_hash: string
  /** `agent` or `customer`. */
  kind: string
  user_id: string
  created_at: number
  expires_at: number
  seen_at: number
  address: string
  user_agent: string
}

/** What opens a live stream once, within seconds, for tools that cannot send headers. `ticket_hash` is its SHA-256 in hex. */
export interface LiveTicketRow {
  ticket_hash: string
  /** `session` or `key`: what it was given out for, and ends with. */
  kind: string
  /** The hash of the session's token, or the id of the key. */
  holder: string
  /** Whose session it is; null for a key. */
  user_id: string | null
  expires_at: number
}
