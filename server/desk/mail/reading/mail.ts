// What reading makes of a raw mail. Plain data: it crosses from the thread that reads to the one that accepts.

export interface MailAddress {
  /** Decoded and without control characters; empty if there is none. */
  name: string
  /** As written, without comments and brackets; always one that isEmail accepts. */
  address: string
}

export interface MailAttachment {
  /** Cleaned by desk/files/names.ts. */
  name: string
  type: string
  contents: Uint8Array
  /** Without angle brackets. */
  contentId: string | undefined
  /** The HTML shows it (cid:), so it is no attachment of its own. */
  isInline: boolean
}

/** A part of the text: what was written now, what was quoted, the signature. In the order of the mail. */
export interface MailPart {
  kind: 'message' | 'quote' | 'signature'
  /** Sanitised HTML if `isHtml`, else plain text. `cid:` addresses are as they came. */
  body: string
  isHtml: boolean
  text: string
}

/** Who or what wrote it, as its headers say. */
export type MailKind =
  | 'person'
  /** Out of office and the like: RFC 3834, vendor headers, null return path. */
  | 'auto-reply'
  /** Another program: notifications, receipts. Is answered by people, never by us automatically. */
  | 'automatic'
  /** RFC 3464 and the old kinds: see `reports`. */
  | 'bounce'
  /** RFC 8098: a read receipt. */
  | 'receipt'
  /** A mailing list's mail. */
  | 'list'
  /** Precedence: bulk and junk: newsletters. */
  | 'bulk'
  /** RFC 5965: somebody pressed "spam" on a mail of ours. */
  | 'feedback'

/** What a delivery report says of one recipient. */
export interface DeliveryReport {
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'
  recipient: string | undefined
  /** `5.1.1`. */
  status: string | undefined
  /** The server's own words, at most 1,000 characters. */
  diagnostic: string | undefined
}

export interface ReadMail {
  /** Without angle brackets; undefined: there is none. */
  messageId: string | undefined
  inReplyTo: string[]
  /** Oldest first. */
  references: string[]
  /** Undefined: no From, or none with an address. */
  from: MailAddress | undefined
  /** Other addresses in From than the first. A mail that has any proves nothing about who wrote it. */
  furtherAuthors: MailAddress[]
  sender: MailAddress | undefined
  replyTo: MailAddress[]
  to: MailAddress[]
  cc: MailAddress[]
  /** Delivered-To, X-Original-To, Envelope-To: what the server delivered it to. */
  deliveredTo: string[]
  /** One line, without controls; empty if there is none. */
  subject: string
  /** Header Date in milliseconds; undefined: none, or none that can be true (before 1990, a day or more ahead). */
  date: number | undefined
  parts: MailPart[]
  attachments: MailAttachment[]
  kind: MailKind
  /** Why it is of this kind: the header that says so. */
  kindReason: string | undefined
  reports: DeliveryReport[]
  /** Of a bounce, receipt, auto-reply or feedback: Message-IDs of the mail of ours that it is about, most certain first. */
  aboutMessageIds: string[]
  /** Every header, names in lower case, values decoded and in one line, in the order of the mail. */
  headers: [name: string, value: string][]
  /** SHA-256 in hex of what stands after the headers. */
  bodyHash: string
  /** What was wrong with it, in words for an agent. A mail that could not be read at all has one here and no parts. */
  faults: string[]
}
