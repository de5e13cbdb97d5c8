// The text of HTML, as somebody would type it: paragraphs apart, lists with their signs, cells of a row side by side.
import { isBlock, type TreeNode } from './html-tree.ts'

export interface TextOptions {
  /** Only the leaves from `from` up to, not including, `to`. */
  from?: number
  to?: number
  /** Addresses behind links: `our page <https://example.com>`. */
  withLinks?: boolean
}

/** A line of its own and an empty one around it. */
const APART = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'dl', 'table', 'blockquote', 'pre', 'hr'])

/** Of longer texts the rest cannot be found by its words, and is not needed for previews. */
export const TEXT_LIMIT = 500_000

/** What stands between two leaves depends on their tags alone, so the texts of neighbouring stretches make the whole text. */
export function textOfTree(root: TreeNode, options: TextOptions = {}): string {
  const { from = 0, to = root.to, withLinks = false } = options
  const text = new TextWriter()
  const write = (node: TreeNode, sign: string): void => {
    if (node.to <= from || node.from >= to || text.isFull) return
    const { tag } = node
    if (node.text !== '') {
      if (node.isPre) text.verbatim(node.text)
      else text.words(node.text)
    } else if (tag === 'br') text.lineEnd()
    else if (tag === 'hr') text.rule()
    else element(node, sign)
  }
  const element = (node: TreeNode, sign: string): void => {
    const { tag } = node
    const ends = APART.has(tag) ? 2 : isBlock(tag) ? 1 : 0
    if (tag === 'td' || tag === 'th') text.cell()
    else text.apart(ends)
    // The sign of an item stands where its words begin, not where a later part of it does.
    if (sign !== '' && (node.from >= from || !hasWords(node, from))) text.sign(sign)
    writeChildren(node)
    if (withLinks && tag === 'a') text.address(node.attributes.href ?? '')
    if (sign !== '') text.signed()
    text.apart(ends)
  }
  const writeChildren = ({ tag, children, attributes }: TreeNode): void => {
    let number = tag === 'ol' ? Number.parseInt(attributes.start ?? '1', 10) || 1 : 1
    for (const child of children) write(child, child.tag !== 'li' ? '' : tag === 'ol' ? `${number++}.` : '*')
  }
  write(root, '')
  return text.toString()
}

/** Whether there is anything to read in the leaves before one. */
const hasWords = (node: TreeNode, before: number): boolean =>
  node.from < before &&
  (node.tag === 'hr' || node.text.trim() !== '' || node.children.some((child) => hasWords(child, before)))

class TextWriter {
  #text = ''
  /** Line ends that are due before the next word; without any, what stands between this word and the last. */
  #breaks = 0
  #gap = ''
  /** Of the item that begins; a paragraph in it begins behind the sign. */
  #sign = ''

  get isFull(): boolean {
    return this.#text.length > TEXT_LIMIT
  }

  toString(): string {
    return this.isFull ? this.#text.slice(0, TEXT_LIMIT).replace(/[\ud800-\udbff]$/, '') : this.#text
  }

  #add(text: string): void {
    if (this.#text !== '') this.#text += this.#breaks > 0 ? '\n'.repeat(this.#breaks) : this.#gap
    this.#breaks = 0
    this.#gap = ''
    if (this.#sign !== '') this.#text += `${this.#sign} `
    this.#sign = ''
    this.#text += text
  }

  words(text: string): void {
    const collapsed = text.replace(/[\s\u00a0]+/g, ' ')
    const trimmed = collapsed.trim()
    if (collapsed.startsWith(' ') && this.#gap === '') this.#gap = ' '
    if (trimmed === '') return
    this.#add(trimmed)
    if (collapsed.endsWith(' ')) this.#gap = ' '
  }

  /** A line of preformatted text, or a piece of one. */
  verbatim(text: string): void {
    const line = text.replace(/\r?\n$/, '')
    if (line.trim() !== '') this.#add(line.replaceAll('\u00a0', ' '))
    else if (line !== '' && this.#gap === '') this.#gap = ' '
    if (line.length < text.length) this.lineEnd()
  }

  /** A second one in a row makes an empty line. */
  lineEnd(): void {
    if (this.#sign === '') this.#breaks = Math.min(this.#breaks + 1, 2)
  }

  apart(lines: number): void {
    if (this.#sign === '') this.#breaks = Math.max(this.#breaks, lines)
  }

  rule(): void {
    this.apart(2)
    this.#add('---')
    this.apart(2)
  }

  cell(): void {
    this.#gap = '\t'
  }

  /** Shown before the first words of the item, if there are any. */
  sign(sign: string): void {
    this.#sign = sign
  }

  signed(): void {
    this.#sign = ''
  }

  address(address: string): void {
    const bare = address.replace(/^(?:https?:\/\/|mailto:)/i, '').replace(/\/$/, '')
    if (bare === '' || !/^https?:/i.test(address) || this.#text.endsWith(bare) || this.#text.endsWith(`${bare}/`))
      return
    this.#gap = ' '
    this.#add(`<${address}>`)
  }
}
