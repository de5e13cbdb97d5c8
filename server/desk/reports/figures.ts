// Every figure of the reports with its definition. docs/reports.md says the same in words: change both or neither.
import type { FactKind } from '../metrics/facts.ts'

/** How many facts of a kind there were, and the seconds that they took together. */
export interface Total {
  readonly count: number
  readonly seconds: number
  /** In the business time of the SLA levels, where that is another. */
  readonly slaSeconds?: number
}

/** By kind. Kinds that did not happen are not there. */
export type Totals = ReadonlyMap<string, Total>

export const NOTHING: Totals = new Map()

type Count = (totals: Totals) => number

export interface Figure {
  of: Count
  /** How many decimals it is rounded and shown to. */
  decimals: 0 | 2
}

const count =
  (...kinds: readonly FactKind[]): Count =>
  (totals) =>
    kinds.reduce((sum, kind) => sum + (totals.get(kind)?.count ?? 0), 0)

const average =
  (kind: FactKind, seconds: 'seconds' | 'slaSeconds' = 'seconds'): Count =>
  (totals) => {
    const total = totals.get(kind)
    return total && total.count > 0 ? Math.round((total[seconds] ?? total.seconds) / total.count) : 0
  }

/** For figures of what Deskhand does not do or record: it never happened. */
const never: Count = () => 0

/** Rounded half up to two decimals; zero where there is nothing to divide by. Multiplied first, so that halves stay exact. */
export const ratio = (dividend: number, divisor: number, factor = 1): number =>
  divisor === 0 ? 0 : Math.round((dividend * factor * 100) / divisor) / 100

/** Whole minutes, rounded half up: what is divided by it is divided by what is shown. */
const worktime: Count = (totals) => Math.round((totals.get('online')?.seconds ?? 0) / 60)
const answers = count('answer', 'answer_new', 'answer_next')
const chats = never
const chatAnswers = never
const missedChats = never
const calls = never
const missedCalls = never
const callSeconds = never
const rewards = never
const punishments = never
const notRanked: Count = (totals) =>
  Math.max(0, answers(totals) + chats(totals) + calls(totals) - rewards(totals) - punishments(totals))

const rounded = (of: Count): Figure => ({ of, decimals: 0 })
const perHour = (figure: Count): Figure => ({
  of: (totals) => ratio(figure(totals), worktime(totals), 60),
  decimals: 2,
})
const share = (figure: Count): Figure => ({
  of: (totals) => ratio(figure(totals), notRanked(totals) + rewards(totals) + punishments(totals), 100),
  decimals: 2,
})

export const figures = {
  worktime: rounded(worktime),
  answers: rounded(answers),
  answers_ph: perHour(answers),
  newAnswerAvgTime: rounded(average('answer_new')),
  newAnswerAvgTimeSla: rounded(average('answer_new', 'slaSeconds')),
  nextAnswerAvgTime: rounded(average('answer_next')),
  nextAnswerAvgTimeSla: rounded(average('answer_next', 'slaSeconds')),
  calls: rounded(calls),
  calls_ph: perHour(calls),
  missed_calls: rounded(missedCalls),
  missed_calls_ph: perHour(missedCalls),
  call_seconds: rounded(callSeconds),
  call_seconds_ph: perHour(callSeconds),
  chats: rounded(chats),
  chats_ph: perHour(chats),
  chat_answers: rounded(chatAnswers),
  chat_answers_ph: perHour(chatAnswers),
  missed_chats: rounded(missedChats),
  missed_chats_ph: perHour(missedChats),
  chat_pickup: rounded(never),
  chatPickupAvgTime: rounded(never),
  chatAvgTime: rounded(never),
  not_ranked: rounded(notRanked),
  not_ranked_p: share(notRanked),
  not_ranked_ph: perHour(notRanked),
  rewards: rounded(rewards),
  rewards_p: share(rewards),
  rewards_ph: perHour(rewards),
  punishments: rounded(punishments),
  punishments_p: share(punishments),
  punishments_ph: perHour(punishments),
  i_messages: rounded(count('message_in')),
  i_chats: rounded(never),
  i_calls: rounded(never),
  f_chats: rounded(never),
  f_calls: rounded(never),
  created_tickets: rounded(count('created')),
  resolved_tickets: rounded(count('resolved')),
  u_chats: rounded(never),
  u_calls: rounded(never),
  notes: rounded(count('note')),
  firstAssignAvgTime: rounded(average('first_assigned')),
  firstAssignAvgTimeSla: rounded(average('first_assigned', 'slaSeconds')),
  firstResolveAvgTime: rounded(average('first_resolved')),
  firstResolveAvgTimeSla: rounded(average('first_resolved', 'slaSeconds')),
  calls_outgoing: rounded(never),
  call_outgoing_seconds: rounded(never),
  call_outgoing_avg_time: rounded(never),
  call_pickup_avg_time: rounded(never),
  call_avg_time: rounded(never),
  calls_internal: rounded(never),
  call_internal_avg_time: rounded(never),
  call_internal_seconds: rounded(never),
  o_calls: rounded(never),
} satisfies Record<string, Figure>

export type FigureName = keyof typeof figures
