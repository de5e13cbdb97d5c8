// Random histories of conversations, with merges, splits, moves and ratings, played on a desk and noted down beside it: what the reports must say is then counted
// from the notes, in the most naive way, by the definitions of docs/reports.md.
import fc from 'fast-check'
import type { Tx } from '../server/db/write.ts'
import { type Actor, systemActor } from '../server/desk/actor.ts'
import { getAgent } from '../server/desk/agents/agents.ts'
import { transfer } from '../server/desk/conversations/assignment.ts'
import { getConversationForChange, openConversation } from '../server/desk/conversations/conversation.ts'
import type { Channel, Status } from '../server/desk/conversations/letters.ts'
import { mergeConversations } from '../server/desk/conversations/merge.ts'
import { postMessage } from '../server/desk/conversations/messages.ts'
import { moveMessages } from '../server/desk/conversations/move.ts'
import type { Move } from '../server/desk/conversations/moves.ts'
import { splitConversation } from '../server/desk/conversations/split.ts'
import { changeStatus } from '../server/desk/conversations/status.ts'
import { addTagTo, listTagsOf, removeTagFrom } from '../server/desk/conversations/tags.ts'
import { undoMove } from '../server/desk/conversations/undo-move.ts'
import { getDepartment } from '../server/desk/departments/departments.ts'
import { rateGroup } from '../server/desk/ratings/rate.ts'
import { removeRating } from '../server/desk/ratings/remove.ts'
import { getTag } from '../server/desk/tags/tags.ts'
import { Refusal } from '../server/lib/errors.ts'
import { idOfRow } from '../server/lib/ids.ts'

export interface Cast {
  agents: readonly string[]
  departments: readonly string[]
  tags: readonly string[]
  channels: readonly Channel[]
  customer: { id: string; user_id: string }
}

const actions = [
  'open',
  'openByAgent',
  'openResolved',
  'ask',
  'answer',
  'note',
  'resolve',
  'reopen',
  'remove',
  'assign',
  'move',
  'assignAndMove',
  'tag',
  'untag',
  'rate',
  'removeRating',
  'merge',
  'split',
  'moveMessages',
  'undoMove',
] as const

const step = fc.record({
  // Openings and talk more often than the rest, or most histories would be about nothing.
  action: fc.constantFrom<(typeof actions)[number]>(
    ...actions,
    ...actions.slice(-4),
    ...([
      'open',
      'open',
      'ask',
      'ask',
      'ask',
      'answer',
      'answer',
      'answer',
      'assign',
      'rate',
      'rate',
      'rate',
      'rate',
    ] as const),
  ),
  which: fc.nat({ max: 4 }),
  agent: fc.nat({ max: 2 }),
  department: fc.nat({ max: 2 }),
  tag: fc.nat({ max: 2 }),
  channel: fc.nat({ max: 2 }),
  withNote: fc.boolean(),
  /** Milliseconds since the step before. */
  pause: fc.oneof(
    fc.nat({ max: 2 }).map((seconds) => seconds * 1_000),
    fc.nat({ max: 2_000 }),
    fc.nat({ max: 4 * 3_600_000 }),
  ),
})
export type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
export const steps = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' })

export interface Fact {
  what:
    | 'answer'
    | 'newAnswer'
    | 'nextAnswer'
    | 'message'
    | 'created'
    | 'resolved'
    | 'note'
    | 'assigned'
    | 'firstResolved'
    | 'good'
    | 'bad'
  at: number
  conversation: string
  department: string
  channel: string
  agent: string | null
  seconds: number
}

/** What a conversation was from an instant on. */
interface State {
  at: number
  status: string
  department: string
  agent: string | null
  /** When the customer asked, where a message of his began this; null: none did. */
  asked: number | null
  /** What was asked before counts no more: the messages have gone elsewhere. */
  isAnew: boolean
}

/** An answer that can be rated, or has been. */
interface Answered {
  groupSeq: number
  agent: string
  rating?: { id: string; fact: Fact }
}

const RATING_TERMS = { rating_link_days: 90, rating_change_days: 7 }

interface Noted {
  id: string
  channel: string
  states: State[]
  tags: Set<string>
  wasAssigned: boolean
  wasResolved: boolean
}

const MESSAGE = { body: 'Hello', isHtml: false, text: 'Hello' }
const secondsFrom = (from: number, to: number): number => Math.floor(to / 1000) - Math.floor(from / 1000)

/** Plays steps and notes what they mean. */
export class History {
  readonly facts: Fact[] = []
  readonly conversations: Noted[] = []
  readonly #moves: Move[] = []
  readonly #answers: Answered[] = []
  at: number
  readonly #cast: Cast

  constructor(cast: Cast, at: number) {
    this.#cast = cast
    this.at = at
  }

  async play(tx: Tx, { action, which, pause, withNote, ...picks }: Step): Promise<void> {
    this.at += pause
    const agent = nth(this.#cast.agents, picks.agent)
    const department = nth(this.#cast.departments, picks.department)
    if (action === 'open' || action === 'openByAgent' || action === 'openResolved')
      return this.#open(tx, action, agent, department, nth(this.#cast.channels, picks.channel))
    const noted = this.conversations[which % this.conversations.length]
    if (!noted) return
    const note = withNote ? 'By the way' : undefined
    const row = await getConversationForChange(tx, systemActor, noted.id)
    const { at } = this
    if (action === 'undoMove') return this.#undo(tx, picks.tag)
    if (action === 'rate') return this.#rate(tx, which, withNote ? 'good' : 'bad')
    if (action === 'removeRating') return this.#removeRating(tx, which)
    // What was merged away is no place to do anything.
    if (row.merged_into !== null) return
    switch (action) {
      case 'merge':
      case 'split':
      case 'moveMessages':
        return this.#carry(tx, action, noted, { other: picks.department, groups: picks.tag, agent })
      case 'ask':
        await postMessage(tx, row, {
          author: { kind: 'customer', userId: this.#cast.customer.user_id },
          message: MESSAGE,
          isNote: false,
          at,
        })
        return this.#asked(noted)
      case 'answer': {
        const author = { kind: 'agent', userId: agent } as const
        const { groupSeq } = await postMessage(tx, row, { author, message: MESSAGE, isNote: false, at })
        this.#answers.push({ groupSeq, agent })
        return this.#answered(noted, agent)
      }
      case 'note':
        await postMessage(tx, row, { author: { kind: 'agent', userId: agent }, message: MESSAGE, isNote: true, at })
        this.#note(noted, 'note', agent)
        return
      case 'resolve':
      case 'reopen':
      case 'remove': {
        const status: Status = action === 'resolve' ? 'R' : action === 'reopen' ? 'C' : 'X'
        await changeStatus(tx, row, { status, userId: agent, agentId: agent, note, at })
        return this.#statusChanged(noted, status, agent, note)
      }
      case 'assign':
      case 'move':
      case 'assignAndMove': {
        const to = {
          agent: action === 'move' ? null : agent,
          department: action === 'assign' ? stateOf(noted).department : department,
        }
        await transfer(tx, row, {
          agent: to.agent === null ? undefined : await getAgent(tx, to.agent),
          department: action === 'assign' ? undefined : await getDepartment(tx, department),
          userId: agent,
          note,
          at,
        })
        return this.#moved(noted, to, agent, note)
      }
      default: {
        const tag = await getTag(tx, nth(this.#cast.tags, picks.tag))
        if (action === 'tag') {
          await addTagTo(tx, row, tag, agent, at)
          noted.tags.add(tag.id)
        } else if (noted.tags.delete(tag.id)) await removeTagFrom(tx, row, tag, agent, at)
      }
    }
  }

  async #open(
    tx: Tx,
    action: 'open' | 'openByAgent' | 'openResolved',
    agent: string,
    department: string,
    channel: Channel,
  ): Promise<void> {
    const byAgent = action === 'openByAgent'
    const status = action === 'openResolved' ? 'R' : 'N'
    const { id, groupSeq } = await openConversation(tx, {
      author: byAgent ? { kind: 'agent', userId: agent } : { kind: 'customer', userId: this.#cast.customer.user_id },
      customerId: this.#cast.customer.id,
      departmentId: department,
      subject: 'Printer',
      channel,
      status,
      message: MESSAGE,
      at: this.at,
    })
    const noted: Noted = {
      id,
      channel,
      states: [{ at: this.at, status, department, agent: null, asked: byAgent ? null : this.at, isAnew: true }],
      tags: new Set(),
      wasAssigned: false,
      wasResolved: status === 'R',
    }
    this.conversations.push(noted)
    if (byAgent) this.#answers.push({ groupSeq, agent })
    this.#note(noted, 'created', byAgent ? agent : null)
    if (!byAgent) this.#note(noted, 'message', null)
    if (status === 'R') {
      this.#note(noted, 'resolved', null)
      this.#note(noted, 'firstResolved', null)
    }
  }

  async #carry(
    tx: Tx,
    action: 'merge' | 'split' | 'moveMessages',
    noted: Noted,
    picks: { other: number; groups: number; agent: string },
  ): Promise<void> {
    const { at } = this
    const actor: Actor = { kind: 'agent', agentId: picks.agent, role: 'D', departmentIds: [] }
    const others = this.conversations.filter(({ id }) => id !== noted.id)
    const into = others[picks.other % others.length]?.id ?? noted.id
    const groups = await tx
      .selectFrom('message_groups')
      .select('seq')
      .where('conversation_id', '=', noted.id)
      .where('rtype', 'in', ['3', '4', '5'])
      .orderBy('seq')
      .execute()
    const groupIds = groups.flatMap(({ seq }, index) => (index % 3 === picks.groups ? idOfRow(seq) : []))
    const move = await unlessRefused(() => {
      if (action === 'merge') return mergeConversations(tx, actor, { from: noted.id, into, at })
      if (action === 'split') return splitConversation(tx, actor, { from: noted.id, groupIds, at })
      return moveMessages(tx, actor, { from: noted.id, into, groupIds, at })
    })
    if (!move) return
    this.#moves.push(move)
    if (action === 'split') {
      const state = { ...stateOf(noted), agent: null }
      this.conversations.push({ ...noted, id: move.to_id, states: [state], wasAssigned: false, wasResolved: false })
    }
    await this.#look(tx, move)
    // The messages and all that was counted stay where they happened; that there is one conversation more is new.
    const made = action === 'split' ? this.conversations.at(-1) : undefined
    if (made) {
      made.states.shift()
      this.#note(made, 'created', picks.agent)
    }
  }

  /** One rating for an answer, wherever that is by now; changed, it is as if it had been given so in the first place. */
  async #rate(tx: Tx, which: number, grade: 'good' | 'bad'): Promise<void> {
    // The same ones again and again, or few ratings would ever be changed.
    const answer = this.#answers.at(-1 - (which % 2))
    if (!answer) return
    const rated = await unlessRefused(() =>
      rateGroup(tx, answer.groupSeq, { grade, source: 'link', at: this.at }, RATING_TERMS),
    )
    if (!rated) return
    if (answer.rating) {
      answer.rating.fact.what = grade
      return
    }
    const noted = this.conversations.find(({ id }) => id === rated.conversation_id)
    if (!noted) throw new Error(`conversation ${rated.conversation_id} was not noted`)
    answer.rating = { id: idOfRow(rated.seq), fact: this.#note(noted, grade, answer.agent) }
  }

  async #removeRating(tx: Tx, which: number): Promise<void> {
    const { rating } = this.#answers.at(-1 - (which % 2)) ?? {}
    const index = rating ? this.facts.indexOf(rating.fact) : -1
    if (!rating || index < 0) return
    await removeRating(tx, systemActor, rating.id)
    this.facts.splice(index, 1)
  }

  async #undo(tx: Tx, which: number): Promise<void> {
    const move = this.#moves.at(-1 - which)
    if (!move) return
    const undone = await unlessRefused(() =>
      undoMove(tx, systemActor, { identifier: move.to_id, moveId: idOfRow(move.seq), at: this.at }),
    )
    if (undone) await this.#look(tx, undone)
  }

  /**
   * Takes down what a move made of both sides: whether somebody waits, and for how long, is shown elsewhere. What the
   * reports make of it is counted from these notes.
   */
  async #look(tx: Tx, { from_id, to_id }: Move): Promise<void> {
    for (const id of [from_id, to_id]) {
      const noted = this.conversations.find((conversation) => conversation.id === id)
      const row = await getConversationForChange(tx, systemActor, id)
      if (!noted) throw new Error(`conversation ${id} was not noted`)
      this.#become(noted, { status: row.status, asked: row.waiting_since, isAnew: true })
      noted.tags = new Set((await listTagsOf(tx, { id })).map((tag) => tag.id))
    }
  }

  #asked(noted: Noted): void {
    this.#note(noted, 'message', null)
    const { status } = stateOf(noted)
    this.#become(noted, { status: ['A', 'R'].includes(status) ? 'C' : status, asked: this.at })
  }

  #answered(noted: Noted, agent: string): void {
    this.#note(noted, 'answer', agent)
    const { status } = stateOf(noted)
    // The customer's first message since the conversation was last neither new nor open.
    const begin = noted.states.findLastIndex((state) => !isOpen(state)) + 1
    const anew = noted.states.findLastIndex((state) => state.isAnew)
    const asked = noted.states.slice(Math.max(begin, anew)).find((state) => state.asked !== null)?.asked
    if (asked != null && status === 'N') this.#note(noted, 'newAnswer', agent, asked)
    if (asked != null && status === 'C') this.#note(noted, 'nextAnswer', agent, asked)
    this.#become(noted, { status: 'A' })
  }

  #statusChanged(noted: Noted, status: string, agent: string, note: string | undefined): void {
    if (note !== undefined) this.#note(noted, 'note', agent)
    if (stateOf(noted).status === status) return
    if (status === 'R') {
      this.#note(noted, 'resolved', agent)
      if (!noted.wasResolved) this.#note(noted, 'firstResolved', agent, noted.states[0]?.at)
      noted.wasResolved = true
    }
    this.#become(noted, { status })
  }

  #moved(noted: Noted, to: { agent: string | null; department: string }, by: string, note: string | undefined): void {
    this.#become(noted, to)
    if (note !== undefined) this.#note(noted, 'note', by)
    if (to.agent === null || noted.wasAssigned) return
    noted.wasAssigned = true
    this.#note(noted, 'assigned', to.agent, noted.states[0]?.at)
  }

  #become(noted: Noted, change: Partial<State>): void {
    noted.states.push({ ...stateOf(noted), asked: null, isAnew: false, ...change, at: this.at })
  }

  #note(noted: Noted, what: Fact['what'], agent: string | null, since = this.at): Fact {
    const fact = {
      what,
      at: this.at,
      conversation: noted.id,
      department: stateOf(noted).department,
      channel: noted.channel,
      agent,
      seconds: secondsFrom(since, this.at),
    }
    this.facts.push(fact)
    return fact
  }
}

/** A refusal is an answer, too: nothing happened. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

function nth<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new Error(`the cast has no number ${index}`)
  return found
}

function stateOf({ states }: Noted): State {
  const last = states.at(-1)
  if (!last) throw new Error('a conversation without a state')
  return last
}

const isOpen = ({ status }: State): boolean => status === 'N' || status === 'C'

/** Every figure of a row, from the facts that belong to it, as texts. */
export function recount(facts: readonly Fact[], columns: readonly string[]): Record<string, string> {
  const of = (what: Fact['what']): Fact[] => facts.filter((fact) => fact.what === what)
  const average = (what: Fact['what']): string => {
    const found = of(what)
    if (found.length === 0) return '0'
    const sum = found.reduce((total, { seconds }) => total + seconds, 0)
    return String(Math.floor((2 * sum + found.length) / (2 * found.length)))
  }
  const answers = of('answer').length
  const [good, bad] = [of('good').length, of('bad').length]
  const unrated = Math.max(0, answers - good - bad)
  const share = (part: number): string => {
    const whole = unrated + good + bad
    return whole === 0 ? '0.00' : (Math.floor((2 * part * 10_000 + whole) / (2 * whole)) / 100).toFixed(2)
  }
  const known: Record<string, string> = {
    answers: String(answers),
    newAnswerAvgTime: average('newAnswer'),
    newAnswerAvgTimeSla: average('newAnswer'),
    nextAnswerAvgTime: average('nextAnswer'),
    nextAnswerAvgTimeSla: average('nextAnswer'),
    not_ranked: String(unrated),
    not_ranked_p: share(unrated),
    rewards: String(good),
    rewards_p: share(good),
    punishments: String(bad),
    punishments_p: share(bad),
    i_messages: String(of('message').length),
    created_tickets: String(of('created').length),
    resolved_tickets: String(of('resolved').length),
    notes: String(of('note').length),
    firstAssignAvgTime: average('assigned'),
    firstAssignAvgTimeSla: average('assigned'),
    firstResolveAvgTime: average('firstResolved'),
    firstResolveAvgTimeSla: average('firstResolved'),
  }
  return Object.fromEntries(
    columns.map((column) => [column, known[column] ?? (/_(p|ph)$/.test(column) ? '0.00' : '0')]),
  )
}

export interface Narrowing {
  department?: string
  agent?: string
}

/** How many conversations wait and are worked on at an instant. */
function levelAt(history: History, instant: number, { department, agent }: Narrowing): [number, number] {
  const states = history.conversations
    .flatMap(({ states }) => states.findLast(({ at }) => at <= instant) ?? [])
    .filter(isOpen)
    .filter((state) => department === undefined || state.department === department)
    .filter((state) => agent === undefined || state.agent === agent)
  const waiting = states.filter((state) => state.agent === null).length
  return [waiting, states.length - waiting]
}

/** The load over stretches of time together, as texts. */
export function recountLoad(
  history: History,
  stretches: readonly { from: number; before: number }[],
  narrowing: Narrowing,
): Record<string, string> {
  const parts = stretches.flatMap(({ from, before }) => {
    const changes = history.conversations.flatMap(({ states }) => states.map(({ at }) => at))
    const cuts = [...new Set([from, ...changes.filter((at) => at > from && at < before)])].sort((a, b) => a - b)
    return cuts.map((cut, index) => ({
      length: (cuts[index + 1] ?? before) - cut,
      level: levelAt(history, cut, narrowing),
    }))
  })
  const total = parts.reduce((sum, { length }) => sum + length, 0)
  const figures = (which: 0 | 1) => {
    const levels = parts.map(({ level }) => level[which])
    const hundredths = Math.floor(
      parts.reduce((sum, { length, level }) => sum + 100 * length * level[which], 0) / total + 0.5,
    )
    return { avg: (hundredths / 100).toFixed(2), max: String(Math.max(...levels)), min: String(Math.min(...levels)) }
  }
  const [queue, service] = [figures(0), figures(1)]
  return {
    avgQueue: queue.avg,
    maxQueue: queue.max,
    minQueue: queue.min,
    avgSlots: '0.00',
    maxSlots: '0',
    minSlots: '0',
    avgService: service.avg,
    maxService: service.max,
    minService: service.min,
  }
}

/** Empties what a history has left, for the next one on the same desk. */
export async function forgetHistory(tx: Tx): Promise<void> {
  for (const table of [
    'facts',
    'rollups',
    'load_changes',
    'load_stays',
    'load_courses',
    'load_sums',
    'conversation_tags',
    'conversation_moves',
    'conversation_links',
    // Numbers of groups come again: an old rating would be that of a new answer.
    'ratings',
    'messages',
    'message_groups',
    'conversations',
    'department_counts',
  ] as const)
    await tx.deleteFrom(table).execute()
  await tx.updateTable('rollup_positions').set({ seq: 0 }).execute()
}
