import type { Generated } from 'kysely'

/** A mail on its way out, or gone. */
export interface OutboxRow {
  seq: Generated<number>
  /** `answer` and the mails of the system itself: see outbox.ts. */
  kind: string
  /** `queued`, `sending`, `sent`, `delayed`, `failed`, `bounced`, `unconfirmed`, `cancelled`: see outbox.ts. */
  state: string
  /** Null: chosen when it is sent, by the department. */
  mailbox_id: string | null
  conversation_id: string | null
  /** The message group that it carries; null for mails of the system itself. */
  group_seq: number | null
  /** Without angle brackets; signed: see threading. Fixed before the first attempt, so that every attempt is the same mail. */
  message_id: string
  /** JSON of {to: [{name, address}], cc: […]}. */
  recipients: string
  /** The first recipient's address without regard to case: for the budget of a person. */
  recipient_key: string
  /** JSON: what the rendering needs beside the conversation, by kind. */
  content: string
  attempts: number
  /** Not before: the time to undo it, or the pause after a failure. */
  due_at: number
  /** When the attempt that is under way began, written before the first byte is sent. */
  attempt_at: number | null
  /**
   * When all but the end of the mail was with the server: written before that end is sent. Until then the server cannot
   * have taken it; from then on nobody but the server knows.
   */
  handed_at: number | null
  /** The process that is at it, or was at the last attempt. */
  worker: string | null
  /** Why it is delayed, failed or bounced: the server's words and ours. */
  trouble: string | null
  sent_at: number | null
  /** When it was put here, or asked to be sent again: after some days without success it fails. */
  queued_at: number
  created_at: number
  changed_at: number
}
