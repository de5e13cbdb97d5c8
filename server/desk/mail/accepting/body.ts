// What is stored of a mail's text: the part that was written now, and what stood around it.
import { escapeHtml } from '../../../lib/markup.ts'
import type { MessageDraft, QuotedPart } from '../../conversations/messages.ts'
import { withoutRatingTokens } from '../rating-links.ts'
import { contentIdKey } from '../reading/inline-images.ts'
import type { MailPart, ReadMail } from '../reading/mail.ts'

/** A file of a mail that is in the store already. */
export interface StoredFile {
  id: string
  name: string
  type: string
  size: number
  contentId: string | undefined
}

/**
 * The message that the parts of a mail make. Answers between the lines of what they answer stay together with it: taken
 * apart, they would mean nothing. A mail that only quotes (a forwarded one) is shown whole.
 */
export function messageOf(read: Pick<ReadMail, 'parts'>, files: readonly StoredFile[]): MessageDraft {
  const last = read.parts.findLastIndex(({ kind, text }) => kind === 'message' && text.trim() !== '')
  const first = read.parts.findIndex(({ kind, text }) => kind === 'message' && text.trim() !== '')
  const isOnlyQuote = last === -1
  const own = isOnlyQuote ? read.parts.filter(({ kind }) => kind !== 'signature') : read.parts.slice(first, last + 1)
  const others = read.parts.filter(
    (part) => !own.includes(part) && (part.body.trim() !== '' || part.text.trim() !== ''),
  )
  return {
    ...joined(own, files),
    text: clean(
      own
        .filter(({ kind }) => isOnlyQuote || kind === 'message')
        .map(({ text }) => text)
        .join('\n'),
    ),
    fileIds: files.map(({ id }) => id),
    quoted: others.map((part) => quotedPart(part, files)),
  }
}

const quotedPart = (part: MailPart, files: readonly StoredFile[]): QuotedPart => ({
  kind: part.kind === 'signature' ? 'signature' : 'quote',
  ...joined([part], files),
})

function joined(parts: readonly MailPart[], files: readonly StoredFile[]): { body: string; isHtml: boolean } {
  const isHtml = parts.some((part) => part.isHtml)
  if (!isHtml) return { body: clean(parts.map(({ body }) => body).join('\n')), isHtml }
  const body = parts
    .map((part) => (part.isHtml ? part.body : escapeHtml(part.body).replaceAll('\n', '<br>')))
    .join('\n')
  return { body: clean(withFileAddresses(body, files)), isHtml }
}

/** No database takes a NUL in a text, nor half a surrogate pair; and no agent must get the links that rate him. */
export const clean = (text: string): string => withoutRatingTokens(text.replaceAll('\0', '').toWellFormed())

const CID = /(\ssrc=")cid:([^"]*)"/gi

/** Pictures inside a mail, by the address under which we serve them. */
function withFileAddresses(html: string, files: readonly StoredFile[]): string {
  const byContentId = new Map(
    files.flatMap((file) => (file.contentId ? [[contentIdKey(file.contentId), file.id] as const] : [])),
  )
  if (byContentId.size === 0) return html
  return html.replace(CID, (whole, before: string, given: string) => {
    const id = byContentId.get(contentIdKey(given))
    return id === undefined ? whole : `${before}scripts/file.php?view=Y&amp;file=${id}"`
  })
}
