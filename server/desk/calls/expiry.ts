// How long a call lives on without a word from the telephony side. It may have died, and nobody else ends its calls.
import type { Tx } from '../../db/write.ts'
import type { Actor } from '../actor.ts'
import { assertTelephony, type Call, holdCall } from './call.ts'

const MINUTE = 60_000
/** Nobody waits longer for an answer. */
const UNANSWERED_MS = 120 * MINUTE
const TALKING_MS = 8 * 60 * MINUTE

/** What is said about a call now proves that it lives, and for how long no other word is needed. */
export const lease = (state: string, now: number): Pick<Call, 'heard_at' | 'expires_at'> => ({
  heard_at: now,
  expires_at: now + (state === 'talking' ? TALKING_MS : UNANSWERED_MS),
})

/** Stores what has become of a call. Gives it as it is then. */
export async function putCall(tx: Tx, call: Call, change: Partial<Call>): Promise<Call> {
  await tx.updateTable('calls').set(change).where('id', '=', call.id).execute()
  return { ...call, ...change }
}

/** Somebody who must know has said something about it. That we ring on by ourselves proves nothing. */
export const hear = (tx: Tx, call: Call, now: number): Promise<Call> =>
  call.state === 'ended' ? Promise.resolve(call) : putCall(tx, call, lease(call.state, now))

/** The telephony side says that it is still there, and lost if nothing else is heard of it within so many seconds. */
export async function keepCall(
  tx: Tx,
  actor: Actor,
  id: string,
  { seconds, now = Date.now() }: { seconds?: number | undefined; now?: number },
): Promise<Call> {
  assertTelephony(actor)
  const { call } = await holdCall(tx, actor, id)
  if (call.state === 'ended' || seconds === undefined) return hear(tx, call, now)
  return putCall(tx, call, { heard_at: now, expires_at: now + seconds * 1_000 })
}
