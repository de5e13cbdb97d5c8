// Writes rows of a history into a portion, and keeps the clocks of the conversation that is being played.
import type { Conversation } from '../desk/conversations/conversation.ts'
import type { GroupType, MessageType } from '../desk/conversations/letters.ts'
import { loadSteps } from '../desk/conversations/load-steps.ts'
import type { Author } from '../desk/conversations/messages.ts'
import { type FactDraft, factRow } from '../desk/metrics/facts.ts'
import { type LoadChange, loadChangeRow } from '../desk/metrics/load.ts'
import { spanOf, stayFrom } from '../desk/metrics/stays.ts'
import type { Cast } from './cast.ts'
import type { Clocks, Desk, Marks } from './clocks.ts'
import type { Rated } from './rating-steps.ts'
import { append, emptyPortion, rowCount, set, type Turn } from './tables.ts'

/** Who asks. */
export interface Requester {
  id: string
  userId: string
  /** Ids of his groups and his company's, and of this. */
  groups: readonly string[]
  companies: readonly string[]
}

/** What all portions of a load have in common. */
export interface Setting {
  cast: Cast
  desk: Desk
  /** The end of the history. */
  until: number
  nextId: () => string
}

/** A conversation as it is at an instant of its history. */
export interface Played {
  conversation: Conversation
  requester: Requester
  clocks: Clocks
  tags: string[]
  /** What an agent did last, by the place of its group: see desk/ratings/work.ts. */
  work?: { group: number; agentId: string }
  /** Its rating, or that of what was done before. */
  rated?: Rated
  ratings: Rated[]
}

export const marksOf = ({ requester: { groups, companies }, tags }: Played): Marks => ({ groups, companies, tags })

/** A message: its type, its text, and who wrote it where that is not who made its group. */
export type Part = readonly [type: MessageType, body: string, userId?: string]

export class Pen {
  readonly portion = emptyPortion()
  readonly setting: Setting
  readonly cast: Cast
  readonly #turns = new Map<string, Turn>()
  /** Those that last, by what it is: where its row is. */
  readonly #stays = new Map<string, { row: number; from: number }>()

  constructor(setting: Setting) {
    this.setting = setting
    this.cast = setting.cast
  }

  authorOf(by: 'customer' | number, customer: Requester): Author {
    return by === 'customer'
      ? { kind: 'customer', userId: customer.userId }
      : { kind: 'agent', userId: this.agentId(by) }
  }

  agentId(number: number): string {
    return this.cast.agents[number]?.id ?? ''
  }

  /** Gives its place, for what comes into it later. */
  addGroup({ id }: Conversation, type: GroupType, userId: string, at: number, parts: readonly Part[]): number {
    const seq = rowCount(this.portion, 'groups')
    append(this.portion, 'groups', {
      seq,
      conversation_id: id,
      user_id: userId,
      rtype: type,
      created_at: at,
      finished_at: at,
    })
    this.#addParts(id, seq, userId, at, parts)
    return seq
  }

  /** Adds to a group, which lasts until then. */
  addTo({ id }: Conversation, group: number, userId: string, at: number, parts: readonly Part[]): void {
    this.#addParts(id, group, userId, at, parts)
    set(this.portion, 'groups', group, 'finished_at', at)
  }

  #addParts(conversation_id: string, group_seq: number, userId: string, at: number, parts: readonly Part[]): void {
    for (const [rtype, body, by = userId] of parts)
      append(this.portion, 'messages', { group_seq, conversation_id, user_id: by, rtype, body, created_at: at })
  }

  /** Round robin asks next whoever was asked longest ago. */
  noteTurn(department_id: string, service: string, agent_id: string, at: number): void {
    const key = `${department_id} ${service} ${agent_id}`
    const known = this.#turns.get(key)
    if (!known || known.at < at) this.#turns.set(key, { department_id, service, agent_id, at })
  }

  /** In one order, so that two who store want the same rows in the same order. */
  get turns(): Turn[] {
    return [...this.#turns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, turn]) => turn)
  }

  addLoad(changes: readonly LoadChange[]): void {
    for (const change of changes) {
      append(this.portion, 'loadChanges', loadChangeRow(change))
      this.#keepStay(change)
    }
  }

  #keepStay(change: LoadChange): void {
    const key = `${change.service} ${change.itemId}`
    const lasting = this.#stays.get(key)
    if (change.delta > 0) {
      this.#stays.set(key, { row: rowCount(this.portion, 'loadStays'), from: change.at })
      append(this.portion, 'loadStays', stayFrom(change))
    } else if (lasting) {
      this.#stays.delete(key)
      set(this.portion, 'loadStays', lasting.row, 'until_at', change.at)
      set(this.portion, 'loadStays', lasting.row, 'span', spanOf(change.at - lasting.from))
    }
  }

  /** Moves a conversation in the load of tickets, after it has become another one than `before`. */
  moveTicket(before: Conversation | undefined, after: Conversation, at: number): void {
    this.addLoad(loadSteps(before, after, at))
  }

  addFacts(drafts: readonly FactDraft[]): void {
    for (const draft of drafts) append(this.portion, 'facts', factRow(draft))
  }

  /** Facts with durations, which count in the business time of the conversation's level, too. */
  addTimedFacts({ sla_level_id }: Conversation, drafts: readonly FactDraft[]): void {
    this.addFacts(this.setting.desk.inBusinessTime(sla_level_id, drafts))
  }
}
