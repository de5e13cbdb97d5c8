/** Somebody on a web site who chats or may do so. He is on the site while he has been seen within the last minute. */
export interface VisitorRow {
  id: string
  /** Of the token that stands for him; the token itself is not kept. */
  token_hash: string
  /** Who he is, once he has said so. */
  customer_id: string | null
  name: string
  email: string | null
  /** The page that he is on. */
  page: string
  referrer: string
  language: string | null
  created_at: number
  seen_at: number
}

/** The life of a chat; what is said stands in its conversation. */
export interface ChatRow {
  conversation_id: string
  visitor_id: string
  /** `queued`, `running` or `ended`. */
  state: string
  /** Who has accepted it, or was the last to have it. */
  agent_id: string | null
  /** The message group that holds the transcript. */
  group_seq: number
  started_at: number
  /** When it last came into the queue: who was asked before may be asked again. */
  queued_at: number
  accepted_at: number | null
  /** When an agent wrote first. */
  answered_at: number | null
  ended_at: number | null
  /** `visitor`, `agent` or `system`. */
  ended_by: string | null
}
