// A call as rows: in the words of the functions in desk/calls.
import { SYSTEM_USER } from '../desk/actor.ts'
import type { Call } from '../desk/calls/call.ts'
import { type Ender, talkedUntil } from '../desk/calls/end.ts'
import { lease } from '../desk/calls/expiry.ts'
import { groupTypeOf, lengthText } from '../desk/calls/history.ts'
import { type MessageType, messageTypes } from '../desk/conversations/letters.ts'
import { isMissed, type OfferOutcome } from '../desk/routing/offers.ts'
import { newId } from '../lib/ids.ts'
import { changeLive, endLive, Offers, settleAs } from './live-pen.ts'
import type { Pen, Played } from './pen.ts'
import type { LiveStep, PlannedCall, PlannedConversation } from './plan.ts'
import { append } from './tables.ts'

/** Writes a call whose conversation is open, from the first ring to its end. */
export function playCall(pen: Pen, played: Played, planned: PlannedConversation, live: PlannedCall): void {
  const call = new CallPen(pen, played, planned, live)
  for (const step of live.steps) call.play(step)
  call.finish()
}

class CallPen {
  readonly #pen: Pen
  readonly #played: Played
  readonly #offers: Offers
  #call: Call

  constructor(pen: Pen, played: Played, { at, by, text }: PlannedConversation, live: PlannedCall) {
    const { conversation, requester } = played
    const { userId, kind } = pen.authorOf(by, requester)
    const agentId = kind === 'agent' ? userId : null
    const first = live.first === null ? null : pen.agentId(live.first)
    const state = live.kind !== 'incoming' ? 'ringing' : live.isOnline ? 'queued' : 'offline'
    this.#pen = pen
    this.#played = played
    const id = newId()
    this.#offers = new Offers(pen, 'calls', id)
    this.#call = {
      id,
      conversation_id: conversation.id,
      department_id: conversation.department_id,
      direction: live.kind,
      state,
      agent_id: agentId,
      target_id: live.kind === 'internal' ? first : null,
      caller: live.caller,
      callee: live.callee,
      reference: null,
      group_seq: pen.addGroup(conversation, groupTypeOf(live.kind), userId, at, [[messageTypes.message, text]]),
      status_before: null,
      started_at: at,
      queued_at: at,
      round_at: at,
      answered_at: null,
      taken_at: null,
      talked: 0,
      ended_at: null,
      ended_by: null,
      was_online: live.isOnline ? 1 : 0,
      ...lease(state, at),
    }
    if (live.kind === 'outgoing') changeLive(pen, played, { status: 'P', agentId, at })
    if (agentId !== null) this.#offers.take(conversation.department_id, agentId, at)
    if (live.kind === 'incoming') {
      this.#load(at, 1)
      pen.addFacts([
        { kind: 'call_started', at, conversation },
        ...(live.isOnline ? [] : [{ kind: 'call_offline' as const, at, conversation }]),
      ])
    }
    if (first !== null) this.#ring(first, at)
  }

  play(step: LiveStep): void {
    if (step.kind === 'ring') this.#ring(this.#pen.agentId(step.agent), step.at)
    else if (step.kind === 'miss') this.#miss(step)
    else if (step.kind === 'take') this.#take(step)
    else if (step.kind === 'hand-on') this.#handOn(step)
    else if (step.kind === 'end') this.#end(step)
  }

  #note(type: MessageType, body: string, userId: string, at: number): void {
    this.#pen.addTo(this.#played.conversation, this.#call.group_seq, userId, at, [[type, body]])
  }

  /** Where it counts now, once more or once less. */
  #load(at: number, delta: 1 | -1): void {
    const { direction, state, agent_id, department_id: departmentId, taken_at, conversation_id, id } = this.#call
    const isTalked = taken_at !== null && state !== 'ended'
    if (!isTalked && !(direction === 'incoming' && (state === 'queued' || state === 'ringing'))) return
    const agentId = isTalked ? agent_id : null
    this.#pen.addLoad([
      { service: 'calls', at, departmentId, agentId, delta, conversationId: conversation_id, itemId: id },
    ])
  }

  #ring(agentId: string, at: number): void {
    this.#offers.ring(this.#call.department_id, agentId, at, this.#call.direction === 'internal')
    this.#call.state = 'ringing'
  }

  #drop(agentId: string, outcome: OfferOutcome, at: number): void {
    const { conversation } = this.#played
    this.#offers.end(agentId, outcome, at)
    if (this.#call.direction === 'incoming' && isMissed(outcome))
      this.#pen.addFacts([{ kind: 'call_offer_missed', at, conversation, agentId }])
  }

  #miss({ agent, outcome, next, at }: Extract<LiveStep, { kind: 'miss' }>): void {
    this.#drop(this.#pen.agentId(agent), outcome, at)
    this.#call.state = 'queued'
    if (next !== null) this.#ring(this.#pen.agentId(next), at)
  }

  #take({ agent, at }: Extract<LiveStep, { kind: 'take' }>): void {
    const { direction } = this.#call
    const agentId = this.#pen.agentId(agent)
    this.#load(at, -1)
    const isFirst = this.#call.answered_at === null
    Object.assign(this.#call, { state: 'talking', answered_at: this.#call.answered_at ?? at, taken_at: at })
    Object.assign(this.#call, lease('talking', at))
    if (direction === 'incoming') this.#takeIncoming(agentId, agent, at, isFirst)
    else {
      this.#offers.accept(agentId, at)
      this.#note(messageTypes.system, 'Answered', agentId, at)
      if (direction === 'internal') changeLive(this.#pen, this.#played, { status: 'P', agentId: null, at })
    }
    this.#load(at, 1)
  }

  #takeIncoming(agentId: string, agent: number, at: number, isFirst: boolean): void {
    const { conversation, clocks } = this.#played
    this.#call.agent_id = agentId
    this.#offers.take(this.#call.department_id, agentId, at)
    this.#note(messageTypes.system, `Answered by ${this.#pen.cast.agents[agent]?.system_name}`, agentId, at)
    if (isFirst)
      this.#pen.addTimedFacts(conversation, [
        { kind: 'call_answered', at, conversation, agentId, took: at - this.#call.started_at },
      ])
    conversation.groups_out += 1
    conversation.waiting_since = null
    clocks.keep(conversation, at, agentId)
    changeLive(this.#pen, this.#played, { status: 'P', agentId, at })
  }

  #handOn({ at, by, agent, department, next }: Extract<LiveStep, { kind: 'hand-on' }>): void {
    const { cast } = this.#pen
    const { conversation } = this.#played
    const to = department === null ? undefined : cast.departments[department]
    const place = to ?? cast.departments.find(({ id }) => id === this.#call.department_id)
    const [holder] = this.#offers.open
    for (const { agent_id } of this.#offers.open) this.#drop(agent_id, 'handed-on', at)
    this.#load(at, -1)
    Object.assign(this.#call, {
      state: 'queued',
      department_id: place?.id ?? '',
      queued_at: at,
      round_at: holder?.offered_at ?? at,
      talked: talkedUntil(this.#call, at),
      taken_at: null,
      ...lease('queued', at),
    })
    this.#load(at, 1)
    const name = agent === null ? undefined : cast.agents[agent]?.system_name
    const body = [place?.name, name].filter(Boolean).join(' / ')
    this.#note(messageTypes.transfer, body, this.#pen.agentId(by), at)
    conversation.waiting_since = at
    changeLive(this.#pen, this.#played, { status: 'I', agentId: null, departmentId: place?.id ?? '', at })
    this.#ring(this.#pen.agentId(agent ?? next ?? -1), at)
  }

  #end({ at, by }: Extract<LiveStep, { kind: 'end' }>): void {
    const { conversation } = this.#played
    for (const { agent_id, accepted_at } of this.#offers.open)
      this.#drop(agent_id, accepted_at === null ? 'left' : 'done', at)
    const call = { ...this.#call }
    const talked = talkedUntil(call, at)
    this.#load(at, -1)
    Object.assign(this.#call, { state: 'ended', ended_at: at, ended_by: enderOf(call, by), talked, taken_at: null })
    const body = call.answered_at === null ? 'Ended without an answer' : `Ended after ${lengthText(talked)}`
    this.#note(messageTypes.end, body, by === 'customer' ? SYSTEM_USER : this.#pen.agentId(by), at)
    const kinds = { incoming: 'call_ended', outgoing: 'call_out', internal: 'call_internal' } as const
    const kind = Object.entries(kinds).find(([direction]) => direction === call.direction)?.[1]
    if (call.answered_at !== null && kind)
      this.#pen.addTimedFacts(conversation, [{ kind, at, conversation, agentId: call.agent_id, took: talked }])
    else if (call.direction === 'incoming' && call.was_online === 1)
      this.#pen.addFacts([{ kind: 'call_unanswered', at, conversation }])
    if (call.state === 'offline') return
    if (call.direction === 'internal') settleAs(this.#pen, this.#played, { ...conversation }, 'L', at)
    else endLive(this.#pen, this.#played, at)
  }

  finish(): void {
    append(this.#pen.portion, 'calls', { ...this.#call })
    const { agent_id: agentId, group_seq: group, answered_at, direction } = this.#call
    if (agentId !== null && answered_at !== null && direction !== 'internal') this.#played.work = { group, agentId }
  }
}

const enderOf = ({ direction }: Call, by: 'customer' | number): Ender =>
  by !== 'customer' ? 'agent' : direction === 'incoming' ? 'caller' : 'callee'
