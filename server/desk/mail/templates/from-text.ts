// Plain text as HTML for a mail: lines stay lines, addresses become links.

import { withLinks } from '../../../lib/links.ts'
import { type Content, html } from '../../../lib/markup.ts'

export const htmlOfText = (text: string): string => {
  const lines = text.replace(/\r\n?/g, '\n').replace(/ {2}/g, ' \u00a0').split('\n')
  return lines.map((line) => html`${linked(line)}`.toString()).join('<br>\n')
}

const linked = (line: string): Content[] =>
  withLinks(line).map(({ text, isLink }) => (isLink ? html`<a href="${text}">${text}</a>` : text))
