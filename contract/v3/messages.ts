import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

export const messageSchema = z
  .object({
    messageid: z.string(),
    userid: z.string(),
    rtype: z.string().describe('`M` message, `N` note, `F` file, `J` status, `R` transfer, `G` tag.'),
    is_html: z.boolean().describe('Whether `message` is sanitised HTML; else it is plain text.'),
    message: z.string(),
    datecreated: instant(),
  })
  .meta({ id: 'Message' })

export const historySchema = z
  .object({
    groups: z
      .array(
        z.object({
          messagegroupid: z.string(),
          userid: z.string(),
          rtype: z
            .string()
            .describe(
              '`3` from the customer, `4` from an agent, `5` from a form, `I` internal; others are steps such as `T` transfer.',
            ),
          rstatus: z.string(),
          datecreated: instant(),
          datefinished: instant(),
          messages: z.array(messageSchema),
        }),
      )
      .describe('Oldest first.'),
    users: z
      .array(
        z.object({
          userid: z.string(),
          kind: z.enum(['agent', 'customer', 'system']),
          systemname: z.string(),
          avatar_url: z.string(),
        }),
      )
      .describe('Everybody whom the history names.'),
  })
  .meta({ id: 'History' })

export const messageDraftSchema = z
  .strictObject({
    message: z
      .string()
      .max(20_000_000)
      .transform((text) => text.replaceAll('\0', '').toWellFormed())
      .pipe(z.string().min(1)),
    type: z.enum(['M', 'N']).optional().describe('`M` message to the customer (default), `N` note that he never sees.'),
    is_html: z.boolean().optional(),
    attachments: z.array(plainText(100)).max(100).optional().describe('Ids of uploaded files.'),
    useridentifier: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('Who writes: for API keys. An agent writes as himself. Left out by a key: a note by the system.'),
  })
  .meta({ id: 'MessageDraft' })

export const postedMessageSchema = z.object({ messageid: z.string() }).meta({ id: 'PostedMessage' })
