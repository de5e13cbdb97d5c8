// The facts behind a figure of a report: what was counted, one by one.
import { z } from 'zod'
import { instant, plainText } from './kinds.ts'
import { range } from './reports.ts'

export const pagingOfLists = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: plainText(100).min(1).optional().describe('`next_cursor` of the page before.'),
}

export const factsQuerySchema = z.strictObject({ ...range, ...pagingOfLists })

export const conversationBehind = z
  .object({ conversationid: z.string(), code: z.string(), subject: z.string() })
  .nullable()

const factSchema = z
  .object({
    conversation: conversationBehind.describe(
      'Null: it is in a department now that you may not see. It counts where it was.',
    ),
    fact: z
      .string()
      .describe('What happened, such as `answer_new`, `resolved` or `rated_good`; see the chapter in docs/reports.md.'),
    at: instant(),
    seconds: z.number().int().nullable().describe('How long it took, where that is counted.'),
    sla_seconds: z.number().int().nullable().describe('The same within the business hours of the SLA level.'),
    agentid: z.string().nullable().describe('Userid of who did it; null: nobody in particular.'),
    departmentid: z.string().describe('Where the conversation was then.'),
    channel_type: z.string(),
  })
  .meta({ id: 'Fact' })

export const factsPageSchema = z
  .object({
    conversations: z.array(factSchema).describe('Newest first; a conversation is there once for each fact.'),
    next_cursor: z
      .string()
      .nullable()
      .describe('Continues the list, also when this page is not full; null: this was the last page.'),
  })
  .meta({ id: 'FactsPage' })
