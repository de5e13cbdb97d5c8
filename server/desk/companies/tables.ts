export interface CompanyRow {
  id: string
  name: string
  language: string | null
  ip: string | null
  note: string | null
  /** JSON arrays of texts. */
  emails: string
  phones: string
  /** JSON array of {code, value}. Null: none. */
  custom_fields: string | null
  created_at: number
  changed_at: number
  deleted_at: number | null
}
