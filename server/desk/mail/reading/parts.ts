// Takes the text of a mail apart: what was written now, what was quoted, the signature. Nothing is lost: the parts one after
// another are the text.

import { treeOf } from '../../../lib/html.ts'
import type { TreeNode } from '../../../lib/html-tree.ts'
import { type Line, linesOfText } from './lines.ts'
import type { MailPart } from './mail.ts'
import { type Kind, kindsOf } from './quotes.ts'
import { roughTextOf } from './rough-text.ts'

/** HTML of more characters is no letter: it is shown as text, and the original is attached. */
export const HTML_LIMIT = 2_000_000
/** Texts with more lines, or so many changes between quote and answer, are logs: nobody folds them. */
const MAX_LINES = 50_000
const MAX_PARTS = 60

/**
 * The parts in the order of the mail; a mail without text has one empty part. If there is HTML, its parts are HTML; they
 * are text where the HTML is too large or nested beyond all measure.
 */
export async function partsOf({
  html,
  text,
}: {
  html: string | undefined
  text: string | undefined
}): Promise<MailPart[]> {
  if (html === undefined || html.trim() === '') return partsOfText(text ?? '')
  const tree = html.length > HTML_LIMIT ? undefined : await treeOf(html)
  if (!tree) return partsOfText(text !== undefined && text.trim() !== '' ? text : roughTextOf(html))
  const parts = await partsOfTree(tree)
  const isEmpty = parts.every((part) => part.text.trim() === '' && !part.body.includes('<img'))
  return isEmpty && text !== undefined && text.trim() !== '' ? partsOfText(text) : parts
}

function partsOfText(given: string): MailPart[] {
  const text = given.toWellFormed().replace(/\r\n?/g, '\n').replaceAll('\0', '')
  const lines = linesOfText(text, MAX_LINES)
  const last = lines.at(-1)
  if (last && lines.length > MAX_LINES) last.to = text.length
  const parts = stretchesOf(lines).map(({ kind, from, to }): MailPart => {
    const body = withoutOuterBlanks(text.slice(from, to))
    return { kind, body, isHtml: false, text: body }
  })
  return orEmpty(
    parts.filter(({ text }) => text !== ''),
    false,
  )
}

async function partsOfTree(tree: TreeNode): Promise<MailPart[]> {
  const [{ linesOfTree }, { cleanTree }, { textOfTree }] = await Promise.all([
    import('./html-lines.ts'),
    import('../../../lib/html-clean.ts'),
    import('../../../lib/html-text.ts'),
  ])
  const parts = stretchesOf(linesOfTree(tree)).map(
    ({ kind, from, to }): MailPart => ({
      kind,
      body: cleanTree(tree, { from, to }).trim(),
      isHtml: true,
      text: textOfTree(tree, { from, to }),
    }),
  )
  return orEmpty(
    parts.filter(({ body, text }) => text !== '' || body.includes('<img')),
    true,
  )
}

const orEmpty = (parts: MailPart[], isHtml: boolean): MailPart[] =>
  parts.length > 0 ? parts : [{ kind: 'message', body: '', isHtml, text: '' }]

/** Without the empty lines around it; the first line keeps its indent. */
const withoutOuterBlanks = (text: string): string => text.trimEnd().replace(/^(?:[^\S\n]*\n)+/, '')

interface Stretch {
  kind: Kind
  from: number
  to: number
}

/** Lines of one kind together, from the first to the last without a gap. */
function stretchesOf(lines: readonly Line[]): Stretch[] {
  const first = lines[0]
  const last = lines.at(-1)
  if (!first || !last) return []
  if (lines.length > MAX_LINES) return [{ kind: 'message', from: first.from, to: last.to }]
  const kinds = kindsOf(lines)
  const stretches: Stretch[] = []
  for (const [at, { from, to }] of lines.entries()) {
    const kind = kinds[at] ?? 'message'
    const before = stretches.at(-1)
    if (before && (before.kind === kind || stretches.length === MAX_PARTS)) before.to = to
    else stretches.push({ kind, from, to })
  }
  return stretches
}
