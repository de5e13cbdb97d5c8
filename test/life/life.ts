// A desk that lives through random steps, and the notes that are taken of it. What a step must do to a conversation is
// foretold where the definitions foretell it; of routing, merging and the like it is looked at, in what everybody can see:
// never in facts, load, clocks or stretches.
import type { Selectable } from 'kysely'
import { expect, vi } from 'vitest'
import type { Tables } from '../../server/db/schema.ts'
import type { Tx } from '../../server/db/write.ts'
import type { Conversation } from '../../server/desk/conversations/conversation.ts'
import type { Move } from '../../server/desk/conversations/moves.ts'
import type { FactKind } from '../../server/desk/metrics/facts.ts'
import type { Service } from '../../server/desk/metrics/load.ts'
import { Refusal } from '../../server/lib/errors.ts'
import type { TestDesk } from '../desk.ts'
import { dueAt, openSeconds } from './clocks.ts'
import type {
  Happened,
  NotedAgent,
  NotedClock,
  NotedConversation,
  NotedTalk,
  NotedWork,
  Seen,
  Stand,
  Terms,
} from './notes.ts'
import { secondsBetween } from './notes.ts'

/** What must be seen of a conversation after a step. */
export interface Foretold {
  status?: string
  waiting_since?: number | null
  department_id?: string
  agent_id?: string | null
}

/** What a step has done. */
export interface Done {
  /** What it was done to, and what that must have become. Nothing else may have changed, unless `reach` is wide. */
  foretold?: Map<string, Foretold>
  reach?: 'wide'
  /** The agent who did it. */
  by?: string | null
  /** When it happened, if not now. */
  at?: number
  /** Of work by routing and the like: agents who are asked no longer have missed it. */
  missed?: 'missed' | 'expired' | 'no'
}

export class Life {
  now: number
  zone = 'GMT'
  readonly desk: TestDesk
  agents: NotedAgent[] = []
  departments: { id: string; isDeleted: boolean }[] = []
  tags: { id: string; isDeleted: boolean }[] = []
  customers: { id: string; user_id: string; email: string }[] = []
  visitors: string[] = []
  readonly levels = new Map<string, Terms | undefined>()
  rules: string[] = []
  readonly conversations = new Map<string, NotedConversation>()
  readonly chats = new Map<string, NotedTalk>()
  readonly calls = new Map<string, NotedTalk & { talked: number; wasOffline: boolean }>()
  happened: Happened[] = []
  readonly clocks: NotedClock[] = []
  works: NotedWork[] = []
  readonly moves: Move[] = []
  seen: Seen = { conversations: new Map(), chats: new Map(), calls: new Map(), offers: new Map() }
  /** Live connections that beat. */
  beating: string[] = []

  constructor(desk: TestDesk, now: number) {
    this.desk = desk
    this.now = now
  }

  write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.desk.app.database.write(work)
  }

  /** Does a step. One that is refused must have changed nothing. */
  async live(pause: number, work: () => Promise<Done>): Promise<void> {
    this.now += pause
    vi.setSystemTime(this.now)
    const before = this.seen
    let done: Done
    try {
      done = await work()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      done = {}
    }
    this.seen = await this.look()
    this.#noteTalks(before, done)
    this.#noteConversations(before, done)
  }

  async look(): Promise<Seen> {
    const db = this.desk.app.database.reader
    const byId = <Row, Key>(rows: Row[], key: (row: Row) => Key): Map<Key, Row> =>
      new Map(rows.map((row) => [key(row), row]))
    return {
      conversations: byId(await db.selectFrom('conversations').selectAll().execute(), ({ id }) => id),
      chats: byId(await db.selectFrom('chats').selectAll().execute(), (row) => row.conversation_id),
      calls: byId(await db.selectFrom('calls').selectAll().execute(), ({ id }) => id),
      offers: byId(await db.selectFrom('offers').selectAll().execute(), ({ seq }) => seq),
    }
  }

  noted(id: string): NotedConversation {
    const noted = this.conversations.get(id)
    if (!noted) throw new Error(`conversation ${id} was not noted`)
    return noted
  }

  row(id: string): Conversation {
    const row = this.seen.conversations.get(id)
    if (!row) throw new Error(`conversation ${id} was not seen`)
    return row
  }

  /** Takes down what happened in a conversation. `since`: it took that long. */
  note(
    kind: FactKind,
    row: Pick<Conversation, 'id' | 'department_id' | 'channel' | 'sla_level_id'>,
    agent: string | null,
    { at = this.now, since, took }: { at?: number; since?: number; took?: number } = {},
  ): Happened {
    const seconds = since === undefined ? took : secondsBetween(since, at)
    const hours = row.sla_level_id === null ? undefined : this.levels.get(row.sla_level_id)?.hours
    const happened = {
      kind,
      at,
      conversation: row.id,
      department: row.department_id,
      channel: row.channel,
      agent,
      took: seconds,
      open: since === undefined || !hours ? seconds : openSeconds(hours, since, at),
    }
    this.happened.push(happened)
    return happened
  }

  /** An agent has answered: whoever has waited waits no longer. `row` is what the conversation was before. */
  answered(row: Conversation, agent: string, at: number): void {
    const terms = row.sla_level_id === null ? undefined : this.levels.get(row.sla_level_id)
    const promised = this.#promiseOf(row)
    if (!terms || !promised || row.waiting_since === null) return
    const target = terms.targets[promised.service][promised.kind]
    if (target === null) return
    this.clocks.push({
      service: promised.service,
      department: row.department_id,
      agent,
      level: row.sla_level_id ?? '',
      customer: row.customer_id,
      conversation: row.id,
      startedAt: row.waiting_since,
      dueAt: dueAt(terms.hours, row.waiting_since, target),
      closedAt: at,
      seconds: openSeconds(terms.hours, row.waiting_since, at),
    })
  }

  /** What an answer to a conversation is promised as. */
  #promiseOf(row: Conversation): { service: Service; kind: 'first' | 'next' } | undefined {
    const { status, channel, groups_out } = row
    if (status === 'N' || status === 'C') return { service: 'tickets', kind: status === 'N' ? 'first' : 'next' }
    const kind = groups_out === 0 ? 'first' : 'next'
    if (status === 'T' || (status === 'I' && !['C', 'W'].includes(channel))) return { service: 'chats', kind }
    if (status !== 'P' && status !== 'I') return undefined
    // Called back from a ticket: what is promised is an answer to that.
    const call = [...this.seen.calls.values()].find(
      (one) => one.conversation_id === row.id && one.state !== 'ended' && one.direction === 'outgoing',
    )
    const before = call?.status_before
    if (before === 'N' || before === 'C') return { service: 'tickets', kind: before === 'N' ? 'first' : 'next' }
    return { service: 'calls', kind }
  }

  #noteConversations(before: Seen, done: Done): void {
    for (const [id, row] of this.seen.conversations) {
      const was = before.conversations.get(id)
      if (!was) {
        this.#noteNew(row, done)
        continue
      }
      const noted = this.noted(id)
      const foretold = done.foretold?.get(id)
      const visible = pick(row)
      // Nothing was done to it.
      if (!foretold && done.reach !== 'wide') expect(visible).toEqual(pick(was))
      if (foretold) expect(visible).toMatchObject(foretold)
      const at = Math.max(this.#timeOf(row, before, done), noted.changedAt)
      noted.changedAt = Math.max(noted.changedAt, row.changed_at)
      this.#stand(noted.stands, at, ticketPlace(row))
      this.#noteChange(noted, was, row, done)
    }
  }

  /** When a change became visible: with the end of a call, if that is told later; else when the step says. */
  #timeOf(row: Conversation, before: Seen, done: Done): number {
    for (const call of this.seen.calls.values())
      if (call.conversation_id === row.id && call.state === 'ended' && before.calls.get(call.id)?.state !== 'ended')
        return call.ended_at ?? this.now
    return done.at ?? this.now
  }

  #noteNew(row: Conversation, done: Done): void {
    const at = done.at ?? this.now
    const noted: NotedConversation = {
      id: row.id,
      channel: row.channel,
      customer: row.customer_id,
      createdAt: at,
      stands: [],
      tags: new Set(),
      wasAssigned: false,
      wasResolved: false,
      changedAt: at,
    }
    this.conversations.set(row.id, noted)
    const foretold = done.foretold?.get('new')
    if (foretold) expect(pick(row)).toMatchObject(foretold)
    this.#stand(noted.stands, at, ticketPlace(row))
    this.note('created', row, done.by ?? null, { at })
    this.#noteChange(noted, undefined, row, { ...done, at })
  }

  #noteChange(noted: NotedConversation, was: Conversation | undefined, row: Conversation, done: Done): void {
    const at = done.at ?? this.now
    if (row.agent_id !== null && !noted.wasAssigned) {
      noted.wasAssigned = true
      this.note('first_assigned', row, row.agent_id, { at, since: noted.createdAt })
    }
    if (row.status === 'R' && was?.status !== 'R') {
      // Moves, and a call back that nobody answered, give back what was: nobody has resolved anything.
      if (done.reach === 'wide' || (was?.status === 'P' && done.by === undefined)) return
      const by = done.by ?? null
      // A chat ends before it is resolved, and may get another level by that: its own was deleted.
      const isChat = was?.status === 'I' || was?.status === 'T'
      const resolved = { ...(was ?? row), ...(isChat && { sla_level_id: row.sla_level_id }) }
      this.note('resolved', resolved, by, { at })
      if (!noted.wasResolved) this.note('first_resolved', resolved, by, { at, since: noted.createdAt })
      noted.wasResolved = true
    }
  }

  #stand(stands: Stand[], at: number, place: Stand['place']): void {
    const last = stands.at(-1)
    if (last?.place?.department === place?.department && last?.place?.agent === place?.agent) return
    stands.push({ at, place })
  }

  #noteTalks(before: Seen, done: Done): void {
    for (const [id, chat] of this.seen.chats) this.#noteChat(before.chats.get(id), chat, before)
    for (const [id, call] of this.seen.calls) this.#noteCall(before.calls.get(id), call, before)
    for (const [seq, offer] of this.seen.offers) this.#noteOffer(before.offers.get(seq), offer, before, done)
  }

  #noteChat(was: Chat | undefined, chat: Chat, before: Seen): void {
    const row = before.conversations.get(chat.conversation_id) ?? this.row(chat.conversation_id)
    const noted = this.chats.get(chat.conversation_id) ?? { id: chat.conversation_id, stands: [] }
    this.chats.set(noted.id, noted)
    const { department_id: department } = this.row(chat.conversation_id)
    const place =
      chat.state === 'ended' ? undefined : { department, agent: chat.state === 'queued' ? null : chat.agent_id }
    this.#stand(noted.stands, this.now, place)
    if (!was) this.note('chat_started', row, null)
    const had = (one: Chat | undefined) => one?.accepted_at != null
    if (had(chat) && !had(was)) this.note('chat_accepted', row, chat.agent_id, { since: chat.started_at })
    if (chat.state !== 'ended' || was?.state === 'ended') return
    const last = noted.stands.findLast((stand) => stand.place && stand.place.agent !== null)?.place?.agent ?? null
    this.note('chat_ended', row, last)
    if (!this.happened.some((one) => one.kind === 'chat_answer' && one.conversation === row.id))
      this.note('chat_unanswered', row, null)
    const accepted = this.happened.find((one) => one.kind === 'chat_accepted' && one.conversation === row.id)
    if (accepted) this.note('chat_talked', row, last, { since: accepted.at })
  }

  #noteCall(was: Call | undefined, call: Call, before: Seen): void {
    const row = before.conversations.get(call.conversation_id) ?? this.row(call.conversation_id)
    const noted = this.calls.get(call.id) ?? { id: call.id, stands: [], talked: 0, wasOffline: false }
    this.calls.set(noted.id, noted)
    const at = call.state === 'ended' ? (call.ended_at ?? this.now) : this.now
    const wasTalking = was !== undefined && was.taken_at !== null && was.state !== 'ended'
    const talks = call.taken_at !== null && call.state !== 'ended'
    const waits = call.direction === 'incoming' && ['queued', 'ringing'].includes(call.state)
    if (wasTalking && was.taken_at !== null && (!talks || call.taken_at !== was.taken_at))
      noted.talked += secondsBetween(was.taken_at, at)
    this.#stand(
      noted.stands,
      Math.max(at, noted.stands.at(-1)?.at ?? at),
      talks
        ? { department: call.department_id, agent: call.agent_id }
        : waits
          ? { department: call.department_id, agent: null }
          : undefined,
    )
    if (!was && call.direction === 'incoming') {
      const isThere = this.agents.some((one) => one.presence.takes(call.department_id, this.now).includes('P'))
      expect(call.state === 'offline').toBe(!isThere)
      this.note('call_started', row, null)
      noted.wasOffline = !isThere
      if (!isThere) this.note('call_offline', row, null)
    }
    // A ticket that an agent calls back from has been answered by that; his own call was his words from the beginning.
    if (talks && call.taken_at !== was?.taken_at && (call.direction === 'incoming' || call.status_before !== null))
      if (call.direction !== 'internal') this.answered(row, call.agent_id ?? '', this.now)
    const isAnswered = call.answered_at !== null
    if (isAnswered && was?.answered_at == null && call.direction === 'incoming')
      this.note('call_answered', row, call.agent_id, { since: call.started_at })
    if (call.state !== 'ended' || was?.state === 'ended') return
    if (isAnswered) {
      const kind = ({ outgoing: 'call_out', internal: 'call_internal' } as const)[call.direction] ?? 'call_ended'
      this.note(kind, row, call.agent_id, { at, took: noted.talked })
    } else if (call.direction === 'incoming' && !noted.wasOffline) this.note('call_unanswered', row, null, { at })
  }

  #noteOffer(was: Offer | undefined, offer: Offer, before: Seen, done: Done): void {
    if (!was || was.ended_at !== null || offer.ended_at === null || offer.accepted_at !== null) return
    const call = before.calls.get(offer.item_id)
    if (offer.service === 'calls' && call?.direction !== 'incoming') return
    const row = before.conversations.get(call?.conversation_id ?? offer.item_id)
    if (!row) throw new Error(`offer ${offer.seq} is of nothing that was seen`)
    const agent = this.agents.find(({ id }) => id === offer.agent_id)
    // Nothing was heard of a call for so long that it must be over.
    const isLost = call !== undefined && this.seen.calls.get(call.id)?.state === 'ended'
    const hasRungOut = offer.expires_at <= this.now
    const isGone = offer.service === 'chats' && !agent?.presence.takes(row.department_id, this.now).includes('T')
    if (done.missed === 'missed' || (done.missed === 'expired' && (hasRungOut || isGone || isLost))) {
      const kind = offer.service === 'chats' ? 'chat_offer_missed' : 'call_offer_missed'
      this.note(kind, row, offer.agent_id, { at: offer.ended_at })
    }
  }
}

type Chat = Selectable<Tables['chats']>
type Call = Selectable<Tables['calls']>
type Offer = Selectable<Tables['offers']>

const ticketPlace = ({ status, department_id, agent_id }: Conversation): Stand['place'] =>
  status === 'N' || status === 'C' ? { department: department_id, agent: agent_id } : undefined

const pick = ({ status, waiting_since, department_id, agent_id, merged_into }: Conversation) => ({
  ...{ status, waiting_since, department_id, agent_id, merged_into },
})
