// Calls as our own API shows them.
import type { z } from 'zod'
import type { callSchema, recordingSchema } from '../../../../contract/v3/calls.ts'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import type { Reader } from '../../../db/write.ts'
import { type Call, directions, states } from '../../../desk/calls/call.ts'
import { listOffers } from '../../../desk/calls/find.ts'
import { listRecordings, type Recording, recordingKinds } from '../../../desk/calls/recordings.ts'
import type { Offer } from '../../../desk/routing/offers.ts'
import { idOfRow } from '../../../lib/ids.ts'

/** One of the words that a column can hold. */
function oneOf<Word extends string>(words: readonly Word[], text: string): Word {
  const word = words.find((known) => known === text)
  if (!word) throw new Error(`'${text}' is none of ${words.join(', ')}`)
  return word
}

const offerView = (offer: Offer) => ({
  agentid: offer.agent_id,
  state:
    offer.ended_at !== null
      ? ('ended' as const)
      : offer.accepted_at === null
        ? ('ringing' as const)
        : ('talking' as const),
  outcome: offer.outcome,
  dateoffered: instantText(offer.offered_at),
  dateuntil: offer.ended_at === null && offer.accepted_at === null ? instantText(offer.expires_at) : null,
})

export const recordingView = ({ reference, kind, file, at }: Recording): z.input<typeof recordingSchema> => ({
  reference,
  kind: oneOf(recordingKinds, kind),
  fileid: file.id,
  name: file.name,
  type: file.type,
  size: file.size,
  datecreated: instantText(at),
})

const callView = (
  call: Call,
  offers: readonly Offer[],
  recordings: readonly Recording[],
): z.input<typeof callSchema> => ({
  callid: call.id,
  conversationid: call.conversation_id,
  messagegroupid: idOfRow(call.group_seq),
  departmentid: call.department_id,
  direction: oneOf(directions, call.direction),
  state: oneOf(states, call.state),
  agentid: call.agent_id,
  caller: call.caller,
  callee: call.callee,
  reference: call.reference,
  offers: offers.map(offerView),
  recordings: recordings.map(recordingView),
  datestarted: instantText(call.started_at),
  datequeued: instantText(call.queued_at),
  dateanswered: instantTextOrNull(call.answered_at),
  dateended: instantTextOrNull(call.ended_at),
  endedby: call.ended_by,
  seconds: Math.floor(call.talked / 1000),
  dateexpires: call.state === 'ended' ? null : instantText(call.expires_at),
})

export async function callViews(db: Reader, calls: readonly Call[]): Promise<z.input<typeof callSchema>[]> {
  const ids = calls.map(({ id }) => id)
  const offers = await listOffers(db, ids)
  const recordings = await listRecordings(db, ids)
  return calls.map((call) => callView(call, offers.get(call.id) ?? [], recordings.get(call.id) ?? []))
}

export async function viewCall(db: Reader, call: Call): Promise<z.input<typeof callSchema>> {
  const [view] = await callViews(db, [call])
  if (!view) throw new Error('one call gives one view')
  return view
}
