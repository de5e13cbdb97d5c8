// What became of a raw mail.

export const verdicts = {
  /** It opened a conversation. */
  opened: 'opened',
  /** It went into a conversation that was there. */
  joined: 'joined',
  /** It opened a conversation that is spam: rules.ts. */
  spam: 'spam',
  /** It could not be read, and is attached to a conversation that says so. */
  unreadable: 'unreadable',
  /** The same mail came by another mailbox before: both point to one message. */
  duplicate: 'duplicate',
  /** A mail of ours that came back: by a list, a blind copy, or to a mailbox of our own. */
  own: 'own',
  /** A delivery report: booked on the mail that it is about, if that is known. */
  bounce: 'bounce',
  /** Somebody's mail program says that it showed a mail of ours. */
  receipt: 'receipt',
  /** Somebody pressed "spam" on a mail of ours. */
  feedback: 'feedback',
  /** Out of office and the like, about nothing that we know. */
  autoReply: 'auto-reply',
  /** Far too many from one sender: waits until it is released by a replay. */
  held: 'held',
  /** Could not even be attached to a conversation. Is tried again by a replay. */
  failed: 'failed',
} as const
export type Verdict = (typeof verdicts)[keyof typeof verdicts]

/** What a person wrote is in a conversation under these. */
export const isInConversation = (verdict: Verdict): boolean =>
  verdict === 'opened' || verdict === 'joined' || verdict === 'spam' || verdict === 'unreadable'
