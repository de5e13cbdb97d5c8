export interface TagRow {
  id: string
  name: string
  /** The name in lower case, unique. */
  name_key: string
  color: string
  bg_color: string
  /** 1: no longer offered, still shown where it is. */
  is_archived: number
  created_at: number
}

export interface ConversationTagRow {
  conversation_id: string
  tag_id: string
  added_at: number
}
