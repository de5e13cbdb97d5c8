// Contents of entries on their way in. Cleaning takes milliseconds: before the transaction, never inside.
import { sanitiseHtml, textOfHtml } from '../../lib/html.ts'

/** HTML that may be shown to anybody, and its text for searches and previews. */
export interface PreparedContent {
  html: string
  text: string
}

export async function prepareContent(html: string): Promise<PreparedContent> {
  const clean = await sanitiseHtml(html.replaceAll('\0', ''))
  return { html: clean, text: (await textOfHtml(clean)).replaceAll('\0', '').toWellFormed() }
}

const SPECIAL: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Plain text as HTML that shows just that text, line by line. */
export const contentOfText = (text: string): PreparedContent => ({
  html: text.replace(/[&<>"]/g, (char) => SPECIAL[char] ?? char).replace(/\r\n?|\n/g, '<br />'),
  text,
})
