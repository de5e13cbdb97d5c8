import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

const sideSchema = z.object({ conversationid: z.string(), code: z.string() })

export const moveSchema = z
  .object({
    moveid: z.string(),
    kind: z
      .enum(['merge', 'split', 'move'])
      .describe('`merge` all of one went to another, `split` some opened a new one, `move` some went to another.'),
    from: sideSchema,
    into: sideSchema,
    messagegroups: z.array(z.string()).describe('Ids of the groups that went.'),
    userid: z.string().describe('Who did it.'),
    datecreated: instant(),
    dateundone: instant().nullable(),
  })
  .meta({ id: 'ConversationMove' })

export const movePageSchema = z
  .object({
    moves: z.array(moveSchema).describe('Newest first.'),
    next_cursor: z.string().nullable().describe('Continues the list; null: this was the last page.'),
  })
  .meta({ id: 'ConversationMovePage' })

export const moveQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: plainText(20).optional().describe('`next_cursor` of the page before.'),
})

const identifier = () => plainText(100).min(1).describe('Id, code or public url code.')
const groups = () =>
  z
    .array(plainText(20))
    .min(1)
    .max(1_000)
    .describe('Ids of message groups: messages and notes, not steps such as transfers.')

export const mergeSchema = z.strictObject({ into: identifier() }).meta({ id: 'Merge' })

export const splitSchema = z
  .strictObject({
    messagegroupids: groups(),
    subject: plainText(10_000).trim().min(1).optional().describe('Left out: that of the first mail among them.'),
    department: plainText(100).min(1).optional().describe('Id. Left out: that of the old conversation.'),
  })
  .meta({ id: 'Split' })

export const moveDraftSchema = z
  .strictObject({ messagegroupids: groups(), into: identifier() })
  .meta({ id: 'MessagesMove' })
