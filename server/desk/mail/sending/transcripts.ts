// A mail with what was said in a chat, to the visitor who has asked for it. His address is only said, and his words are those
// of a stranger: everything is text, and what he wrote leads nowhere.
import { z } from 'zod'
import type { Reader } from '../../../db/write.ts'
import { escapeHtml } from '../../../lib/markup.ts'
import { parseAttachment } from '../../conversations/attachments.ts'
import { messageTypes } from '../../conversations/letters.ts'
import type { OutboxMail } from '../../outbox/outbox.ts'
import type { MailDesk } from '../mail-desk.ts'
import { templateFor } from '../templates/choose.ts'
import { oneLine, type Value, valuesOf } from '../templates/expand.ts'
import { htmlOfText } from '../templates/from-text.ts'
import { NOBODY } from '../templates/people.ts'
import { type ComposedMail, renderMail } from '../templates/render.ts'
import { conversationValues, readerValues, textOfWritten } from '../templates/values.ts'
import { dateText, type Voice, voiceFor } from '../templates/voice.ts'
import { conversationOf, departmentName } from './conversation-facts.ts'
import { withoutAddresses } from './system-mail.ts'

/** What is mailed: the lines of the chat's message group, up to the last one at that moment. */
export const transcriptSchema = z.object({
  group: z.number(),
  upTo: z.number(),
  address: z.string(),
  language: z.string().nullable(),
})

const MOST_LINES = 1_000
const LONGEST = 200_000

export async function composeTranscript(db: Reader, desk: MailDesk, mail: OutboxMail): Promise<ComposedMail> {
  const { group, upTo, address, language } = transcriptSchema.parse(JSON.parse(mail.content))
  const conversation = await conversationOf(db, mail)
  const voice = voiceFor(desk, language)
  const rows = await linesQuery(db, group, upTo).execute()
  const lines = rows.map(({ agent_id, firstname, lastname, ...row }) => ({
    ...row,
    agent: agent_id === null ? null : oneLine(`${firstname} ${lastname}`) || voice.company,
  }))
  const values = valuesOf({
    ...readerValues(voice, { ...NOBODY, email: address }),
    ...conversationValues(voice, desk.publicUrl(), conversation, await departmentName(db, conversation)),
    transcript: await transcriptValue(voice, lines),
  })
  return renderMail(voice.words, await templateFor(db, voice, 'transcript', conversation.department_id), values)
}

/** The query behind it: words and files, and nothing that the desk notes for itself. */
export const linesQuery = (db: Reader, group: number, upTo: number) =>
  db
    .selectFrom('messages')
    .innerJoin('message_groups', 'message_groups.seq', 'messages.group_seq')
    .leftJoin('agents', 'agents.id', 'messages.user_id')
    .select(['messages.rtype', 'messages.body', 'messages.is_html', 'messages.created_at'])
    .select(['agents.id as agent_id', 'agents.firstname', 'agents.lastname'])
    .whereRef('messages.conversation_id', '=', 'message_groups.conversation_id')
    .where('message_groups.seq', '=', group)
    .where('messages.seq', '<=', upTo)
    .where('messages.rtype', 'in', [messageTypes.message, messageTypes.file])
    .orderBy('messages.seq')
    .limit(MOST_LINES)

export interface TranscriptLine {
  rtype: string
  body: string
  is_html: number
  created_at: number
  /** Who wrote it; null: the visitor. */
  agent: string | null
}

export async function transcriptValue(voice: Voice, lines: readonly TranscriptLine[]): Promise<Value> {
  const [html, text]: [string[], string[]] = [[], []]
  let room = LONGEST
  for (const line of lines) {
    if (room <= 0) break
    const whole = await wordsOf(line)
    const words = whole.length > room ? `${whole.slice(0, room).toWellFormed()} …` : whole
    room -= words.length
    const head = `${line.agent ?? voice.words.you} · ${dateText(voice, line.created_at)}`
    const body = line.agent === null ? escapeHtml(words).replaceAll('\n', '<br>\n') : htmlOfText(words)
    html.push(`<p><strong>${escapeHtml(head)}</strong><br>\n${body}</p>`)
    text.push(`${head}\n${words.replace(/^/gm, '> ')}`)
  }
  return {
    html: `<blockquote style="margin: 0; padding-left: 12px; border-left: 2px solid #888888">${html.join('\n')}</blockquote>`,
    text: text.join('\n\n'),
  }
}

async function wordsOf(line: TranscriptLine): Promise<string> {
  const words =
    line.rtype === messageTypes.file
      ? `📎 ${oneLine(parseAttachment(line.body)?.filename ?? '')}`
      : await textOfWritten([line])
  return line.agent === null ? withoutAddresses(words) : words
}
