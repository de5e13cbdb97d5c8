// Chats as visitors start, see and end them.
import { z } from 'zod'
import { instant, plainText } from '../v3/kinds.ts'
import { saidFields } from './visitors.ts'

const said = () =>
  z
    .string()
    .max(20_000)
    .transform((text) => text.replaceAll('\0', '').toWellFormed())

export const chatDraftSchema = z
  .strictObject({
    department: plainText(100).optional().describe('`default` unless given.'),
    ...saidFields,
    message: said().pipe(z.string().trim().min(1)).optional().describe('What he wants to know. Plain text.'),
    if_offline: z
      .enum(['refuse', 'message'])
      .default('refuse')
      .describe(
        'If nobody is online: `refuse` answers 409 `nobody_online`; `message` takes `message` as one that is answered to `email`.',
      ),
    is_invited: z.boolean().optional().describe('The page has invited him to chat: the channel is I instead of B.'),
  })
  .meta({ id: 'WidgetChatDraft' })

export const widgetChatSchema = z
  .object({
    chatid: z.string(),
    state: z
      .enum(['queued', 'running', 'ended', 'offline'])
      .describe('`offline`: it was taken as a message; there is no chat.'),
    place: z.int().nullable().describe('In the queue, from 1; null: it does not wait.'),
    agent: z.object({ name: z.string(), avatar_url: z.string() }).nullable().describe('Who has it.'),
    datestarted: instant(),
    dateended: instant().nullable(),
    endedby: z.enum(['visitor', 'agent', 'system']).nullable(),
  })
  .meta({ id: 'WidgetChat' })

export const transcriptQuerySchema = z.strictObject({
  after: plainText(20).optional().describe('Id of a message: only what came after it.'),
  limit: z.coerce.number().int().min(1).max(500).default(200),
})

export const widgetMessagesSchema = z
  .object({
    messages: z.array(
      z.object({
        messageid: z.string(),
        by: z.enum(['visitor', 'agent', 'system']),
        agent: z.object({ name: z.string(), avatar_url: z.string() }).nullable(),
        rtype: z.enum(['M', 'F', 'E']).describe('`M` words, `F` a file, `E` the chat has ended.'),
        is_html: z.boolean().describe('Whether `message` is sanitised HTML; else it is plain text.'),
        message: z.string(),
        file: z.object({ fileid: z.string(), name: z.string(), size: z.int(), type: z.string() }).nullable(),
        datecreated: instant(),
      }),
    ),
  })
  .meta({ id: 'WidgetMessages' })

export const widgetMessageDraftSchema = z
  .strictObject({ message: said().pipe(z.string().trim().min(1)).describe('Plain text.') })
  .meta({ id: 'WidgetMessageDraft' })

export const widgetFileDraftSchema = z
  .strictObject({
    name: plainText(255).optional(),
    type: plainText(255).optional(),
    data: z.union([z.string(), z.instanceof(Uint8Array)]).describe('Base64, or a part of a multipart form.'),
  })
  .meta({ id: 'WidgetFileDraft' })

export const saidSchema = z.object({ messageid: z.string() }).meta({ id: 'Said' })

export const mailedSchema = z
  .object({ email: z.string().describe('Where it is mailed to: the address that he gave.') })
  .meta({ id: 'TranscriptMailed' })
