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
    cc: z
      .array(plainText(255).trim())
      .max(50)
      .optional()
      .describe('E-mails that get this and later answers too, instead of those that the conversation has.'),
    do_not_send_mail: z.boolean().optional().describe('Not mailed to the customer: somebody else has done that.'),
    use_template: z
      .boolean()
      .optional()
      .describe("Whether the mail has the department's template around it (default)."),
    undo_seconds: z
      .number()
      .int()
      .min(0)
      .max(60)
      .optional()
      .describe('For so long the mail waits and can be taken back. Signed-in agents: the setting; keys: 0.'),
  })
  .meta({ id: 'MessageDraft' })

export const postedMessageSchema = z
  .object({
    messageid: z.string(),
    outboxid: z.number().int().nullable().describe('Its mail: see `/api/v3/outbox`. Null: it is not mailed.'),
  })
  .meta({ id: 'PostedMessage' })
