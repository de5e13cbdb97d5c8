// What every figure of the reports means: the descriptions of the API, and the table at the end of docs/reports.md. How each is
// computed is server/desk/reports/figures.ts: change both or neither.
import { agentColumns, figureColumns } from '../v1/reports.ts'

type Column = (typeof agentColumns)[number] | (typeof figureColumns)[number]
export type FigureColumn = Exclude<Column, 'id' | 'contactid' | 'firstname' | 'lastname'>

const PER_HOUR = 'divided by the hours of `worktime`'
const SLA = 'within the business hours of the SLA level; without a level, all of it'
const SHARE = 'in `not_ranked`, `rewards` and `punishments` together, in percent'
const BOOKED = 'booked when the call ends'

const average = (what: string): string => `Average seconds ${what}.`

export const meanings: Readonly<Record<FigureColumn, string>> = {
  worktime:
    'Minutes in which the agent was online on any service, rounded half up; what runs at the same time counts once. A plain agent is told those in his departments.',
  answers: 'Public replies by agents outside of chats and calls; a note is none.',
  answers_ph: `\`answers\` ${PER_HOUR}.`,
  newAnswerAvgTime: average("from the customer's first message to the answer, for answers to new conversations (N)"),
  newAnswerAvgTimeSla: `\`newAnswerAvgTime\` ${SLA}.`,
  nextAnswerAvgTime: average(
    'from the message that opened a conversation again to the answer, for answers to open conversations (C)',
  ),
  nextAnswerAvgTimeSla: `\`nextAnswerAvgTime\` ${SLA}.`,
  calls: 'Incoming calls answered, when answered.',
  calls_ph: `\`calls\` ${PER_HOUR}.`,
  missed_calls:
    'Offers of an incoming call to an agent that ended because he declined, let it ring out or went offline, or the caller hung up.',
  missed_calls_ph: `\`missed_calls\` ${PER_HOUR}.`,
  call_seconds: `Seconds talked in answered incoming calls, ${BOOKED}.`,
  call_seconds_ph: `\`call_seconds\` ${PER_HOUR}.`,
  chats: "Chats with an agent's message, at the time of the first.",
  chats_ph: `\`chats\` ${PER_HOUR}.`,
  chat_answers: "Agents' messages in chats.",
  chat_answers_ph: `\`chat_answers\` ${PER_HOUR}.`,
  missed_chats:
    'Offers of a chat to an agent that ended without acceptance: he declined, let it ring out or went offline, or the visitor left.',
  missed_chats_ph: `\`missed_chats\` ${PER_HOUR}.`,
  chat_pickup: 'Chats accepted by an agent.',
  chatPickupAvgTime: average('from the start of a chat to acceptance'),
  chatAvgTime: average('from acceptance of a chat to its end'),
  not_ranked: '`answers`, `chats` and `calls` without `rewards` and `punishments`, never below zero.',
  not_ranked_p: `The share of \`not_ranked\` ${SHARE}.`,
  not_ranked_ph: `\`not_ranked\` ${PER_HOUR}.`,
  rewards: 'Good ratings by customers as they are now, booked to the agent who was rated, when they were first given.',
  rewards_p: `The share of \`rewards\` ${SHARE}.`,
  rewards_ph: `\`rewards\` ${PER_HOUR}.`,
  punishments:
    'Bad ratings by customers as they are now, booked to the agent who was rated, when they were first given.',
  punishments_p: `The share of \`punishments\` ${SHARE}.`,
  punishments_ph: `\`punishments\` ${PER_HOUR}.`,
  i_messages: "Customers' messages outside of chats and calls.",
  i_chats: 'Chats started.',
  i_calls: 'Incoming calls started.',
  f_chats: 'Chats ended.',
  f_calls: 'Incoming calls that ended after an answer.',
  created_tickets: 'Conversations created (of an agent: by that agent).',
  resolved_tickets: 'Times that a conversation became resolved.',
  u_chats: "Chats that ended without an agent's message.",
  u_calls:
    'Incoming calls that ended unanswered though an agent was online for calls in the department when they came.',
  notes: 'Internal notes.',
  firstAssignAvgTime: average('from creation to the first assignment to an agent, booked to that agent'),
  firstAssignAvgTimeSla: `\`firstAssignAvgTime\` ${SLA}.`,
  firstResolveAvgTime: average('from creation to the first resolution, booked to who resolved it'),
  firstResolveAvgTimeSla: `\`firstResolveAvgTime\` ${SLA}.`,
  calls_outgoing: `Outgoing calls that were answered, ${BOOKED}.`,
  call_outgoing_seconds: `Seconds talked in outgoing calls, ${BOOKED}.`,
  call_outgoing_avg_time: average('talked in an outgoing call'),
  call_pickup_avg_time: average('from the start of an incoming call to the answer'),
  call_avg_time: average('talked in an answered incoming call'),
  calls_internal: `Calls between agents that were answered, ${BOOKED}.`,
  call_internal_avg_time: average('talked in a call between agents'),
  call_internal_seconds: `Seconds talked in calls between agents, ${BOOKED}.`,
  o_calls: 'Incoming calls that came while no agent was online for calls in the department.',
}

/** Shares and figures by the hour have two decimals, all others none. */
export const hasDecimals = (figure: FigureColumn): boolean => /_ph?$/.test(figure)

const isFigure = (column: string): column is FigureColumn => Object.hasOwn(meanings, column)

/** The figures of the agents report, and those of all others. */
export const agentFigures: readonly FigureColumn[] = agentColumns.flatMap((column) =>
  isFigure(column) ? [column] : [],
)
export const otherFigures: readonly FigureColumn[] = figureColumns
