// What the variables of mails stand for: the reader, the conversation, what was written.
import type { Selectable } from 'kysely'
import { textOfHtml } from '../../../lib/html.ts'
import { escapeHtml } from '../../../lib/markup.ts'
import type { MessageRow } from '../../conversations/tables.ts'
import { ratingPath } from '../rating-links.ts'
import { expandHtml, expandHtmlAsText, type Value, type Values } from './expand.ts'
import { htmlOfText } from './from-text.ts'
import { nameOf, type Person } from './people.ts'
import { dateText, greetingFor, type Voice } from './voice.ts'

/** What every mail can say. */
export const readerValues = (voice: Voice, reader: Person) => ({
  company: voice.company,
  date: dateText(voice, Date.now()),
  greeting: greetingFor(voice, reader),
  'recipient.firstname': reader.firstname,
  'recipient.lastname': reader.lastname,
  'recipient.name': nameOf(reader) || reader.email,
  'recipient.email': reader.email,
})

export interface ConversationFacts {
  code: string
  public_code: string
  subject: string
  created_at: number
}

export const conversationValues = (
  voice: Voice,
  publicUrl: string,
  conversation: ConversationFacts,
  departmentName: string,
) => ({
  'conversation.code': conversation.code,
  'conversation.subject': conversation.subject,
  'conversation.date': dateText(voice, conversation.created_at),
  'conversation.url': `${publicUrl}/index.php?type=my_tickets&cid=${encodeURIComponent(conversation.public_code)}`,
  'department.name': departmentName,
})

export type Written = Pick<Selectable<MessageRow>, 'body' | 'is_html'>

export async function textOfWritten(messages: readonly Written[]): Promise<string> {
  const texts: string[] = []
  for (const { body, is_html } of messages)
    texts.push(is_html ? await textOfHtml(body, { withLinks: true }) : body.replace(/\r\n?/g, '\n'))
  return texts.join('\n\n')
}

/** What was written in a group, as it is. HTML was sanitised when it was stored. */
export const messageValue = async (messages: readonly Written[]): Promise<Value> => ({
  html: messages.map(({ body, is_html }) => (is_html ? body : htmlOfText(body))).join('<br>\n'),
  text: await textOfWritten(messages),
})

/** `template` is a stored signature. It stands below the two hyphens that mail programs know. */
export async function signatureValue(template: string, values: Values): Promise<Value> {
  if (template === '') return { text: '' }
  return {
    html: `<br>\n<div>-- <br>\n${expandHtml(template, values)}</div>`,
    text: `\n-- \n${await expandHtmlAsText(template, values)}`,
  }
}

/** The links with which the customer says how an answer was. `token`: see rating-links.ts. */
export function ratingValues({ words }: Voice, publicUrl: string, token: string) {
  const good = `${publicUrl}${ratingPath(token, 'good')}`
  const bad = `${publicUrl}${ratingPath(token, 'bad')}`
  const { rating } = words
  const link = (address: string, text: string): string => `<a href="${escapeHtml(address)}">${escapeHtml(text)}</a>`
  const block: Value = {
    html: `<p>${escapeHtml(rating.question)} ${link(good, rating.good)} · ${link(bad, rating.bad)}</p>`,
    text: `\n${rating.question}\n${rating.good}: ${good}\n${rating.bad}: ${bad}`,
  }
  return { 'rating.good': good, 'rating.bad': bad, rating: block }
}

const LONGEST_QUOTE = 20_000

/** As text only: pictures in it would tell their sender who reads it when. */
export function quoteValue(intro: string, text: string): Value {
  const quoted = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE).toWellFormed()} …` : text
  const lines = quoted.split('\n').map((line) => `> ${line}`.trimEnd())
  return {
    html: `<p>${escapeHtml(intro)}</p>
<blockquote type="cite" style="margin: 0 0 0 8px; padding-left: 12px; border-left: 2px solid #888888">${htmlOfText(quoted)}</blockquote>`,
    text: `${intro}\n${lines.join('\n')}`,
  }
}

export const problemsValue = (problems: readonly string[]): Value => ({
  html: `<ul>${problems.map((problem) => `<li>${escapeHtml(problem)}</li>`).join('\n')}</ul>`,
  text: problems.map((problem) => `* ${problem}`).join('\n'),
})
