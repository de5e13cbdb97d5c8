/** Definitions of custom fields. Values live with their owner, as JSON, since codes may repeat and need no definition. */
export interface FieldRow {
  id: string
  code: string
  name: string
  /** `conversation`, `customer` or `company`. */
  entity: string
  /** `text`, `number`, `date`, `bool` or `list`. */
  type: string
  /** JSON array of texts: what a `list` field may hold. */
  options: string
  position: number
  created_at: number
}

/** Values that identify one customer or one company: no two owners of a type may share code and value. */
export interface UniqueFieldRow {
  /** `customer` or `company`. */
  owner_type: string
  owner_id: string
  code: string
  value: string
  /** What two spellings of one value have in common: see unique.ts. */
  value_key: string
  position: number
}
