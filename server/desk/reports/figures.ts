// Every figure of the reports with its definition. contract/v3/figures.ts says the same in words: change both or neither.
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

/** What a figure counts. */
interface Count {
  of(totals: Totals): number
  /** Every kind of fact that it is computed from, those taken away as well. Worktime is none. */
  facts: readonly FactKind[]
}

export interface Figure extends Count {
  /** How many decimals it is rounded and shown to. */
  decimals: 0 | 2
}

const count = (...facts: readonly FactKind[]): Count => ({
  of: (totals) => facts.reduce((sum, kind) => sum + (totals.get(kind)?.count ?? 0), 0),
  facts,
})

const average = (kind: FactKind, seconds: 'seconds' | 'slaSeconds' = 'seconds'): Count => ({
  of: (totals) => {
    const total = totals.get(kind)
    return total && total.count > 0 ? Math.round((total[seconds] ?? total.seconds) / total.count) : 0
  },
  facts: [kind],
})

const secondsOf = (kind: FactKind): Count => ({ of: (totals) => totals.get(kind)?.seconds ?? 0, facts: [kind] })

/** Less what was taken back. */
const net = (kind: FactKind, undone: FactKind): Count => ({
  of: (totals) => (totals.get(kind)?.count ?? 0) - (totals.get(undone)?.count ?? 0),
  facts: [kind, undone],
})

/** Rounded half up to two decimals; zero where there is nothing to divide by. Multiplied first, so that halves stay exact. */
export const ratio = (dividend: number, divisor: number, factor = 1): number =>
  divisor === 0 ? 0 : Math.round((dividend * factor * 100) / divisor) / 100

/** Whole minutes, rounded half up: what is divided by it is divided by what is shown. */
const worktime: Count = { of: (totals) => Math.round((totals.get('online')?.seconds ?? 0) / 60), facts: [] }
const answers = count('answer', 'answer_new', 'answer_next')
const chats = count('chat_answered')
const chatAnswers = count('chat_answer')
const missedChats = count('chat_offer_missed')
const calls = count('call_answered')
const missedCalls = count('call_offer_missed')
const callSeconds = secondsOf('call_ended')
const rewards = net('rated_good', 'rated_good_undone')
const punishments = net('rated_bad', 'rated_bad_undone')
const notRanked: Count = {
  of: (totals) =>
    Math.max(0, answers.of(totals) + chats.of(totals) + calls.of(totals) - rewards.of(totals) - punishments.of(totals)),
  facts: [answers, chats, calls, rewards, punishments].flatMap(({ facts }) => facts),
}

const rounded = (figure: Count): Figure => ({ ...figure, decimals: 0 })
const perHour = (figure: Count): Figure => ({
  of: (totals) => ratio(figure.of(totals), worktime.of(totals), 60),
  facts: figure.facts,
  decimals: 2,
})
const share = (figure: Count): Figure => ({
  of: (totals) => ratio(figure.of(totals), notRanked.of(totals) + rewards.of(totals) + punishments.of(totals), 100),
  facts: notRanked.facts,
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
  chat_pickup: rounded(count('chat_accepted')),
  chatPickupAvgTime: rounded(average('chat_accepted')),
  chatAvgTime: rounded(average('chat_talked')),
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
  i_chats: rounded(count('chat_started')),
  i_calls: rounded(count('call_started')),
  f_chats: rounded(count('chat_ended')),
  f_calls: rounded(count('call_ended')),
  created_tickets: rounded(count('created')),
  resolved_tickets: rounded(count('resolved')),
  u_chats: rounded(count('chat_unanswered')),
  u_calls: rounded(count('call_unanswered')),
  notes: rounded(count('note')),
  firstAssignAvgTime: rounded(average('first_assigned')),
  firstAssignAvgTimeSla: rounded(average('first_assigned', 'slaSeconds')),
  firstResolveAvgTime: rounded(average('first_resolved')),
  firstResolveAvgTimeSla: rounded(average('first_resolved', 'slaSeconds')),
  calls_outgoing: rounded(count('call_out')),
  call_outgoing_seconds: rounded(secondsOf('call_out')),
  call_outgoing_avg_time: rounded(average('call_out')),
  call_pickup_avg_time: rounded(average('call_answered')),
  call_avg_time: rounded(average('call_ended')),
  calls_internal: rounded(count('call_internal')),
  call_internal_avg_time: rounded(average('call_internal')),
  call_internal_seconds: rounded(secondsOf('call_internal')),
  o_calls: rounded(count('call_offline')),
} satisfies Record<string, Figure>

export type FigureName = keyof typeof figures
