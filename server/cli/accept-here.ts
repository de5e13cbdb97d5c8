// Turning raw mails that wait into messages, when no server does it.
import { acceptWaiting } from '../desk/mail/accepting/accept-waiting.ts'
import { countWaiting } from '../desk/mail/intake/find.ts'
import { progressBar } from '../lib/progress.ts'
import type { Io } from './io.ts'
import { type CommandDesk, isServed } from './mail-desk.ts'

const LOOK_MS = 500

/** Accepts what waits, or says that the running server does. */
export async function acceptHere(io: Io, desk: CommandDesk): Promise<void> {
  if (isServed(desk.config)) {
    io.out('The running server turns them into conversations now.\n')
    return
  }
  let left = await countWaiting(desk.database.reader)
  const progress = progressBar('Accepted', left)
  const look = async (): Promise<void> => {
    const now = await countWaiting(desk.database.reader)
    progress.step(Math.max(0, left - now))
    left = now
  }
  // A look that fails shows in the work itself.
  const timer = setInterval(() => void look().catch(() => {}), LOOK_MS)
  try {
    await acceptWaiting(desk)
  } finally {
    clearInterval(timer)
  }
  await look()
  progress.end()
  if (left > 0) io.out(`Still waiting: ${left}. The next server that starts tries them again.\n`)
}
