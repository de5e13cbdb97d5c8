// A chat as rows: in the words of the functions in desk/chats.
import { SYSTEM_USER } from '../desk/actor.ts'
import type { Chat } from '../desk/chats/chat.ts'
import { FORGOTTEN_AFTER_MS } from '../desk/chats/visitors.ts'
import { groupTypes, messageTypes } from '../desk/conversations/letters.ts'
import type { FactDraft } from '../desk/metrics/facts.ts'
import { isMissed, type OfferOutcome } from '../desk/routing/offers.ts'
import { newId, newSecret } from '../lib/ids.ts'
import { changeLive, endLive, Offers } from './live-pen.ts'
import type { Part, Pen, Played } from './pen.ts'
import type { LiveStep, PlannedChat, PlannedConversation } from './plan.ts'
import { append } from './tables.ts'

/** Writes a chat whose conversation is open, from its first line to its end. */
export function playChat(pen: Pen, played: Played, planned: PlannedConversation, live: PlannedChat): void {
  const chat = new ChatPen(pen, played, planned, live)
  for (const step of live.steps) chat.play(step)
  chat.finish()
}

class ChatPen {
  readonly #pen: Pen
  readonly #played: Played
  readonly #planned: PlannedConversation
  readonly #live: PlannedChat
  readonly #offers: Offers
  readonly #chat: Chat

  constructor(pen: Pen, played: Played, planned: PlannedConversation, live: PlannedChat) {
    const { at, text, customer } = planned
    const { conversation, requester } = played
    this.#pen = pen
    this.#played = played
    this.#planned = planned
    this.#live = live
    this.#offers = new Offers(pen, 'chats', conversation.id)
    const group_seq = pen.addGroup(conversation, groupTypes.chat, requester.userId, at, [[messageTypes.message, text]])
    this.#chat = {
      conversation_id: conversation.id,
      visitor_id: newId(),
      state: 'queued',
      agent_id: null,
      group_seq,
      started_at: at,
      queued_at: at,
      accepted_at: null,
      answered_at: null,
      ended_at: null,
      ended_by: null,
    }
    this.#addLines(at, SYSTEM_USER, [
      [messageTypes.system, `The chat began on ${live.page}`],
      [messageTypes.system, `The visitor says that his address is ${customer.email}. Nobody has verified it.`],
    ])
    pen.addFacts([{ kind: 'chat_started', at, conversation }])
    this.#load(at, 1)
    this.#ring(live.first, at)
  }

  play(step: LiveStep): void {
    if (step.kind === 'ring') this.#ring(step.agent, step.at)
    else if (step.kind === 'miss') this.#miss(step)
    else if (step.kind === 'take') this.#take(this.#pen.cast.agents[step.agent]?.id ?? '', step)
    else if (step.kind === 'say') this.#say(step)
    else if (step.kind === 'hand-on') this.#handOn(step)
    else this.#end(step)
  }

  #addLines(at: number, userId: string, parts: readonly Part[]): void {
    this.#pen.addTo(this.#played.conversation, this.#chat.group_seq, userId, at, parts)
  }

  /** Where it counts now, once more or once less. */
  #load(at: number, delta: 1 | -1): void {
    const { conversation } = this.#played
    const agentId = this.#chat.state === 'running' ? this.#chat.agent_id : null
    const { id, department_id: departmentId } = conversation
    this.#pen.addLoad([{ service: 'chats', at, departmentId, agentId, delta, conversationId: id, itemId: id }])
  }

  #ring(agent: number | null, at: number): void {
    if (agent !== null) this.#offers.ring(this.#played.conversation.department_id, this.#pen.agentId(agent), at)
  }

  #drop(agentId: string, outcome: OfferOutcome, at: number): void {
    const { conversation } = this.#played
    this.#offers.end(agentId, outcome, at)
    if (isMissed(outcome)) this.#pen.addFacts([{ kind: 'chat_offer_missed', at, conversation, agentId }])
  }

  #miss({ agent, outcome, next, at }: Extract<LiveStep, { kind: 'miss' }>): void {
    this.#drop(this.#pen.agentId(agent), outcome, at)
    this.#ring(next, at)
  }

  #take(agentId: string, { at, agent }: Extract<LiveStep, { kind: 'take' }>): void {
    const { conversation } = this.#played
    this.#offers.take(conversation.department_id, agentId, at)
    const isFirst = this.#chat.accepted_at === null
    this.#load(at, -1)
    this.#chat.state = 'running'
    this.#chat.agent_id = agentId
    this.#chat.accepted_at ??= at
    changeLive(this.#pen, this.#played, { status: 'T', agentId, at })
    this.#load(at, 1)
    if (isFirst)
      this.#pen.addTimedFacts(conversation, [
        { kind: 'chat_accepted', at, conversation, agentId, took: at - this.#chat.started_at },
      ])
    const name = this.#pen.cast.agents[agent]?.system_name
    this.#addLines(at, agentId, [[messageTypes.system, `${name} has the chat now.`]])
  }

  #say({ at, by, text }: Extract<LiveStep, { kind: 'say' }>): void {
    const { conversation, clocks, requester } = this.#played
    const { kind, userId } = this.#pen.authorOf(by, requester)
    this.#addLines(at, userId, [[messageTypes.message, text]])
    conversation.changed_at = Math.max(conversation.changed_at, at)
    if (kind === 'customer') {
      conversation.waiting_since ??= at
      clocks.keep(conversation, at, null)
      return
    }
    const isFirst = this.#chat.answered_at === null
    this.#chat.answered_at ??= at
    conversation.groups_out += isFirst ? 1 : 0
    conversation.waiting_since = null
    clocks.keep(conversation, at, userId)
    const fact = (name: FactDraft['kind']): FactDraft => ({ kind: name, at, conversation, agentId: userId })
    this.#pen.addFacts([...(isFirst ? [fact('chat_answered')] : []), fact('chat_answer')])
  }

  #handOn({ at, by, agent, department, next }: Extract<LiveStep, { kind: 'hand-on' }>): void {
    const { cast } = this.#pen
    const userId = this.#pen.agentId(by)
    const toDepartment = department === null ? undefined : cast.departments[department]
    if (toDepartment) {
      for (const offer of this.#offers.open)
        this.#drop(offer.agent_id, offer.accepted_at === null ? 'withdrawn' : 'handed-on', at)
      this.#load(at, -1)
      this.#chat.state = 'queued'
      this.#chat.queued_at = at
      this.#played.conversation.waiting_since ??= at
      changeLive(this.#pen, this.#played, { status: 'I', agentId: null, departmentId: toDepartment.id, at })
      this.#load(at, 1)
    }
    const name = toDepartment?.name ?? cast.agents[agent ?? -1]?.system_name
    this.#addLines(at, userId, [[messageTypes.system, `Handed to ${name}`]])
    this.#ring(toDepartment ? next : agent, at)
  }

  #end({ at, by }: Extract<LiveStep, { kind: 'end' }>): void {
    const { conversation } = this.#played
    const byVisitor = by === 'customer'
    for (const { agent_id, accepted_at } of this.#offers.open)
      this.#drop(agent_id, accepted_at !== null ? 'done' : byVisitor ? 'left' : 'withdrawn', at)
    const { agent_id: agentId, answered_at, accepted_at } = this.#chat
    this.#pen.addTimedFacts(conversation, [
      { kind: 'chat_ended', at, conversation, agentId },
      ...(answered_at === null ? [{ kind: 'chat_unanswered' as const, at, conversation }] : []),
      ...(accepted_at === null
        ? []
        : [{ kind: 'chat_talked' as const, at, conversation, agentId, took: at - accepted_at }]),
    ])
    const words = byVisitor ? 'The visitor has ended the chat.' : 'The chat was ended.'
    this.#addLines(at, byVisitor ? SYSTEM_USER : this.#pen.agentId(by), [[messageTypes.end, words]])
    this.#load(at, -1)
    this.#chat.state = 'ended'
    this.#chat.ended_at = at
    this.#chat.ended_by = byVisitor ? 'visitor' : 'agent'
    endLive(this.#pen, this.#played, at)
  }

  finish(): void {
    const { customer, at } = this.#planned
    const seen_at = this.#chat.ended_at ?? at
    append(this.#pen.portion, 'chats', { ...this.#chat })
    const { agent_id: agentId, group_seq: group } = this.#chat
    if (agentId !== null) this.#played.work = { group, agentId }
    // The others are forgotten by now.
    if (seen_at <= this.#pen.setting.until - FORGOTTEN_AFTER_MS) return
    append(this.#pen.portion, 'visitors', {
      id: this.#chat.visitor_id,
      // Of a token that nobody has.
      token_hash: newSecret(),
      customer_id: this.#played.requester.id,
      name: `${customer.firstname} ${customer.lastname}`,
      email: customer.email,
      page: this.#live.page,
      referrer: '',
      language: customer.language,
      created_at: at,
      seen_at,
    })
  }
}
