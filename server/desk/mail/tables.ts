import type { Generated } from 'kysely'

/** A mail exactly as it came, kept before anything looks at it. */
export interface RawMailRow {
  seq: Generated<number>
  /** Empty: it came to no mailbox (imported into a department). */
  mailbox_id: string
  /** SHA-256 of the contents in hex: with the mailbox, what makes a mail one and the same. */
  content_hash: string
  /** `imap`, `smtp`, `lmtp`, `import`. */
  source: string
  /** The department that it was imported into, or of the folder that it lay in; null: the mailbox's. */
  department_id: string | null
  size: number
  /** In the file store; null: in raw_mail_contents. */
  file_id: string | null
  /** JSON of Envelope: intake/keep-raw.ts. */
  envelope: string
  /** `waiting`, `accepted`, `held` (far too many from one sender) and `failed`: both are tried again by a replay only. */
  state: string
  /** What became of it: accepting/verdict.ts. Null while it waits. */
  verdict: string | null
  /** Why, in words for an agent. */
  reason: string | null
  /** JSON with more about the verdict. */
  detail: string | null
  /** Header Message-ID without brackets. */
  message_id: string | null
  /** SHA-256 of everything after the headers: the same mail that came to two mailboxes. */
  body_hash: string | null
  /** Address in From without regard to case. */
  sender_key: string | null
  subject: string | null
  conversation_id: string | null
  group_seq: number | null
  attempts: number
  locked_until: number | null
  /** When its server got it; on import, its own date. */
  received_at: number
  accepted_at: number | null
  created_at: number
}

export interface RawMailContentRow {
  raw_seq: number
  data: Uint8Array
}

/** The mail that a message group came by, or left by. */
export interface MailRow {
  group_seq: number
  conversation_id: string
  /** `in` or `out`. */
  direction: string
  raw_seq: number | null
  message_id: string | null
  in_reply_to: string | null
  /** JSON of {name, address}. */
  sender: string
  /** JSON array of {name, address}: To. */
  recipients: string
  /** JSON array of {name, address}: Cc. */
  copies: string
  subject: string
  /** Why it is in this conversation: accepting/thread.ts. */
  thread_reason: string
  /** JSON of Authentication: accepting/authenticate.ts. Null: not looked at (import, outgoing). */
  authentication: string | null
  /** `person`, `auto-reply`, `list`, `bulk` …: reading/machine.ts. */
  kind: string
  /** 1: its author does not take part in the conversation, so nothing that he says about it counts: accepting/thread.ts. */
  is_guest: number
  /** Header Date; null: none that can be read. */
  dated_at: number | null
  created_at: number
}

/** A Message-ID that leads to a conversation. */
export interface ThreadIdRow {
  /** Without angle brackets; longer than 900 characters: its SHA-256. */
  message_id: string
  conversation_id: string
  /** See ThreadIdOrigin in desk/conversations/thread-ids.ts. */
  origin: string
  created_at: number
}

/** Two conversations that have to do with each other. */
export interface ConversationLinkRow {
  conversation_id: string
  other_id: string
  reason: string
  created_at: number
}

/** A merge, a split, or messages that were moved: enough to undo it. */
export interface ConversationMoveRow {
  seq: Generated<number>
  /** `merge`, `split`, `move`. */
  kind: string
  from_id: string
  to_id: string
  /** JSON: what was moved, and how both were before. */
  what: string
  user_id: string
  created_at: number
  undone_at: number | null
}

/** Words of mails, where they are not those of the program. */
export interface MailTemplateRow {
  id: string
  /** As the outbox's kinds. */
  kind: string
  /** Empty: every department. */
  department_id: string
  /** `en`, `de` …; empty: every language. */
  language: string
  subject: string
  html: string
  is_active: number
  created_at: number
  changed_at: number
}

export interface SignatureRow {
  /** Empty: every department. */
  department_id: string
  /** Empty: every agent. */
  agent_id: string
  html: string
  changed_at: number
}

/** Which mail is spam, and which is never. */
export interface MailRuleRow {
  id: string
  /** `allow` or `block`. */
  action: string
  /** `sender` (address or domain) or `header`. */
  subject: string
  pattern: string
  /** The header's name, for rules about headers. */
  header: string | null
  /** `equals`, `contains`, `at_least` (a number in the header). */
  comparison: string
  position: number
  created_at: number
}

/** A link that works once: registration, password, rating. */
export interface OneTimeLinkRow {
  token_hash: string
  purpose: string
  /** The customer's or agent's id, or what the purpose says. */
  subject_id: string
  detail: string | null
  created_at: number
  expires_at: number
  used_at: number | null
}
