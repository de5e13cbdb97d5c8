// What a planned history is made of. Nothing here knows a database.
import type { Channel, Status } from '../desk/conversations/letters.ts'

/** Numbers that stand for people and things are indexes into people.ts; customers count from 0. */
export interface PlannedCustomer {
  number: number
  email: string
  firstname: string
  lastname: string
  gender: string | null
  language: string | null
  phones: readonly string[]
  company: number | null
  /** Names of groups. */
  groups: readonly string[]
}

export type Step =
  | { kind: 'message'; at: number; by: 'customer' | number; text: string }
  | { kind: 'note'; at: number; by: number; text: string }
  | { kind: 'status'; at: number; by: number; status: Status }
  | { kind: 'transfer'; at: number; by: number; agent: number | null; department: number | null; note: string | null }
  | { kind: 'tag'; at: number; by: number; tag: number }

export interface PlannedConversation {
  at: number
  customer: PlannedCustomer
  /** The customer writes for the first time. */
  isNewCustomer: boolean
  by: 'customer' | number
  department: number
  channel: Channel
  subject: string
  text: string
  /** In order of time, none after the end of the history. */
  steps: Step[]
}
