// Everything timed, on one page.
import type { JobName } from './catalog.ts'

const SECOND = 1_000
const HOUR = 3_600_000

/** `isAtStart`: also when a process starts, for what one that died has left. */
export const schedule: readonly { name: JobName; everyMs: number; isAtStart?: true }[] = [
  // Each mail has a job of its own: these are for those of a process that died with it.
  { name: 'accept-mails', everyMs: 20 * SECOND, isAtStart: true },
  { name: 'send-mail', everyMs: 20 * SECOND, isAtStart: true },
  { name: 'prune-events', everyMs: 6 * HOUR },
  { name: 'prune-sessions', everyMs: HOUR },
  { name: 'tell-troubles', everyMs: HOUR },
]
