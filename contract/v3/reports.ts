// Reports on our own API: the figures of API v1 as numbers. The facts behind each figure are described in facts.ts.
import { z } from 'zod'
import { FIRST_INSTANT, LAST_INSTANT, parseWall } from '../../server/lib/zone.ts'
import { chosenOf, stretch } from '../v1/reports.ts'
import { agentFigures, type FigureColumn, hasDecimals, meanings, otherFigures } from './figures.ts'
import { instant, plainText } from './kinds.ts'

const MOMENT =
  'must be an instant such as 2026-01-31T23:59:59Z, or a date or time of the account such as 2026-01-31 23:59:59'
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/

/** An instant names its second, or its millisecond where it has one; anything else is a time on the account's clocks. */
const moment = plainText(40).transform((text, context) => {
  const wall = parseWall(text)
  if (wall) return wall
  // Date.parse would take the 30th of February for a day in March.
  const at = ISO.test(text) && parseWall(text.slice(0, 10)) ? Date.parse(text) : Number.NaN
  if (at >= FIRST_INSTANT && at <= LAST_INSTANT) return { instant: at, length: text.includes('.') ? 1 : 1_000 }
  context.addIssue({ code: 'custom', message: MOMENT })
  return z.NEVER
})

export const range = {
  date_from: moment.optional().describe('First moment: an instant in ISO 8601, or a time or date of the account.'),
  date_to: moment.optional().describe('Last moment; a bare date is its last second.'),
  datetime: stretch
    .optional()
    .describe(
      'Without dates: `L30D` the last 30 days (unless given), `TM` this month, `LM` last month, 2014-06, 2014-06-15.',
    ),
}

const paging = {
  limitcount: z.coerce.number().int().min(1).max(1_000).default(100).describe('How many rows at most.'),
  limitfrom: z.coerce.number().int().min(0).default(0).describe('How many rows to pass over.'),
}

const text = (meaning: string) => plainText(255).min(1).optional().describe(meaning)

/** What narrows a report. */
export const narrowing = {
  departmentid: text('Only what was in this department: its id.'),
  agentid: text('Only what this agent did: userid, contactid or e-mail.'),
}
export const slaNarrowing = { ...narrowing, slalevelid: text('Only this SLA level: its id.') }
export const ofSlaLog = {
  outcome: z
    .enum(['met', 'late'])
    .optional()
    .describe('Only clocks that were answered in time, or late; both unless given.'),
  requesterid: text('Only this customer: contactid, userid or e-mail.'),
}
export const ofRanking = {
  agentid: narrowing.agentid,
  contactid: text('Only this customer: contactid, userid or e-mail.'),
  types: z
    .enum(['W', 'P', 'W,P', 'P,W'])
    .transform((letters) => letters.split(','))
    .optional()
    .describe('`W` good ratings, `P` bad ones; both unless given.'),
}
export const grouping = { group_by: z.enum(['hour', 'day', 'week', 'month']).default('day') }

type Columns = Readonly<Record<string, z.ZodType>>

/** A choice of columns, comma-separated. */
const columnsOf = (columns: Columns) =>
  plainText(10_000)
    .min(1)
    .transform((names) => names.split(',').map((name) => name.trim()))
    .optional()
    .transform(chosenOf(Object.keys(columns)))
    .describe('Columns to answer, comma-separated; all unless given.')

/** What a report takes, and its answer: rows, in which each column may be left out. */
export function reportOf<More extends z.ZodRawShape>(list: string, columns: Columns, more: More) {
  const row = z.object(Object.fromEntries(Object.entries(columns).map(([name, schema]) => [name, schema.optional()])))
  return {
    query: z.strictObject({ ...range, columns: columnsOf(columns), ...paging, ...more }),
    answer: z.object({ [list]: z.array(row) }),
  }
}

const figuresOf = (names: readonly FigureColumn[]): Columns =>
  Object.fromEntries(
    names.map((name) => [name, (hasDecimals(name) ? z.number() : z.number().int()).describe(meanings[name])]),
  )

const number = z.number()
const whole = z.number().int()
const local = z.string().describe('Its beginning in the account’s time zone: 2026-01-31 09:00:00.')
const interval = {
  from: instant().describe('First instant.'),
  before: instant().describe('First instant that is no longer in it.'),
  local,
}

export const agentColumns: Columns = {
  id: z.string().describe('The agent’s userid.'),
  contactid: z.string(),
  firstname: z.string(),
  lastname: z.string(),
  ...figuresOf(agentFigures),
}
const id = z.string()
export const channelColumns: Columns = { id, channelName: z.string(), ...figuresOf(otherFigures) }
export const departmentColumns: Columns = { id, departmentName: z.string(), ...figuresOf(otherFigures) }
export const tagColumns: Columns = { id, tagName: z.string(), ...figuresOf(otherFigures) }
export const performanceColumns: Columns = { ...interval, ...figuresOf(otherFigures) }

const levels = (name: string, meaning: string): Columns => ({
  [`avg${name}`]: number.describe(`${meaning}: the average over the hour, weighted by time.`),
  [`max${name}`]: whole.describe(`${meaning}: the most at once.`),
  [`min${name}`]: whole.describe(`${meaning}: the fewest at once.`),
})
export const loadColumns: Columns = {
  ...interval,
  ...levels('Queue', 'What waits for anybody'),
  ...levels('Slots', 'Agents online for the service'),
  ...levels('Service', 'What agents have'),
}

export const availabilityColumns: Columns = {
  ...interval,
  mins: whole.describe('Minutes in which at least one agent was online for the service, rounded half up.'),
  pct: number.describe('The share of the hour, up to now, in percent.'),
}

export const agentsAvailabilityColumns: Columns = {
  id,
  userid: z.string(),
  firstname: z.string(),
  lastname: z.string(),
  contactid: z.string(),
  departmentid: z.string(),
  department_name: z.string(),
  seconds_online: whole,
  from_date: instant(),
  to_date: instant().nullable().describe('Null: he still is.'),
}

const conversationInSight = {
  conversationid: z.string().nullable().describe('Where it is now. Null: where the caller may not see it any more.'),
}

export const slaLogColumns: Columns = {
  id,
  ...conversationInSight,
  code: z.string().nullable(),
  departmentid: z.string().describe('The department of the answer.'),
  department_name: z.string(),
  levelid: z.string(),
  sla_level_name: z.string(),
  outcome: z.enum(['met', 'late']),
  seconds: whole.describe('Business time until the answer, in seconds.'),
  sla: whole.nullable().describe('Seconds that were left; below zero: over. Null: it is never due.'),
  date_created: instant(),
  date_closed: instant(),
  date_due: instant().nullable(),
  agentid: z.string().nullable(),
  agent_firstname: z.string().nullable(),
  agent_lastname: z.string().nullable(),
  req_contactid: z.string(),
  req_firstname: z.string(),
  req_lastname: z.string(),
}

const times = (name: string, meaning: string): Columns => ({
  [name.toLowerCase()]: whole.describe(`Clocks closed ${meaning}.`),
  [`avg${name}Time`]: whole.describe(`Of those closed ${meaning}: average seconds of business time until the answer.`),
  [`max${name}Time`]: whole.describe('The longest.'),
  [`min${name}Time`]: whole.describe('The shortest.'),
})
export const slaComplianceColumns: Columns = {
  ...interval,
  ...times('Fulfilled', 'in time'),
  ...times('Unfulfilled', 'late'),
}

export const rankingColumns: Columns = {
  id,
  rankingType: z.enum(['W', 'P']).describe('`W` good, `P` bad.'),
  datecreated: instant(),
  ...conversationInSight,
  agentcontactid: z.string(),
  agentEmail: z.string(),
  agent: z.string().describe('His name.'),
  contactid: z.string(),
  requesterEmail: z.string().nullable(),
  requester: z.string().describe('The customer’s name.'),
  comment: z.string(),
}
