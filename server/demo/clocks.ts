// The SLA clocks of conversations that are loaded in bulk: what desk/sla/clocks.ts would have stored, write by write, and
// its notices would have told, each on time.
import type { Conversation } from '../desk/conversations/conversation.ts'
import type { FactDraft } from '../desk/metrics/facts.ts'
import { calendarOf } from '../desk/sla/business-hours.ts'
import { type Reckoned, reckon, takenBy, wholeSecond } from '../desk/sla/clocks.ts'
import type { Level, Terms } from '../desk/sla/levels.ts'
import { noticeOf } from '../desk/sla/notices.ts'
import { levelFor, type Rule } from '../desk/sla/rules.ts'

/** What is promised on this desk. */
export interface Promises {
  levels: readonly Pick<Level, 'id' | 'hours' | 'targets' | 'warn_before'>[]
  /** In the order in which they are tried. */
  rules: readonly Rule[]
}

/** What rules look at beside the conversation's row. */
export interface Marks {
  tags: readonly string[]
  groups: readonly string[]
  companies: readonly string[]
}

/** A row, but for its number. */
export interface ClockRow extends Reckoned {
  warned_at: number | null
  breached_at: number | null
  notice_at: number | null
  agent_id: string | null
  closed_at: number | null
  outcome: 'met' | 'late' | 'void' | null
  seconds: number | null
  created_at: number
}

/** Notices are told in the second after the one that they are about. */
const TOLD_AFTER = 1_000

/** The levels that are ready for reckoning, for all conversations of a load. */
export class Desk {
  readonly rules: readonly Rule[]
  readonly #terms: ReadonlyMap<string, Terms>

  constructor({ levels, rules }: Promises) {
    this.rules = rules
    this.#terms = new Map(
      levels.map(({ id, hours, targets, warn_before }) => [id, { calendar: calendarOf(hours), targets, warn_before }]),
    )
  }

  termsOf(levelId: string | null): Terms | undefined {
    return levelId === null ? undefined : this.#terms.get(levelId)
  }

  /** Facts with their durations in the business time of a level. */
  inBusinessTime(levelId: string | null, facts: readonly FactDraft[]): readonly FactDraft[] {
    const terms = this.termsOf(levelId)
    if (!terms) return facts
    return facts.map((fact) =>
      fact.took === undefined ? fact : { ...fact, slaTook: takenBy(terms, fact.at - fact.took, fact.at) },
    )
  }
}

/** The clocks of one conversation, from its opening to the end of the history. */
export class Clocks {
  readonly rows: ClockRow[] = []
  readonly #desk: Desk
  #open: ClockRow | undefined

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Picks the level of a new conversation. Its clock starts with `keep`, behind what the opening writes. */
  pick(conversation: Conversation, marks: Marks): void {
    conversation.sla_level_id = levelFor(this.#desk.rules, {
      departments: [conversation.department_id],
      channels: [conversation.channel],
      priorities: [conversation.priority],
      ...marks,
    })
  }

  /** After a change to what rules look at: see `followLevel`. */
  follow(conversation: Conversation, marks: Marks, at: number): void {
    const before = conversation.sla_level_id
    this.pick(conversation, marks)
    if (before !== null || conversation.sla_level_id !== null) this.#adjust(conversation, at, null)
  }

  /** After a change to status or wait: see `keepClock`. */
  keep(conversation: Conversation, at: number, answeredBy: string | null): void {
    if (conversation.sla_level_id !== null) this.#adjust(conversation, at, answeredBy)
  }

  /** What the last clock says by the end of the history. */
  end(until: number): void {
    if (!this.#open) return
    tell(this.#open, until)
    this.#open.notice_at = noticeOf(this.#open)
  }

  #adjust(conversation: Conversation, at: number, answeredBy: string | null): void {
    const terms = this.#desk.termsOf(conversation.sla_level_id)
    const wanted = terms && reckon(conversation, terms)
    const open = this.#open
    if (open) tell(open, at)
    if (open && (answeredBy !== null || !wanted)) this.#close(open, conversation.department_id, at, answeredBy)
    else if (open && wanted) Object.assign(open, wanted, open.service === wanted.service ? {} : untold(at))
    else if (wanted) this.#start(wanted, at)
    conversation.due_at = wanted?.due_at ?? null
  }

  #start(wanted: Reckoned, at: number): void {
    const blank = { notice_at: null, agent_id: null, closed_at: null, outcome: null, seconds: null }
    this.#open = { ...wanted, ...untold(at), ...blank }
    this.rows.push(this.#open)
  }

  #close(open: ClockRow, department_id: string, at: number, answeredBy: string | null): void {
    const isLate = open.due_at !== null && wholeSecond(at) > open.due_at
    const terms = this.#desk.termsOf(open.level_id)
    Object.assign(open, {
      department_id,
      closed_at: at,
      notice_at: null,
      agent_id: answeredBy,
      outcome: answeredBy === null ? 'void' : isLate ? 'late' : 'met',
      seconds: answeredBy === null || !terms ? null : takenBy(terms, open.started_at, at) / 1000,
    })
    this.#open = undefined
  }
}

const untold = (at: number) => ({ warned_at: null, breached_at: null, created_at: at })

/** What the notices of a clock have told by an instant. */
function tell(clock: ClockRow, until: number): void {
  const toldAt = (instant: number | null): number | null =>
    instant !== null && instant >= clock.created_at && instant + TOLD_AFTER <= until ? instant + TOLD_AFTER : null
  clock.warned_at ??= toldAt(clock.warn_at)
  clock.breached_at ??= toldAt(clock.due_at)
}
