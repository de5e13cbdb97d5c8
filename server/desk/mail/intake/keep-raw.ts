// The first thing that happens to any mail: it is stored as it came, before anything looks at it.

/** How a mail came, as far as it is known. */
export interface Envelope {
  /** MAIL FROM; empty: the null return path; undefined: not known (IMAP, import). */
  from?: string | undefined
  /** RCPT TO. */
  to?: string[] | undefined
  /** Who handed it over: for SPF. Undefined: it came from a mailbox or a file. */
  client?: { address: string; name: string | undefined } | undefined
  /** IMAP: where it lay. */
  folder?: string | undefined
  uid?: number | undefined
}
