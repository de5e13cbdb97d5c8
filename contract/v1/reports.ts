// Parameters and columns of the reports. Columns are in the order of the newer document.
import { z } from 'zod'
import { parseWall } from '../../server/lib/zone.ts'
import { datetime, int, list, neededDatetime, text, type Wall } from './params.ts'

export const MAX_ROWS = 1_000

export const paging = { limitcount: int(MAX_ROWS), limitfrom: int() }

export const range = { date_from: neededDatetime(), date_to: neededDatetime() }

const DATETIME = 'must be L30D (the last 30 days), TM (this month), LM (last month), a month such as 2014-06, or a day'

/** A named stretch of time, or the month or day that begins at a wall-clock time. */
export type Stretch = 'L30D' | 'TM' | 'LM' | { unit: 'month' | 'day'; start: Wall }

export const stretch = z.string(DATETIME).transform((value, context): Stretch => {
  if (value === 'L30D' || value === 'TM' || value === 'LM') return value
  const isMonth = /^\d{4}-\d{2}$/.test(value)
  const start = parseWall(isMonth ? `${value}-01` : value)
  if (start?.isDate) return { unit: isMonth ? 'month' : 'day', start }
  context.addIssue({ code: 'custom', message: DATETIME })
  return z.NEVER
})

/** For reports that are answered without dates too. */
export const recentRange = { date_from: datetime(), date_to: datetime(), datetime: stretch.optional() }

export const narrowing = { departmentid: text(), agentid: text() }

/** The chosen columns in the documented order. Without a choice, all. */
export const chosenOf =
  <const Name extends string>(known: readonly Name[]) =>
  (names: readonly string[] | undefined, context: z.RefinementCtx): readonly Name[] => {
    if (names === undefined || names.length === 0) return known
    const unknown = names.find((name) => !known.some((column) => column === name))
    if (unknown === undefined) return known.filter((column) => names.includes(column))
    context.addIssue({
      code: 'custom',
      message: `names an unknown column '${unknown.slice(0, 40)}'; known are ${known.join(', ')}`,
    })
    return z.NEVER
  }

export const columnsOf = <const Name extends string>(known: readonly Name[]) => list().transform(chosenOf(known))

const LAST_FIGURES = [
  'created_tickets',
  'resolved_tickets',
  'u_chats',
  'u_calls',
  'notes',
  'firstAssignAvgTime',
  'firstAssignAvgTimeSla',
  'firstResolveAvgTime',
  'firstResolveAvgTimeSla',
  'calls_outgoing',
  'call_outgoing_seconds',
  'call_outgoing_avg_time',
  'call_pickup_avg_time',
  'call_avg_time',
  'calls_internal',
  'call_internal_avg_time',
  'call_internal_seconds',
  'o_calls',
] as const

export const agentColumns = [
  'id',
  'contactid',
  'firstname',
  'lastname',
  'worktime',
  'answers',
  'answers_ph',
  'newAnswerAvgTime',
  'newAnswerAvgTimeSla',
  'nextAnswerAvgTime',
  'nextAnswerAvgTimeSla',
  'calls',
  'calls_ph',
  'missed_calls',
  'missed_calls_ph',
  'call_seconds',
  'call_seconds_ph',
  'chats',
  'chats_ph',
  'chat_answers',
  'chat_answers_ph',
  'missed_chats',
  'missed_chats_ph',
  'chat_pickup',
  'chatPickupAvgTime',
  'chatAvgTime',
  'not_ranked',
  'not_ranked_p',
  'not_ranked_ph',
  'rewards',
  'rewards_p',
  'rewards_ph',
  'punishments',
  'punishments_p',
  'punishments_ph',
  ...LAST_FIGURES,
] as const

/** The figures of the channels, departments, tags and performance reports. */
export const figureColumns = [
  'answers',
  'newAnswerAvgTime',
  'newAnswerAvgTimeSla',
  'nextAnswerAvgTime',
  'nextAnswerAvgTimeSla',
  'chat_answers',
  'chats',
  'missed_chats',
  'chat_pickup',
  'chatPickupAvgTime',
  'chatAvgTime',
  'calls',
  'missed_calls',
  'call_seconds',
  'not_ranked',
  'not_ranked_p',
  'rewards',
  'rewards_p',
  'punishments',
  'punishments_p',
  'i_messages',
  'i_chats',
  'i_calls',
  'f_chats',
  'f_calls',
  ...LAST_FIGURES,
] as const

export const rankingColumns = [
  'id',
  'rankingType',
  'datecreated',
  'conversationid',
  'agentcontactid',
  'agentEmail',
  'agent',
  'contactid',
  'requesterEmail',
  'requester',
  'comment',
] as const

export const agentsAvailabilityColumns = [
  'id',
  'userid',
  'firstname',
  'lastname',
  'contactid',
  'departmentid',
  'department_name',
  'hours_online',
  'from_date',
  'to_date',
] as const

export const slaLogColumns = [
  'id',
  'conversationid',
  'code',
  'departmentid',
  'department_name',
  'levelid',
  'sla_level_name',
  'sla',
  'date_created',
  'date_closed',
  'server_date_closed',
  'date_due',
  'server_date_due',
  'sla_level_id',
  'agentid',
  'agent_firstname',
  'agent_lastname',
  'req_contactid',
  'req_firstname',
  'req_lastname',
] as const
