// Message texts. HTML from anywhere is hostile: it is cleaned before it is stored, and text is made from it for previews.
// What parses it is loaded when the first HTML arrives; most installations start without.
import type { CleanOptions } from './html-clean.ts'
import type { TreeNode } from './html-tree.ts'
import { escapeHtml } from './markup.ts'

/** A link or a picture in a mail has no page that it could be relative to; in articles and answers it has. */
export interface SanitiseOptions {
  keepRelative?: boolean
}

/**
 * HTML without anything that runs, frames, submits, or is loaded without being asked for. What is nested beyond all
 * measure is kept as the text that it is written in.
 */
export async function sanitiseHtml(html: string, { keepRelative = true }: SanitiseOptions = {}): Promise<string> {
  const tree = await treeOf(html)
  if (!tree) return escapeHtml(html.replaceAll('\0', '').toWellFormed())
  const { cleanTree } = await import('./html-clean.ts')
  return cleanTree(tree, { keepRelative })
}

/** HTML that was stored, as it is shown: cleaned once more, with what the caller makes of pictures and links. */
export async function showHtml(
  html: string,
  options: Pick<CleanOptions, 'showImage' | 'inNewWindow'>,
): Promise<string> {
  const tree = await treeOf(html)
  if (!tree) return escapeHtml(html)
  const { cleanTree } = await import('./html-clean.ts')
  return cleanTree(tree, { keepRelative: true, ...options })
}

/** The tree of HTML; undefined if it is nested beyond all measure. */
export async function treeOf(html: string): Promise<TreeNode | undefined> {
  const { parseHtml, TooDeep } = await import('./html-tree.ts')
  try {
    return parseHtml(html)
  } catch (error) {
    if (error instanceof TooDeep) return undefined
    throw error
  }
}

export interface TextOfHtmlOptions {
  /** With the addresses behind links, as a mail's plain text needs them. */
  withLinks?: boolean
}

/** The text of HTML, for previews, searches, and the plain half of mails. */
export async function textOfHtml(html: string, options: TextOfHtmlOptions = {}): Promise<string> {
  const tree = await treeOf(html)
  const { textOfTree } = await import('./html-text.ts')
  return tree ? textOfTree(tree, options) : html
}

export interface PreparedText {
  body: string
  isHtml: boolean
  text: string
}

/** A message text ready to be stored. Takes milliseconds for HTML: before the transaction, never inside. */
export async function prepareText(source: string, isHtml: boolean): Promise<PreparedText> {
  if (!isHtml) return { body: source, isHtml, text: source }
  const tree = await treeOf(source)
  if (!tree) {
    const body = await sanitiseHtml(source)
    return { body, isHtml, text: source }
  }
  const [{ cleanTree }, { textOfTree }] = await Promise.all([import('./html-clean.ts'), import('./html-text.ts')])
  return { body: cleanTree(tree, { keepRelative: true }), isHtml, text: textOfTree(tree) }
}
