// Mail rules on our own API: which mail is spam, and which never is.
import { z } from 'zod'

const action = z
  .enum(['allow', 'block'])
  .meta({ description: 'What happens to the mail. block: its conversation is spam (status B).' })
const subject = z.enum(['sender', 'header']).meta({ description: 'What the rule looks at.' })
const pattern = z.string().min(1).max(500).meta({
  description:
    'Of a sender: an e-mail address, or a domain, which also means everything below it. Of a header: the text or number to compare with.',
})
const header = z
  .string()
  .max(100)
  .nullable()
  .meta({ description: 'Name of the header, for rules about headers: X-Spam-Flag.' })
const comparison = z.enum(['equals', 'contains', 'at_least']).meta({
  description: 'Of a header: without regard to case; at_least compares the first number in it.',
})
const position = z.number().int().min(0).max(1_000_000).meta({
  description: 'Rules are tried in this order, and the first that fits decides.',
})

export const mailRuleSchema = z
  .object({
    mailruleid: z.string(),
    action,
    subject,
    pattern,
    header,
    comparison,
    position,
    datecreated: z.string(),
  })
  .meta({ id: 'MailRule' })

export const mailRuleDraftSchema = z
  .strictObject({
    action,
    subject,
    pattern,
    header: header.optional(),
    comparison: comparison.optional(),
    position: position.optional(),
  })
  .meta({ id: 'MailRuleDraft' })

export const mailRulePatchSchema = mailRuleDraftSchema.partial().meta({ id: 'MailRulePatch' })

export const notSpamSchema = z
  .strictObject({
    allow_sender: z
      .boolean()
      .default(false)
      .meta({ description: 'Also adds a rule that his mail is never spam. For administrators.' }),
  })
  .meta({ id: 'NotSpam' })
