export interface FileRow {
  /** 32 hex digits. */
  id: string
  name: string
  /** MIME type as given or guessed; never trusted when the file is served. */
  type: string
  size: number
  downloads: number
  /** The conversation that it is attached to; null: uploaded and not used yet. */
  conversation_id: string | null
  created_at: number
}

/** File contents when the database is PostgreSQL: every process must reach them. SQLite keeps them in the data folder. */
export interface FilePartRow {
  file_id: string
  position: number
  data: Uint8Array
}
