// Every figure, counted in the most naive way from notes, by the definitions of docs/reports.md.
import type { FactKind } from '../../server/desk/metrics/facts.ts'
import type { Service } from '../../server/desk/metrics/load.ts'
import type { Life } from './life.ts'
import { type Happened, type NotedClock, type Stand, secondOf } from './notes.ts'
import type { OnlineSpan } from './presence.ts'

/** Half up. */
const rounded = (part: number, whole: number): number => Math.floor((2 * part + whole) / (2 * whole))
const ratio = (part: number, whole: number, factor: number): string =>
  whole === 0 ? '0.00' : (rounded(part * factor * 100, whole) / 100).toFixed(2)

/** The figures of a row, as texts. */
export function recount(all: readonly Happened[], minutes = 0): Record<string, string> {
  const of = (...kinds: FactKind[]): Happened[] => all.filter(({ kind }) => kinds.includes(kind))
  const count = (...kinds: FactKind[]): number => of(...kinds).length
  const sum = (kind: FactKind, what: 'took' | 'open'): number =>
    of(kind).reduce((total, one) => total + (one[what] ?? one.took ?? 0), 0)
  const average = (kind: FactKind, what: 'took' | 'open' = 'took'): number =>
    count(kind) === 0 ? 0 : rounded(sum(kind, what), count(kind))
  const answers = count('answer', 'answer_new', 'answer_next')
  const [chats, calls] = [count('chat_answered'), count('call_answered')]
  const [rewards, punishments] = [count('rated_good'), count('rated_bad')]
  const not_ranked = Math.max(0, answers + chats + calls - rewards - punishments)
  const counts = {
    answers,
    calls,
    missed_calls: count('call_offer_missed'),
    call_seconds: sum('call_ended', 'took'),
    chats,
    chat_answers: count('chat_answer'),
    missed_chats: count('chat_offer_missed'),
    not_ranked,
    rewards,
    punishments,
  }
  const texts = (figures: Record<string, number>): Record<string, string> =>
    Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, String(value)]))
  const ranked = { not_ranked, rewards, punishments }
  return {
    ...texts(counts),
    ...Object.fromEntries(Object.entries(counts).map(([name, value]) => [`${name}_ph`, ratio(value, minutes, 60)])),
    ...Object.fromEntries(
      Object.entries(ranked).map(([name, value]) => [
        `${name}_p`,
        ratio(value, not_ranked + rewards + punishments, 100),
      ]),
    ),
    ...texts({
      worktime: minutes,
      newAnswerAvgTime: average('answer_new'),
      newAnswerAvgTimeSla: average('answer_new', 'open'),
      nextAnswerAvgTime: average('answer_next'),
      nextAnswerAvgTimeSla: average('answer_next', 'open'),
      chat_pickup: count('chat_accepted'),
      chatPickupAvgTime: average('chat_accepted'),
      chatAvgTime: average('chat_talked'),
      i_messages: count('message_in'),
      i_chats: count('chat_started'),
      i_calls: count('call_started'),
      f_chats: count('chat_ended'),
      f_calls: count('call_ended'),
      created_tickets: count('created'),
      resolved_tickets: count('resolved'),
      u_chats: count('chat_unanswered'),
      u_calls: count('call_unanswered'),
      notes: count('note'),
      firstAssignAvgTime: average('first_assigned'),
      firstAssignAvgTimeSla: average('first_assigned', 'open'),
      firstResolveAvgTime: average('first_resolved'),
      firstResolveAvgTimeSla: average('first_resolved', 'open'),
      calls_outgoing: count('call_out'),
      call_outgoing_seconds: sum('call_out', 'took'),
      call_outgoing_avg_time: average('call_out'),
      call_pickup_avg_time: average('call_answered'),
      call_avg_time: average('call_ended'),
      calls_internal: count('call_internal'),
      call_internal_avg_time: average('call_internal'),
      call_internal_seconds: sum('call_internal', 'took'),
      o_calls: count('call_offline'),
    }),
  }
}

export interface Narrowing {
  departments?: readonly string[]
  agent?: string
}

interface Part {
  length: number
  level: number
}

/** The levels between instants at which anything changes. */
function partsOf(cuts: readonly number[], from: number, before: number, levelAt: (at: number) => number): Part[] {
  const all = [...new Set([from, ...cuts.filter((at) => at > from && at < before)])].sort((a, b) => a - b)
  return all.map((at, index) => ({ length: (all[index + 1] ?? before) - at, level: levelAt(at) }))
}

function summed(parts: readonly Part[]): { avg: string; max: string; min: string } {
  const total = parts.reduce((sum, { length }) => sum + length, 0)
  const area = parts.reduce((sum, { length, level }) => sum + length * level, 0)
  const levels = parts.map(({ level }) => level)
  // An hour that the clocks skip lasts no time.
  const avg = total === 0 ? (levels[0] ?? 0).toFixed(2) : ratio(area, total, 1)
  return { avg, max: String(Math.max(...levels)), min: String(Math.min(...levels)) }
}

const standAt = (stands: readonly Stand[], at: number): Stand['place'] => stands.findLast((one) => one.at <= at)?.place

const letters = { tickets: 'M', chats: 'T', calls: 'P' } as const

/** Spans of an agent in departments as one: he counts once. */
export function onlineAt(
  life: Life,
  service: Service,
  { departments, agent }: Narrowing,
): ((at: number) => number) & {
  cuts: number[]
} {
  const spans = life.agents
    .filter(({ id }) => agent === undefined || id === agent)
    .map(({ presence }) =>
      presence
        .spans(life.now)
        .filter(({ letter }) => letter === letters[service])
        .filter(({ department }) => departments === undefined || departments.includes(department)),
    )
  const isIn = (at: number) => (span: OnlineSpan) => span.from <= at && at < span.before
  return Object.assign((at: number) => spans.filter((own) => own.some(isIn(at))).length, {
    cuts: spans.flat().flatMap(({ from, before }) => [from, before]),
  })
}

/** The load of an hour, as texts. */
export function recountLoad(
  life: Life,
  service: Service,
  hour: { from: number; before: number },
  narrowing: Narrowing,
): Record<string, string> {
  const { departments, agent } = narrowing
  const things = [...{ tickets: life.conversations, chats: life.chats, calls: life.calls }[service].values()]
  const cuts = things.flatMap(({ stands }) => stands.map(({ at }) => at))
  const countAt = (isWaiting: boolean) => (at: number) =>
    things.filter(({ stands }) => {
      const place = standAt(stands, at)
      if (!place || (departments && !departments.includes(place.department))) return false
      return isWaiting
        ? agent === undefined && place.agent === null
        : place.agent !== null && (agent ?? place.agent) === place.agent
    }).length
  const online = onlineAt(life, service, narrowing)
  const before = Math.min(hour.before, life.now + 1)
  const none = { avg: '0.00', max: '0', min: '0' }
  const isToCome = hour.from > life.now
  const queue = isToCome ? none : summed(partsOf(cuts, hour.from, before, countAt(true)))
  const service_ = isToCome ? none : summed(partsOf(cuts, hour.from, before, countAt(false)))
  const slots = isToCome ? none : summed(partsOf(online.cuts, hour.from, before, online))
  return {
    ...{ avgQueue: queue.avg, maxQueue: queue.max, minQueue: queue.min },
    ...{ avgSlots: slots.avg, maxSlots: slots.max, minSlots: slots.min },
    ...{ avgService: service_.avg, maxService: service_.max, minService: service_.min },
  }
}

/** Of an hour: minutes and share in which anybody was online. */
export function recountAvailability(
  life: Life,
  service: Service,
  hour: { from: number; before: number },
  narrowing: Narrowing,
): { mins: string; pct: string } {
  const before = Math.min(hour.before, secondOf(life.now) * 1_000)
  const online = onlineAt(life, service, narrowing)
  const parts = before > hour.from ? partsOf(online.cuts, hour.from, before, online) : []
  const seconds = parts.reduce((sum, { length, level }) => sum + (level > 0 ? length / 1_000 : 0), 0)
  const all = Math.max(0, before - hour.from) / 1_000
  return {
    mins: String(rounded(seconds, 60)),
    pct: (all === 0 ? 0 : rounded(seconds * 1_000_000, all) / 10_000).toFixed(4),
  }
}

/** Seconds in which an agent was online for anything. */
export function secondsOnline(
  life: Life,
  agent: string,
  from: number,
  before: number,
  departments?: readonly string[],
): number {
  const spans = (life.agents.find(({ id }) => id === agent)?.presence.spans(life.now) ?? []).filter(
    ({ department }) => departments === undefined || departments.includes(department),
  )
  const end = Math.min(before, secondOf(life.now) * 1_000)
  if (end <= from) return 0
  const cuts = spans.flatMap((span) => [span.from, span.before])
  const isOnline = (at: number): number => (spans.some((span) => span.from <= at && at < span.before) ? 1 : 0)
  return partsOf(cuts, from, end, isOnline).reduce((sum, { length, level }) => sum + (level * length) / 1_000, 0)
}

/** Of clocks that ended alike. */
function outcomes(clocks: readonly NotedClock[], name: 'Fulfilled' | 'Unfulfilled'): Record<string, string> {
  const seconds = clocks.map((clock) => clock.seconds)
  const sum = seconds.reduce((total, one) => total + one, 0)
  return {
    [name.toLowerCase()]: String(clocks.length),
    [`avg${name}Time`]: String(clocks.length === 0 ? 0 : rounded(sum, clocks.length)),
    [`max${name}Time`]: String(Math.max(0, ...seconds)),
    [`min${name}Time`]: String(clocks.length === 0 ? 0 : Math.min(...seconds)),
  }
}

export const isLate = ({ dueAt, closedAt }: NotedClock): boolean =>
  dueAt !== null && secondOf(closedAt) > secondOf(dueAt)

export const recountCompliance = (clocks: readonly NotedClock[]): Record<string, string> => ({
  ...outcomes(
    clocks.filter((clock) => !isLate(clock)),
    'Fulfilled',
  ),
  ...outcomes(clocks.filter(isLate), 'Unfulfilled'),
})
