// What this process is called in the outbox, and which of the others are dead for certain.
import { hostname } from 'node:os'
import type { Engine } from '../../../db/engine.ts'
import { newId } from '../../../lib/ids.ts'

/** `host:pid:…`, another one at each start. */
export const WORKER = `${hostname()}:${process.pid}:${newId()}`

/**
 * Whether the process of that name has ended. Beside SQLite there is one machine and one server, so the system knows; on
 * PostgreSQL another machine can have the same name, and only silence tells (see SILENCE_MS in outbox/attempts.ts).
 */
export function isDead(worker: string, engine: Engine): boolean {
  const [host, pid] = worker.split(':')
  if (worker === WORKER || engine === 'postgres' || host !== hostname()) return false
  return Number(pid) === process.pid || !isRunning(Number(pid))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Not allowed to signal it: it is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
