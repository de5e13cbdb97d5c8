// Texts, dates and sizes as people read them.
import { withLinks } from '../lib/links.ts'
import { type Content, html, type Markup, sanitised } from '../lib/markup.ts'
import { localText } from '../lib/zone.ts'

/** Plain text with its web addresses made into links. */
export function plainText(text: string): Markup {
  const parts: Content[] = withLinks(text).map(({ text, isLink }) =>
    isLink ? html`<a href="${text}" rel="noopener noreferrer nofollow ugc">${text}</a>` : text,
  )
  return html`<p class="plain">${parts}</p>`
}

const SETS_COLOURS = /\b(?:color|bgcolor|background-color)\b\s*[:=]/i

/** HTML that was sanitised when it was stored, in a box that it cannot leave. */
export const richText = (body: string): Markup =>
  html`<div class="rich${SETS_COLOURS.test(body) && ' white'}">${sanitised(body)}</div>`

/** `2026-01-31 23:59` in the zone, readable by machines too. */
export const moment = (instant: number, zone: string): Markup =>
  html`<time datetime="${new Date(instant).toISOString()}">${localText(instant, zone).slice(0, 16)}</time>`

export function fileSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`
  const [size, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kB'] : [bytes / 1_000_000, 'MB']
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`
}
