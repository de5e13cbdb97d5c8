// How long a mail waits between attempts, and when it is given up.

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Greylisting servers want some minutes; after that, whatever is wrong takes a person. */
const PAUSES = [1, 2, 5, 10, 15, 30, 60, 120, 180].map((minutes) => minutes * MINUTE)
const LAST_PAUSE = 4 * HOUR

/** From when it was queued, or asked to be sent again. */
export const GIVE_UP_AFTER_MS = 72 * HOUR
/** Nine short pauses and sixteen long ones are about three days. */
export const MAX_ATTEMPTS = 25

/** The pause after so many failed attempts of a mail. */
export const pauseAfter = (attempts: number): number => PAUSES[attempts - 1] ?? LAST_PAUSE

/** The pause of a mailbox whose server cannot be used: it is asked rarely enough not to be locked out. */
export const mailboxPause = (failures: number): number => Math.min(pauseAfter(failures), 15 * MINUTE)

export const isOver = (mail: { attempts: number; queued_at: number }, now: number): boolean =>
  mail.attempts >= MAX_ATTEMPTS || now - mail.queued_at >= GIVE_UP_AFTER_MS
