// Everything timed, on one page.
import type { JobName } from './catalog.ts'

const HOUR = 3_600_000

export const schedule: readonly { name: JobName; everyMs: number }[] = [
  { name: 'prune-events', everyMs: 6 * HOUR },
  { name: 'prune-sessions', everyMs: HOUR },
  { name: 'tell-troubles', everyMs: HOUR },
]
