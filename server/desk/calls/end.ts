// The end of a call: somebody has hung up, or nothing was heard of it for too long.
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Invalid } from '../../lib/errors.ts'
import { type Actor, SYSTEM_USER, userOf } from '../actor.ts'
import { messageTypes } from '../conversations/letters.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { inBusinessTime } from '../sla/clocks.ts'
import { assertMayHandle, type Call, type Held, holdCall } from './call.ts'
import { putCall } from './expiry.ts'
import { handedOnAt, lengthText, note } from './history.ts'
import { loadCall } from './load.ts'
import { dropOffer, routeNow } from './offers.ts'
import { settle } from './standing.ts'

export const enders = ['caller', 'callee', 'agent', 'system'] as const
export type Ender = (typeof enders)[number]

/** Ends a call. One that has ended stays as it is: whoever says so again has not heard the answer. */
export async function stopCall(
  tx: Tx,
  actor: Actor,
  id: string,
  { by = 'system', at, now = Date.now() }: { by?: Ender | undefined; at?: number | undefined; now?: number },
): Promise<Call> {
  const held = await holdCall(tx, actor, id)
  if (held.call.state === 'ended') return held.call
  assertMayHandle(actor, held)
  return endHeld(tx, held, { by, at: await trueEnd(tx, held.call, at, now), userId: userOf(actor) })
}

/** When it really ended, for a telephony side that comes late: not before what was said about it. */
async function trueEnd(tx: Tx, call: Call, at: number | undefined, now: number): Promise<number> {
  if (at === undefined) return now
  if (at > now) throw new Invalid('at', 'must not be in the future')
  if (at < Math.max(call.taken_at ?? call.queued_at, await handedOnAt(tx, call)))
    throw new Invalid('at', 'must not be before the call began, was answered or was transferred')
  return at
}

export async function endHeld(
  tx: Tx,
  { call, conversation, offers }: Held,
  { by, at, userId = SYSTEM_USER }: { by: Ender; at: number; userId?: string },
): Promise<Call> {
  for (const offer of offers)
    await dropOffer(
      tx,
      { call, conversation },
      offer,
      offer.accepted_at === null ? 'left' : 'done',
      Math.max(at, offer.offered_at),
    )
  const talked = talkedUntil(call, at)
  const ended = await putCall(tx, call, { state: 'ended', ended_at: at, ended_by: by, talked, taken_at: null })
  loadCall(tx, call, ended, at)
  const body = call.answered_at === null ? 'Ended without an answer' : `Ended after ${lengthText(talked)}`
  await note(tx, call, { type: messageTypes.end, body, userId, at })
  await recordFacts(tx, await inBusinessTime(tx, conversation, factsOfEnd(ended, conversation, at)))
  await settle(tx, call, conversation, at)
  // Whoever had it is free again.
  routeNow(tx)
  recordEvent(tx, {
    type: 'call.ended',
    conversationId: call.conversation_id,
    data: {
      callid: call.id,
      agentid: call.agent_id,
      targetid: call.target_id,
      reference: call.reference,
      by,
      seconds: Math.floor(talked / 1000),
    },
  })
  return ended
}

/** Milliseconds of talk until an instant. A clock that was set back takes none away. */
export const talkedUntil = ({ talked, taken_at }: Call, at: number): number =>
  talked + (taken_at === null ? 0 : Math.max(0, wholeSecond(at) - wholeSecond(taken_at)))

// Between the seconds that dates show, as all durations of reports.
const wholeSecond = (instant: number): number => Math.floor(instant / 1000) * 1000

function factsOfEnd(call: Call, conversation: Held['conversation'], at: number): FactDraft[] {
  const { direction, agent_id: agentId, talked } = call
  const fact = { at, conversation, agentId, took: talked }
  if (call.answered_at !== null)
    return [
      {
        ...fact,
        kind: direction === 'incoming' ? 'call_ended' : direction === 'outgoing' ? 'call_out' : 'call_internal',
      },
    ]
  // One that came while nobody was online was counted as such when it came.
  return direction === 'incoming' && call.was_online === 1 ? [{ kind: 'call_unanswered', at, conversation }] : []
}
