/** Organisations that customers belong to. */
export interface CompanyRow {
  id: string
  name: string
  /** The name as it is searched and ordered: see lib/fold.ts. */
  name_key: string
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
