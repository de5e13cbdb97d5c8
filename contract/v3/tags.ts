import { z } from 'zod'
import { color, instant, name } from './kinds.ts'

export const tagSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    color: z.string().describe('Six hex digits, text.'),
    bg_color: z.string().describe('Six hex digits, background.'),
    is_archived: z.boolean().describe('No longer offered; still shown where it is.'),
    datecreated: instant(),
  })
  .meta({ id: 'Tag' })

export const tagDraftSchema = z.strictObject({
  name: name(),
  color: color().optional(),
  bg_color: color().optional(),
  is_archived: z.boolean().optional(),
})

export const tagPatchSchema = tagDraftSchema.partial()
