// What visitors say of their chats.
import { z } from 'zod'
import { instant, plainText } from '../v3/kinds.ts'

const rating = z.enum(['good', 'bad'])

export const widgetRatingSchema = z
  .object({
    rating: rating.nullable().describe('null: it was not rated yet.'),
    comment: z.string().describe('Plain text; empty: none.'),
    agent: z.string().describe('Whose work it was; empty: no name is known.'),
    is_open: z.boolean().describe('Whether it can be rated, or changed, now.'),
    dateuntil: instant().describe('Until when.'),
  })
  .meta({ id: 'WidgetRating' })

export const widgetRatingDraftSchema = z
  .strictObject({
    rating,
    comment: plainText(5_000).optional().describe('Left out, what was said before stays.'),
  })
  .meta({ id: 'WidgetRatingDraft' })
