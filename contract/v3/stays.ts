// The conversations behind a figure of the load: what waited or was worked on, one by one.
import { z } from 'zod'
import { conversationBehind, pagingOfLists } from './facts.ts'
import { instant } from './kinds.ts'
import { narrowing, range } from './reports.ts'

export const loadFigures = ['avgQueue', 'maxQueue', 'minQueue', 'avgService', 'maxService', 'minService'] as const

export const staysQuerySchema = z.strictObject({ ...range, ...narrowing, ...pagingOfLists })

const staySchema = z
  .object({
    conversation: conversationBehind.describe(
      'Null: it is in a department now that you may not see, or it was counted before conversations were noted.',
    ),
    from: instant().describe('Since when it waited or was worked on there.'),
    before: instant().nullable().describe('First instant at which it was not any more. Null: it still is.'),
    seconds: z.number().describe('How much of that was in the range and up to now, to the millisecond.'),
    agentid: z.string().nullable().describe('Userid of who worked on it; null: it waited.'),
    departmentid: z.string().describe('Where it was then.'),
  })
  .meta({ id: 'Stay' })

export const staysPageSchema = z
  .object({
    conversations: z
      .array(staySchema)
      .describe('Newest first; a conversation is there once for each time that it waited, or that somebody had it.'),
    next_cursor: z.string().nullable().describe('Continues the list; null: this was the last page.'),
  })
  .meta({ id: 'StaysPage' })
