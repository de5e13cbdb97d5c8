// The text of a mail, taken apart, with what invitations say before it.
import { escapeHtml } from '../../../lib/markup.ts'
import type { Gathered } from './gather.ts'
import { type Located, markShown } from './inline-images.ts'
import type { MailAttachment, MailPart } from './mail.ts'
import { partsOf } from './parts.ts'
import { htmlOf, plainOf } from './segments.ts'

export async function textOf({
  segments,
  attachments,
  calendarLines,
}: Gathered): Promise<{ parts: MailPart[]; attachments: MailAttachment[]; isTextFailed: boolean }> {
  const whole = htmlOf(segments)
  const html = whole === undefined ? undefined : markShown(whole, attachments)
  const { parts, isFailed } = await safeParts({ html, text: plainOf(segments) })
  return {
    parts: withCalendar(parts, calendarLines),
    attachments: attachments.map(plainAttachment),
    isTextFailed: isFailed,
  }
}

function plainAttachment({ location: _, ...attachment }: Located): MailAttachment {
  return attachment
}

/** A text that cannot be taken apart is shown as it is. */
async function safeParts(source: {
  html: string | undefined
  text: string | undefined
}): Promise<{ parts: MailPart[]; isFailed: boolean }> {
  try {
    const parts = await partsOf(source)
    return {
      parts: parts.map((part) => ({ ...part, body: storable(part.body), text: storable(part.text) })),
      isFailed: false,
    }
  } catch {
    const text = source.text ?? source.html ?? ''
    return { parts: [{ kind: 'message', body: text, isHtml: false, text }], isFailed: true }
  }
}

/** Entities of HTML can stand for what no database takes, and a cut can go through a character. */
const storable = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '') : text).toWellFormed()

/** Invitations are read before anything else: the files that they come in are opened by few. */
function withCalendar(parts: MailPart[], lines: readonly string[]): MailPart[] {
  if (lines.length === 0) return parts
  const line = lines.join('\n')
  const at = parts.findIndex(({ kind }) => kind === 'message')
  const first = parts[at]
  if (!first) return [{ kind: 'message', body: line, isHtml: false, text: line }, ...parts]
  const body = first.isHtml
    ? `<p>${escapeHtml(line).replaceAll('\n', '<br>')}</p>${first.body}`
    : join(line, first.body)
  return parts.with(at, { ...first, body, text: join(line, first.text) })
}

const join = (line: string, text: string): string => (text.trim() === '' ? line : `${line}\n\n${text}`)
