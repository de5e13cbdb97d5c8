import { z } from 'zod'
import { priorities } from '../../server/lib/priorities.ts'
import { fieldValueSchema } from './fields.ts'
import { instant, plainText } from './kinds.ts'

const states = {
  N: 'new',
  C: 'open',
  A: 'answered',
  W: 'postponed',
  R: 'resolved',
  L: 'closed',
  T: 'chatting',
  P: 'calling',
  I: 'init',
  B: 'spam',
  X: 'deleted',
} as const
const letters = ['N', 'C', 'A', 'W', 'R', 'L', 'T', 'P', 'I', 'B', 'X'] as const
/** States that somebody can put a conversation into; chats and calls come and go by themselves. */
const settable = ['N', 'C', 'A', 'W', 'R', 'L', 'B', 'X'] as const

const meaning = (of: readonly (keyof typeof states)[]): string =>
  of.map((letter) => `\`${letter}\` ${states[letter]}`).join(', ')

export const conversationSchema = z
  .object({
    conversationid: z.string(),
    code: z.string().describe('What people read to each other: `ABC-DEFGH-123`.'),
    publicurlcode: z.string().describe('Whoever has it may read the conversation.'),
    subject: z.string(),
    preview: z.string(),
    status: z.enum(letters).describe(meaning(letters)),
    channel_type: z.string(),
    departmentid: z.string(),
    departmentname: z.string(),
    agentid: z.string().nullable().describe('Userid of the agent who has it; null: it waits for anybody.'),
    owner: z
      .object({
        contactid: z.string(),
        firstname: z.string(),
        lastname: z.string(),
        email: z.string().nullable(),
        note: z.string().nullable(),
      })
      .describe('The customer who asks.'),
    tags: z.array(z.string()).describe('Ids, in the order in which they were put on.'),
    customfields: z.array(fieldValueSchema),
    cc: z.array(z.string()).describe('E-mails that get the answers too.'),
    messagegroupsin: z.number().int(),
    messagegroupsout: z.number().int(),
    datecreated: instant(),
    datechanged: instant(),
    datedue: instant().nullable().describe('When an answer is due, by its SLA level.'),
    priority: z.enum(priorities),
    slalevelid: z.string().nullable().describe('Its SLA level; null: nothing is promised.'),
    waitingsince: instant().nullable().describe('When the customer began to wait for the answer that is due now.'),
    mergedinto: z
      .string()
      .nullable()
      .describe('Id of the conversation that has its messages now; null: it stands for itself.'),
  })
  .meta({ id: 'Conversation' })

/** A single one says more than a row of a list. */
export const linkedConversationSchema = conversationSchema
  .extend({
    links: z
      .array(
        z.object({
          conversationid: z.string(),
          code: z.string(),
          subject: z.string().nullable().describe('Null: it is in a department that you may not see.'),
          reason: z
            .string()
            .describe(
              '`merged` into it, `split` off it, `moved` messages to it, `claimed` to answer it without proof.',
            ),
          direction: z
            .enum(['from', 'to'])
            .describe('`from`: the reason is about this one; `to`: about the other one.'),
          datecreated: instant(),
        }),
      )
      .describe('Conversations that it has to do with, newest link first.'),
  })
  .meta({ id: 'LinkedConversation' })

const listOf = <Item extends z.ZodType<string, string>>(item: Item) =>
  z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .transform((parts) => (parts.length === 0 ? undefined : [...new Set(parts)]))
    .pipe(z.array(item).max(100).optional())

export const conversationFilterSchema = z.strictObject({
  owneridentifier: plainText(255).optional().describe('E-mail, contactid or userid of the customer.'),
  department: plainText(100).optional().describe('Id.'),
  agent: plainText(255).optional().describe('E-mail, userid or contactid of the assigned agent.'),
  status: listOf(z.enum(letters)).optional().describe('Letters, comma-separated.'),
  channel_type: listOf(plainText(1)).optional().describe('Letters, comma-separated.'),
  priority: listOf(z.enum(priorities))
    .optional()
    .describe(`${priorities.join(', ')}; several comma-separated.`),
  subject: plainText(10_000).optional().describe('The whole subject, without regard to case and spaces.'),
  createdfrom: instant().optional(),
  createdto: instant().optional(),
  changedfrom: instant().optional(),
  changedto: instant().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(100).optional().describe('`next_cursor` of the page before.'),
})

export const conversationPageSchema = z
  .object({
    conversations: z.array(conversationSchema).describe('Newest change first.'),
    next_cursor: z.string().nullable().describe('Continues the list; null: this was the last page.'),
  })
  .meta({ id: 'ConversationPage' })

export const statusChangeSchema = z
  .strictObject({
    status: z.enum(settable).describe(meaning(settable)),
    note: plainText(100_000).min(1).optional(),
  })
  .meta({ id: 'StatusChange' })

export const priorityChangeSchema = z.strictObject({ priority: z.enum(priorities) }).meta({ id: 'PriorityChange' })

export const transferSchema = z
  .strictObject({
    agentidentifier: plainText(255)
      .min(1)
      .optional()
      .describe('E-mail, userid or contactid. Left out: nobody has it any more.'),
    department: plainText(100).min(1).optional().describe('Id. Left out: it stays where it is.'),
    note: plainText(100_000).min(1).optional(),
  })
  .meta({ id: 'Transfer' })

export const tagToAddSchema = z
  .strictObject({
    id: plainText(100).min(1).optional(),
    name: plainText(255).trim().min(1).optional().describe('Made if there is none of this name.'),
  })
  .meta({ id: 'TagToAdd' })
