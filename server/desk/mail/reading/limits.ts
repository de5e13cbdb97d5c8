// How much of a mail is read. Each bound is far above what people send, and keeps a hostile mail from costing more than a
// large one: what lies beyond stays in the raw mail, and `faults` says so.

export const LIMITS = {
  /** A larger mail is only read as far as its headers. */
  rawBytes: 100 * 1024 * 1024,
  /** Of one header line with its folds. */
  headerBytes: 256 * 1024,
  /** Of all headers of a mail together. */
  headerBlockBytes: 2 * 1024 * 1024,
  /** Of all headers of a part together. */
  partHeaderBytes: 64 * 1024,
  /** Headers that are kept, and how much of each is: characters. */
  headers: 500,
  headerCharacters: 8 * 1024,
  subjectCharacters: 1_000,
  nameCharacters: 255,
  addresses: 1_000,
  messageIds: 200,
  parts: 1_000,
  nesting: 50,
  /** Mails in mails whose text is looked at. */
  attachedMails: 5,
  /** Characters of text, and of HTML, that are shown. The whole is attached. */
  text: 1_000_000,
  attachments: 500,
  faults: 20,
}

export type ReadLimits = typeof LIMITS
