import type { Generated } from 'kysely'

/** People who ask. `id` is the wire's `contactid`, `user_id` its `userid`. */
export interface CustomerRow {
  /** Ties the row to its entry in the search index, which knows only numbers. */
  seq: Generated<number>
  id: string
  user_id: string
  email: string | null
  /** The e-mail in lower case; unique among customers who are not deleted. */
  email_key: string | null
  firstname: string
  /** Names as they are searched: see lib/fold.ts. */
  firstname_key: string
  lastname: string
  lastname_key: string
  system_name: string
  /** `V` visitor, `R` registered. */
  role: string
  /** `M`, `F`, `O` or null. */
  gender: string | null
  language: string | null
  note: string | null
  /** JSON array of texts. */
  phones: string
  company_id: string | null
  /** JSON array of {code, value}, in the order given; codes may repeat. Null: none. */
  custom_fields: string | null
  /** argon2id, or null: has not registered. */
  password_hash: string | null
  auth_epoch: number
  created_at: number
  changed_at: number
  deleted_at: number | null
}

/** A telephone number of a customer, made to be found: see phones.ts. */
export interface CustomerPhoneRow {
  /** Its last digits: what all its spellings end with. */
  tail: string
  customer_id: string
  /** `phoneKey` in lib/phone.ts. */
  phone_key: string
}

export interface CustomerGroupRow {
  id: string
  name: string
  /** The name folded, unique. */
  name_key: string
  color: string
  bg_color: string
  created_at: number
}

export interface GroupMemberRow {
  group_id: string
  /** `customer` or `company`. */
  member_type: string
  member_id: string
  added_at: number
}
