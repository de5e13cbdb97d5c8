// What visitors say and hear about themselves.
import { z } from 'zod'
import { instant, language, name, plainText } from '../v3/kinds.ts'

/** Agents follow these: none may be a program that runs where they click it. */
const NO_PAGES = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:'])
const address = () =>
  plainText(2_000).refine((text) => !NO_PAGES.has(URL.parse(text)?.protocol ?? ''), 'must be the address of a web page')
const page = () => address().describe('The address of the page that he is on.')

export const visitorDraftSchema = z
  .strictObject({
    page: page().optional(),
    referrer: address().optional(),
    language: language().optional(),
  })
  .meta({ id: 'VisitorDraft' })

export const visitorSchema = z
  .object({
    visitorid: z.string(),
    name: z.string().describe('What he said himself, and nothing else that the desk may know.'),
    email: z.string().nullable(),
    chatid: z.string().nullable().describe('The chat that he is in, or was in last.'),
    chatstate: z.enum(['queued', 'running', 'ended']).nullable(),
  })
  .meta({ id: 'Visitor' })

export const newVisitorSchema = visitorSchema
  .extend({ token: z.string().describe('Stands for him in all other calls. It is told this once.') })
  .meta({ id: 'NewVisitor' })

/** Name and address, as pre-chat forms ask for them. */
export const saidFields = {
  name: name().optional(),
  email: plainText(255).trim().optional(),
}

export const introductionSchema = z.strictObject(saidFields).meta({ id: 'Introduction' })

export const signSchema = z.strictObject({ page: page().optional() }).meta({ id: 'SignOfLife' })

export const onlineQuerySchema = z.strictObject({ department: plainText(100).optional() })
export const onlineSchema = z
  .object({ isonline: z.boolean().describe('Whether somebody is there to chat.'), time: instant() })
  .meta({ id: 'ChatsOnline' })
