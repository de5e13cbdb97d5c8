import { z } from 'zod'
import { instant, plainText } from './kinds.ts'
import { whose } from './presence.ts'

export const chatSchema = z
  .object({
    chatid: z.string().describe('The id of its conversation.'),
    code: z.string(),
    subject: z.string(),
    preview: z.string(),
    state: z
      .enum(['queued', 'running', 'ended'])
      .describe('`queued`: nobody has it; agents may be asked to take it. `running`: `agentid` has it.'),
    departmentid: z.string(),
    agentid: z.string().nullable().describe('Who has it, or was the last to have it.'),
    askedagentids: z.array(z.string()).describe('Who is being asked to take it.'),
    channel_type: z.string().describe('`B` the visitor asked, `I` he was invited.'),
    contactid: z.string().describe('The requester. By his own word only: nobody has verified his address.'),
    visitor: z
      .object({
        visitorid: z.string(),
        name: z.string(),
        email: z.string().nullable(),
        page: z.string(),
        referrer: z.string(),
        language: z.string().nullable(),
        dateseen: instant(),
      })
      .nullable()
      .describe('As he introduced himself; null: he is forgotten.'),
    datestarted: instant(),
    dateaccepted: instant().nullable(),
    dateanswered: instant().nullable(),
    dateended: instant().nullable(),
    datewaiting: instant().nullable().describe('Since when the visitor waits for an answer.'),
    endedby: z.enum(['visitor', 'agent', 'system']).nullable(),
  })
  .meta({ id: 'Chat' })

export const chatFilterSchema = z.strictObject({
  state: z.enum(['queued', 'running']).optional().describe('Both unless given. Ended ones are conversations.'),
  department: plainText(100).optional(),
  agent: plainText(255).optional().describe('Who has it or is asked to take it: userid, contactid or e-mail.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  offset: z.coerce.number().int().min(0).max(100_000).default(0),
})

export const chatListSchema = z
  .object({ chats: z.array(chatSchema).describe('The longest first.') })
  .meta({ id: 'Chats' })

export const placedChatSchema = chatSchema
  .extend({ place: z.int().nullable().describe('In the queue of its department, from 1; null: it does not wait.') })
  .meta({ id: 'PlacedChat' })

/** Who acts: for keys. */
export const chatActorSchema = z.strictObject(whose).meta({ id: 'ChatActor' })

export const transcriptFilterSchema = z.strictObject({
  after: plainText(20).optional().describe('Id of a message: only what came after it.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
})

export const transcriptSchema = z
  .object({
    messages: z
      .array(
        z.object({
          messageid: z.string(),
          userid: z.string(),
          rtype: z.string().describe('`M` message, `F` file, `S` what happens in words, `E` the end.'),
          is_html: z.boolean(),
          message: z.string(),
          datecreated: instant(),
        }),
      )
      .describe('Oldest first.'),
  })
  .meta({ id: 'Transcript' })

export const chatMessageDraftSchema = z
  .strictObject({
    message: z
      .string()
      .max(1_000_000)
      .transform((text) => text.replaceAll('\0', '').toWellFormed())
      .default(''),
    ...whose,
    is_html: z.boolean().optional(),
    attachments: z.array(plainText(100)).max(100).optional().describe('Ids of uploaded files.'),
  })
  .refine(({ message, attachments }) => message.trim() !== '' || (attachments?.length ?? 0) > 0, {
    message: 'is missing',
    path: ['message'],
  })
  .meta({ id: 'ChatMessageDraft' })

export const chatSaidSchema = z
  .object({
    messageid: z.string(),
    outboxid: z.int().nullable().describe('The chat had ended: it leaves by this mail. Null: it was said in the chat.'),
  })
  .meta({ id: 'ChatSaid' })

export const chatTransferSchema = z
  .strictObject({
    ...whose,
    agentidentifier: plainText(255).min(1).optional().describe('Whom to ask: userid, contactid or e-mail.'),
    department: plainText(100).min(1).optional().describe('Where it waits for anybody, if no agent is named.'),
    note: plainText(100_000).min(1).optional(),
  })
  .meta({ id: 'ChatTransfer' })
