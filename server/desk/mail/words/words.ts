// What a language has to say in our mails. A language is a file: en.ts, de.ts, or JSON in the data folder.
import { z } from 'zod'
import { faultsOf } from '../templates/check.ts'
import { wordedKinds } from '../templates/variables.ts'

const line = z.string().min(1).max(500)

const mailText = z.strictObject({ subject: z.string().max(500), html: line.max(20_000) })

/** What languages say that were written before there were transcripts. */
export const TRANSCRIPT = {
  subject: 'Your chat with {$company}',
  html: `<p>{$greeting}</p>
<p>this is what was said in the chat of {$conversation.date}, as you have asked. It has the number {$conversation.code}.</p>
{$transcript}
<p>If you want to add something, just reply to this mail. If you have not chatted with us, somebody else has given your address: then you need not do anything.</p>
<p>{$company}</p>`,
}

const fieldsSchema = z.strictObject({
  /** As in `en` or `pt-BR`. */
  language: z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'must be a language such as en or pt-BR'),
  direction: z.enum(['ltr', 'rtl']).default('ltr'),
  /** The first line of a mail, with `{$name}`, and for people whose name is not known. */
  greeting: z.strictObject({ named: line, nameless: line }),
  /** Above what somebody wrote earlier, with `{$name}` and `{$date}`. */
  wrote: line,
  /** Who has no name. */
  somebody: line,
  /** The reader himself, where it is told what he has said. */
  you: line.default('You'),
  /** Below an answer: how it was, and the words of both links. */
  rating: z
    .strictObject({ question: line, good: line, bad: line })
    .default({ question: 'How was this answer?', good: 'Good', bad: 'Bad' }),
  mails: z.strictObject({
    answer: mailText,
    acknowledgement: mailText,
    registration: mailText,
    password: mailText,
    assignment: mailText,
    transcript: mailText.default(TRANSCRIPT),
    test: mailText,
    notice: mailText,
  }),
})

/** The words of one language. Mails are templates as those that administrators write: see templates/variables.ts. */
export const wordsSchema = fieldsSchema.check(({ value, issues }) => {
  for (const kind of wordedKinds) {
    const { subject, html } = value.mails[kind]
    if (kind !== 'answer' && subject.trim() === '')
      issues.push({ code: 'custom', path: ['mails', kind, 'subject'], message: 'must not be empty', input: subject })
    for (const [field, text] of [
      ['subject', subject],
      ['html', html],
    ] as const) {
      const [fault] = faultsOf(kind, field, text)
      if (fault !== undefined)
        issues.push({ code: 'custom', path: ['mails', kind, field], message: fault, input: text })
    }
  }
})
export type MailWords = z.output<typeof fieldsSchema>
