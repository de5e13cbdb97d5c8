// What chats and calls have in common, as rows: who is asked, who has it, and what that makes of the conversation.
import type { Status } from '../desk/conversations/letters.ts'
import { statusAfterLive } from '../desk/conversations/live-end.ts'
import type { OfferOutcome } from '../desk/routing/offers.ts'
import { DEFAULTS, type LiveService } from '../desk/routing/settings.ts'
import { marksOf, type Pen, type Played } from './pen.ts'
import { append } from './tables.ts'

interface OfferRow {
  [column: string]: string | number | null
  service: LiveService
  item_id: string
  department_id: string
  agent_id: string
  offered_at: number
  expires_at: number
  accepted_at: number | null
  while_online: 0 | 1
  ended_at: number | null
  outcome: OfferOutcome | null
}

/** The offers of one chat or call. */
export class Offers {
  readonly #pen: Pen
  readonly #service: LiveService
  readonly #item: string
  #open: OfferRow[] = []

  constructor(pen: Pen, service: LiveService, item: string) {
    this.#pen = pen
    this.#service = service
    this.#item = item
  }

  /** Those that ring, and whoever has it. */
  get open(): readonly Readonly<OfferRow>[] {
    return this.#open
  }

  /** `isByName`: at him alone, online or not. */
  ring(departmentId: string, agentId: string, at: number, isByName = false): void {
    const expires_at = at + DEFAULTS[this.#service].offerSeconds * 1_000
    this.#add(departmentId, agentId, at, { expires_at, accepted_at: null, while_online: isByName ? 0 : 1 })
  }

  /** He is asked, or takes it without having been asked. Gives those who have nothing more to do with it. */
  take(departmentId: string, agentId: string, at: number): readonly Readonly<OfferRow>[] {
    const others = this.#open.filter(({ agent_id }) => agent_id !== agentId)
    for (const { agent_id, accepted_at } of others) this.end(agent_id, accepted_at === null ? 'taken' : 'handed-on', at)
    const [his] = this.#open
    if (his) his.accepted_at = at
    else this.#add(departmentId, agentId, at, { expires_at: at, accepted_at: at, while_online: 0 })
    return others
  }

  /** He was asked, beside somebody who has it, too. */
  accept(agentId: string, at: number): void {
    for (const row of this.#open) if (row.agent_id === agentId) row.accepted_at ??= at
  }

  end(agentId: string, outcome: OfferOutcome, at: number): void {
    for (const row of this.#open.filter(({ agent_id }) => agent_id === agentId)) {
      row.ended_at = at
      row.outcome = outcome
      append(this.#pen.portion, 'offers', row)
    }
    this.#open = this.#open.filter(({ agent_id }) => agent_id !== agentId)
  }

  #add(
    departmentId: string,
    agentId: string,
    at: number,
    how: Pick<OfferRow, 'expires_at' | 'accepted_at' | 'while_online'>,
  ): void {
    this.#open.push({
      service: this.#service,
      item_id: this.#item,
      department_id: departmentId,
      agent_id: agentId,
      offered_at: at,
      ...how,
      ended_at: null,
      outcome: null,
    })
    this.#pen.noteTurn(departmentId, this.#service, agentId, at)
  }
}

export interface LiveChange {
  status: 'I' | 'T' | 'P'
  agentId: string | null
  departmentId?: string
  at: number
}

/** Who has it, and where: see `changeLive`. */
export function changeLive(pen: Pen, played: Played, { status, agentId, departmentId, at }: LiveChange): void {
  const { conversation, clocks } = played
  const isElsewhere = departmentId !== undefined && departmentId !== conversation.department_id
  const isFirst = agentId !== null && conversation.first_assigned_at === null
  Object.assign(conversation, {
    status,
    agent_id: agentId,
    department_id: departmentId ?? conversation.department_id,
    changed_at: Math.max(conversation.changed_at, at),
    first_assigned_at: isFirst ? at : conversation.first_assigned_at,
  })
  if (isElsewhere) clocks.follow(conversation, marksOf(played), at)
  clocks.keep(conversation, at, null)
  if (isFirst)
    pen.addTimedFacts(conversation, [
      { kind: 'first_assigned', at, conversation, agentId, took: at - conversation.created_at },
    ])
}

/** It is over, and has become a ticket: see `endLive`. */
export function endLive(pen: Pen, { conversation, clocks }: Played, at: number): void {
  const before = { ...conversation }
  const status = statusAfterLive(conversation)
  conversation.waiting_since =
    status === 'N' ? (conversation.waiting_since ?? conversation.created_at) : conversation.waiting_since
  settleAs(pen, { conversation, clocks }, before, status, at)
}

/** It has another status now. */
export function settleAs(
  pen: Pen,
  { conversation, clocks }: Pick<Played, 'conversation' | 'clocks'>,
  before: Played['conversation'],
  status: Status,
  at: number,
): void {
  conversation.status = status
  conversation.changed_at = at
  conversation.waiting_since = ['N', 'C'].includes(status) ? conversation.waiting_since : null
  pen.moveTicket(before, conversation, at)
  clocks.keep(conversation, at, null)
}
