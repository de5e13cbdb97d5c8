import { z } from 'zod'
import { instant, language, plainText } from './kinds.ts'

const templateKinds = ['answer', 'acknowledgement', 'registration', 'password', 'assignment', 'transcript'] as const
const previewKinds = [...templateKinds, 'test', 'notice'] as const

const place = {
  kind: z
    .enum(templateKinds)
    .describe(
      '`answer`: what an agent writes to a customer. `acknowledgement`: a mail has arrived. `registration` and `password`: a link to choose a password. `assignment`: to an agent, whose a conversation is now. `transcript`: to a visitor who has asked for what was said in his chat.',
    ),
}

export const mailTemplateSchema = z
  .object({
    templateid: z.string(),
    ...place,
    departmentid: z.string().nullable().describe('Null: every department.'),
    language: z.string().nullable().describe('Null: every language.'),
    subject: z.string(),
    html: z.string(),
    is_active: z
      .boolean()
      .describe(
        'False: it is passed over. One of a department for `acknowledgement` decides for it, whatever the setting says.',
      ),
    variables: z.array(z.string()).describe('What it may name, as in `{$customer.firstname}`.'),
    datecreated: instant(),
    datechanged: instant(),
  })
  .meta({ id: 'MailTemplate' })

const words = {
  subject: plainText(500).describe('May be empty for `answer`: then the subject of the conversation is kept.'),
  html: plainText(100_000).min(1).describe('HTML with variables. What runs or frames is taken out.'),
}

const draft = {
  ...place,
  departmentid: plainText(100).min(1).nullish(),
  language: language().nullish(),
  ...words,
  is_active: z.boolean().optional().describe('True unless said otherwise.'),
}

export const mailTemplateDraftSchema = z.strictObject(draft).meta({ id: 'MailTemplateDraft' })
export const mailTemplatePatchSchema = z.strictObject(draft).partial().meta({ id: 'MailTemplatePatch' })

const previewed = {
  department: plainText(100).optional().describe('Id.'),
  language: language().optional().describe("The reader's."),
  conversation: plainText(100).optional().describe('Id or code of a real one. Without it, made-up people are named.'),
}

export const mailPreviewQuerySchema = z.strictObject({ kind: z.enum(previewKinds), ...previewed })

export const mailPreviewDraftSchema = z
  .strictObject({ ...place, subject: words.subject.optional(), html: words.html, ...previewed })
  .meta({ id: 'MailPreviewDraft' })

export const mailPreviewSchema = z
  .object({
    subject: z.string(),
    html: z.string().describe('A whole document, as it would be sent.'),
    text: z.string(),
    language: z.string().describe('Of the words that were used.'),
    variables: z.array(z.string()).describe('What a template of this kind may name.'),
  })
  .meta({ id: 'MailPreview' })
