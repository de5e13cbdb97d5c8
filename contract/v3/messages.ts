import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

export const messageSchema = z
  .object({
    messageid: z.string(),
    userid: z.string(),
    rtype: z
      .string()
      .describe(
        '`M` message, `Q` what it quotes, `O` its signature, `N` note, `F` file, `J` status, `R` transfer, `G` tag, `P` and `W` good and bad rating, `C` its comment, `S` a step of a chat or call in words, `E` its end, `V` and `1` a recording, which names its file as `F` does.',
      ),
    is_html: z.boolean().describe('Whether `message` is sanitised HTML; else it is plain text.'),
    message: z.string(),
    datecreated: instant(),
  })
  .meta({ id: 'Message' })

export const mailAddressSchema = z.object({ name: z.string(), address: z.string() }).meta({ id: 'MailAddress' })

export const mailDirectionSchema = z.enum(['in', 'out'])

export const mailAuthenticationSchema = z
  .object({
    result: z
      .enum(['pass', 'fail', 'none', 'unknown'])
      .describe(
        '`pass` the domain in From signed or sent it, `fail` that domain says it did not, `none` nothing proves either, `unknown` the domain could not be asked.',
      ),
    reason: z.string().describe('One sentence for an agent.'),
    dkim: z.array(z.object({ domain: z.string(), result: z.string() })),
    spf: z.string().nullable(),
    dmarc: z.string().nullable(),
    by: z.string().nullable().describe('Null: checked by this desk. Else the server whose word was taken.'),
  })
  .meta({ id: 'MailAuthentication' })

export const groupMailSchema = z
  .object({
    direction: mailDirectionSchema,
    from: mailAddressSchema,
    to: z.array(mailAddressSchema),
    cc: z.array(mailAddressSchema),
    subject: z.string(),
    mail_message_id: z.string().nullable().describe('Header Message-ID, without angle brackets.'),
    in_reply_to: z.string().nullable(),
    reason: z.string().describe('Why it is in this conversation, in words; empty for what was sent from here.'),
    authentication: mailAuthenticationSchema.nullable().describe('Null: nobody looked (import, mail from here).'),
    kind: z.string().describe('`person`, `auto-reply`, `list`, `bulk` and others: who or what wrote it.'),
    isguest: z.boolean().describe('Its author does not take part in the conversation: answers do not go to him.'),
    rawmailid: z.number().int().nullable().describe('The mail exactly as it came.'),
    dateofmail: instant().nullable().describe('Header Date.'),
  })
  .meta({ id: 'GroupMail' })

export const deliverySchema = z
  .object({
    outboxid: z.number().int(),
    state: z
      .string()
      .describe('`queued`, `sending`, `sent`, `delayed`, `failed`, `bounced`, `unconfirmed`, `cancelled`.'),
    attempts: z.number().int(),
    trouble: z.string().nullable().describe('Why it is delayed, failed or bounced.'),
    datesent: instant().nullable(),
  })
  .meta({ id: 'Delivery' })

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
              '`3` from the customer, `4` from an agent, `5` from a form, `I` internal, `C` a chat, `P` an incoming, `V` an outgoing and `1` an internal call; others are steps such as `T` transfer, `2` messages came from another conversation, `L` messages went to one.',
            ),
          rstatus: z.string(),
          datecreated: instant(),
          datefinished: instant(),
          messages: z.array(messageSchema),
          mail: groupMailSchema.nullable().describe('The mail that it came by, or left by; null: it was no mail.'),
          outbox: z.array(deliverySchema).describe('What became of it on its way out, oldest first.'),
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

export const messageHtmlQuerySchema = z.strictObject({
  images: z
    .enum(['Y', 'N'])
    .default('N')
    .describe('`Y` shows pictures from elsewhere, loaded through this server; by default they are left out.'),
})
