// Everything timed, on one page.
import type { JobName } from './catalog.ts'

const SECOND = 1_000
const HOUR = 3_600_000

/** `isAtStart`: also when a process starts, for what one that died has left. */
export const schedule: readonly { name: JobName; everyMs: number; isAtStart?: true }[] = [
  // Each mail has a job of its own: these are for those of a process that died with it.
  { name: 'accept-mails', everyMs: 20 * SECOND, isAtStart: true },
  { name: 'send-mail', everyMs: 20 * SECOND, isAtStart: true },
  // Nobody else ends what a process that died has left.
  { name: 'sweep-presence', everyMs: 20 * SECOND, isAtStart: true },
  // Whoever becomes free asks for it, and each offer when it has rung out: this is for what was lost with a process.
  { name: 'route-chats', everyMs: 5 * SECOND, isAtStart: true },
  { name: 'route-calls', everyMs: 5 * SECOND, isAtStart: true },
  { name: 'sweep-chats', everyMs: 20 * SECOND },
  { name: 'prune-visitors', everyMs: HOUR },
  // Reports count what came since from the facts themselves: this is how much that may be.
  { name: 'roll-facts', everyMs: 15 * SECOND },
  { name: 'roll-clocks', everyMs: 15 * SECOND },
  { name: 'roll-stretches', everyMs: 15 * SECOND },
  { name: 'roll-load', everyMs: 15 * SECOND },
  // Each clock asks for it when it is due: this is for what was locked then.
  { name: 'tell-clocks', everyMs: 60 * SECOND, isAtStart: true },
  { name: 'prune-events', everyMs: 6 * HOUR },
  { name: 'prune-sessions', everyMs: HOUR },
  { name: 'tell-troubles', everyMs: HOUR },
]
