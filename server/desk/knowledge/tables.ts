import type { Generated } from 'kysely'

export interface KnowledgebaseRow {
  id: string
  name: string
  position: number
  created_at: number
  deleted_at: number | null
}

export interface KbEntryRow {
  id: Generated<number>
  kb_id: string
  /** 0: directly under the knowledge base. */
  parent_id: number
  /** `C` category, `A` article, `Q` forum, `R` topic, `G` suggestion category, `S` suggestion. */
  rtype: string
  rstatus: string
  /** Own access: `P` public, `I` internal. */
  access: string
  /** `I` as soon as it or anything above it is internal. Kept up to date on every write. */
  access_inherited: string
  /** 6 digits, unique. */
  urlcode: string
  /** Ids from the root to the parent: `0`, `0|7`, `0|7|16`. */
  treepath: string
  rorder: number
  title: string
  metadescription: string
  keywords: string
  /** Sanitised HTML. */
  content: string
  content_text: string
  description: string
  conversation_id: string | null
  department_id: string | null
  /** Userid of the author; null: made by an API key. */
  author_id: string | null
  views: number
  votes: number
  created_at: number
  changed_at: number
  deleted_at: number | null
}
