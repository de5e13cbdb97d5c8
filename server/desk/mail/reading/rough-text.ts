// The text of HTML that is too large or too deep to be parsed: everything between tags, in time proportional to its length.

/** What is kept of it. The original is attached to the message. */
const TEXT_LIMIT = 200_000

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

export function roughTextOf(html: string): string {
  let text = ''
  let at = 0
  while (at < html.length && text.length < TEXT_LIMIT) {
    const open = html.indexOf('<', at)
    if (open < 0) {
      text += html.slice(at, at + TEXT_LIMIT)
      break
    }
    text += html.slice(at, Math.min(open, at + TEXT_LIMIT))
    const unread = /^<(script|style|title|!--)/i.exec(html.slice(open, open + 8))?.[1]?.toLowerCase()
    const close = unread === undefined ? html.indexOf('>', open) : endOf(html, unread, open)
    if (close < 0) break
    if (/^<\/?(?:br|p|div|tr|li|h[1-6]|table|ul|ol|blockquote|pre)\b/i.test(html.slice(open, open + 12))) text += '\n'
    at = close + 1
  }
  return tidy(text.slice(0, TEXT_LIMIT).toWellFormed())
}

/** The last character of what people do not read; -1: it never ends. */
function endOf(html: string, tag: string, from: number): number {
  if (tag === '!--') {
    const end = html.indexOf('-->', from)
    return end < 0 ? -1 : end + 2
  }
  const ending = new RegExp(`</${tag}`, 'gi')
  ending.lastIndex = from
  const found = ending.exec(html)
  return found ? html.indexOf('>', found.index) : -1
}

const tidy = (text: string): string =>
  text
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/[^\S\n]{1,200}/g, ' ')
    .replace(/ ?\n[ \n]{0,200}/g, '\n')
    .trim()
