// The text of a mail, piece by piece, as plain text and as HTML.
import { escapeHtml } from '../../../lib/markup.ts'

/** A piece of the text, in one or both of its forms. */
export interface Segment {
  plain: string | undefined
  html: string | undefined
}

export const hasText = (segments: readonly Segment[]): boolean =>
  segments.some(({ plain, html }) => (plain ?? '').trim() !== '' || (html !== undefined && isVisible(html)))

const HTML_LOOKED_AT = 20_000

/** Whether anybody would see anything of it. */
export function isVisible(html: string): boolean {
  if (html.length > HTML_LOOKED_AT || /<img/i.test(html)) return true
  let text = ''
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    text += html.slice(at, open === -1 ? html.length : open)
    const close = open === -1 ? -1 : html.indexOf('>', open)
    if (close === -1) break
    // What stands in the head is not shown.
    const skipped = /^<(style|title|script)\b/i.exec(html.slice(open, open + 8))?.[1]
    const end = skipped ? html.toLowerCase().indexOf(`</${skipped.toLowerCase()}`, close) : -1
    at = end === -1 ? close + 1 : end
  }
  return text.replace(/&nbsp;|&#160;|&zwnj;|\u00a0|\u200c/gi, '').trim() !== ''
}

/** All of it as plain text; undefined if some of it has none. */
export function plainOf(segments: readonly Segment[]): string | undefined {
  if (segments.length === 0 || segments.some(({ plain }) => plain === undefined)) return undefined
  return segments.map(({ plain }) => plain).join('\n')
}

export function htmlOf(segments: readonly Segment[]): string | undefined {
  if (!segments.some(({ html }) => html !== undefined)) return undefined
  return segments.map(({ html, plain }) => html ?? htmlOfPlain(plain ?? '')).join('\n')
}

const htmlOfPlain = (text: string): string =>
  text.trim() === '' ? '' : `<div>${escapeHtml(text).replaceAll('\n', '<br>\n')}</div>`
