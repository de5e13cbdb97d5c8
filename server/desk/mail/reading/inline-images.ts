// Which files the HTML of a mail shows itself: those are no attachments of their own.
import type { MailAttachment } from './mail.ts'

/** What `cid:` addresses in HTML name. */
export function shownContentIds(html: string): Set<string> {
  const found = new Set<string>()
  const source = html.toLowerCase()
  for (let at = source.indexOf('cid:'); at !== -1; at = source.indexOf('cid:', at + 4)) {
    const end = at + 4 + (/["'\s<>)\\]/.exec(html.slice(at + 4, at + 504))?.index ?? 500)
    found.add(contentIdKey(html.slice(at + 4, end)))
  }
  return found
}

/** Written with or without escapes and in any case: programs do not agree. */
export function contentIdKey(id: string): string {
  return percentDecoded(id.replaceAll('&amp;', '&')).toLowerCase()
}

function percentDecoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export interface Located extends MailAttachment {
  location: string | undefined
}

const MAX_LOCATIONS = 100

/**
 * Marks what the HTML shows. Images that it names by their Content-Location get a Content-ID, and the HTML names that: an
 * address in the network must never be loaded for them.
 */
export function markShown(html: string, attachments: Located[]): string {
  let shown = html
  let located = 0
  for (const attachment of attachments) {
    const { location } = attachment
    if (
      location === undefined ||
      location.length < 3 ||
      attachment.type.startsWith('text/') ||
      located >= MAX_LOCATIONS
    )
      continue
    located++
    const id = attachment.contentId ?? `location-${located}@attached`
    const replaced = shown.replaceAll(`"${location}"`, `"cid:${id}"`).replaceAll(`'${location}'`, `'cid:${id}'`)
    if (replaced !== shown) attachment.contentId = id
    shown = replaced
  }
  const ids = shownContentIds(shown)
  for (const attachment of attachments) {
    attachment.isInline = attachment.contentId !== undefined && ids.has(contentIdKey(attachment.contentId))
  }
  return shown
}
