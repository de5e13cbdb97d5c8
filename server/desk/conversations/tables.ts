import type { Generated } from 'kysely'

export interface ConversationRow {
  id: string
  /** `ABC-DEFGH-123`. */
  code: string
  /** 16 letters and digits; whoever has it may read. */
  public_code: string
  department_id: string
  customer_id: string
  agent_id: string | null
  /** The wire's status letter. */
  status: string
  /** The wire's channel letter. */
  channel: string
  subject: string
  /** Hash of the folded subject: what `subject=` looks up. Subjects are too long for an index. */
  subject_key: string
  preview: string
  /** JSON array of e-mails that get the answers too. Null: none. */
  cc: string | null
  /** JSON array of {code, value}. Null: none. */
  custom_fields: string | null
  groups_in: number
  groups_out: number
  /** Who created it: a userid. */
  created_by: string
  created_at: number
  changed_at: number
  due_at: number | null
  /** When the customer began to wait for the answer that is due now; null: nobody waits. */
  waiting_since: number | null
  first_assigned_at: number | null
  first_resolved_at: number | null
  /** The conversation that this one was merged into; null: it stands for itself. */
  merged_into: string | null
  /** What is promised to whoever waits in it; null: nothing. */
  sla_level_id: string | null
  /** One of `priorities` in lib/priorities.ts. */
  priority: string
}

/** A step in the life of a conversation: a mail, a note, a transfer, a status change. Id on the wire: `idOfRow(seq)`. */
export interface MessageGroupRow {
  seq: Generated<number>
  conversation_id: string
  user_id: string
  rtype: string
  rstatus: string
  created_at: number
  finished_at: number
}

/** A part of a message group. Id on the wire: `idOfRow(seq)`. */
export interface MessageRow {
  seq: Generated<number>
  group_seq: number
  conversation_id: string
  user_id: string
  rtype: string
  /** 1: `body` is sanitised HTML; 0: plain text. */
  is_html: number
  body: string
  created_at: number
}
