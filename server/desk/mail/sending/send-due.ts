// Sends what is due in the outbox: takes mails, several at once for each mailbox, until none is due.
import type { Database } from '../../../db/open.ts'
import { BEAT_MS, beat, takeDue } from '../../outbox/attempts.ts'
import { enqueueSending } from '../../outbox/outbox.ts'
import type { MailDesk } from '../mail-desk.ts'
import { recoverAbandoned } from './recover.ts'
import { Senders } from './senders.ts'
import { WORKER } from './worker.ts'

/** Mails that one process has in hand. */
const AT_ONCE = 24
/** A run takes no more mails after that, so that a stop of the server waits for no more than what is under way. */
const RUN_MS = 5_000

interface Run {
  until: number
  /** Ends the wait for a mail that is under way. */
  wake(): void
}

const runs = new WeakMap<Database, Run>()

/** Sends every mail whose time has come. While a run is under way in this process, makes it go on and returns. */
export async function sendDue(desk: MailDesk): Promise<void> {
  const running = runs.get(desk.database)
  if (running) {
    running.until = Date.now() + RUN_MS
    running.wake()
    return
  }
  const run: Run = { until: Date.now() + RUN_MS, wake: () => {} }
  runs.set(desk.database, run)
  try {
    await recoverAbandoned(desk.database)
    await sendAll(desk, run)
  } finally {
    runs.delete(desk.database)
  }
}

async function sendAll(desk: MailDesk, run: Run): Promise<void> {
  const senders = new Senders(desk)
  const underWay = new Set<Promise<void>>()
  let finished = 0
  const stopBeating = keepBeating(desk, underWay)
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        run.wake = resolve
      })
      const before = finished
      const room = Date.now() < run.until ? Math.min(AT_ONCE - underWay.size, senders.room()) : 0
      const taken = room > 0 ? await takeDue(desk.database, WORKER, room, senders.busy()) : []
      for (const mail of taken) {
        const sending = senders.send(mail).finally(() => {
          underWay.delete(sending)
          finished++
        })
        underWay.add(sending)
      }
      // One that has ended meanwhile has made room for another.
      if (taken.length > 0 || finished > before) continue
      if (underWay.size === 0) break
      await Promise.race([...underWay, woken])
    }
  } finally {
    stopBeating()
    senders.close()
  }
  // Its time was over, not its work.
  if (Date.now() >= run.until) await desk.database.write((tx) => enqueueSending(tx, Date.now()))
}

function keepBeating(desk: MailDesk, underWay: ReadonlySet<unknown>): () => void {
  const timer = setInterval(() => {
    if (underWay.size === 0) return
    beat(desk.database, WORKER).catch((error: unknown) =>
      desk.log.warn({ err: error }, 'other processes could not be told that mails are being sent'),
    )
  }, BEAT_MS)
  return () => clearInterval(timer)
}
