// Ratings on our own API: what customers say of agents' work.
import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

const rating = z.enum(['good', 'bad'])
const comment = plainText(5_000)

export const ratingSchema = z
  .object({
    ratingid: z.string(),
    rating,
    comment: z.string().describe('Plain text; empty: none.'),
    source: z
      .enum(['link', 'chat', 'entered'])
      .describe('By the link in a mail, by the visitor in his chat, or entered for the customer by somebody else.'),
    conversationid: z
      .string()
      .nullable()
      .describe('Where the rated answer, chat or call is now. Null: where the caller may not see it any more.'),
    messagegroupid: z.string().describe('The answer, chat or call.'),
    agentid: z.string().describe('Whose work it is.'),
    departmentid: z.string().describe('Of the conversation when it was rated: for it, the rating counts.'),
    contactid: z.string().describe('The requester when it was rated.'),
    userid: z.string().describe('Who gave or entered it.'),
    dategiven: instant(),
    datechanged: instant(),
  })
  .meta({ id: 'Rating' })

export const ratingDraftSchema = z
  .strictObject({
    messagegroupid: plainText(20)
      .optional()
      .describe('The answer, chat or call. This or `conversation` must be given.'),
    conversation: plainText(100).min(1).optional().describe('Id or code; its newest answer, chat or call is meant.'),
    rating,
    comment: comment.optional().describe('Left out, what was said before stays.'),
  })
  .meta({ id: 'RatingDraft' })

export const ratingQuerySchema = z.strictObject({
  rating: rating.optional(),
  agent: plainText(255).min(1).optional().describe('Userid, contactid or e-mail of who was rated.'),
  contact: plainText(255).min(1).optional().describe('Contactid, userid or e-mail of the customer.'),
  conversation: plainText(100).min(1).optional().describe('Id or code.'),
  department: plainText(100).min(1).optional().describe('For which it counts.'),
  from: instant().optional().describe('Given then or later.'),
  before: instant().optional().describe('Given before then.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: plainText(100).optional().describe('`next_cursor` of the page before.'),
})

export const ratingPageSchema = z
  .object({
    ratings: z.array(ratingSchema).describe('Newest first.'),
    next_cursor: z.string().nullable().describe('Continues the list; null: this was the last page.'),
  })
  .meta({ id: 'RatingPage' })
