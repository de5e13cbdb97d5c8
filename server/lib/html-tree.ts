// HTML as a tree: small, limited in depth, and with its leaves numbered, so that any stretch of it can be written out by
// itself without a tag left open.
import { Parser } from 'htmlparser2'

export interface TreeNode {
  /** In lower case; empty: a text. */
  tag: string
  text: string
  attributes: Readonly<Record<string, string>>
  children: TreeNode[]
  /** Number of its first leaf, and of the leaf after its last. Texts, voids and empty elements are leaves. */
  from: number
  to: number
  /** Its text is shown with the blanks and line ends that it has. */
  isPre: boolean
}

/** Tags that are open at the same time. The parser's time for each grows with them; no mail program writes so many. */
const MAX_OPEN_TAGS = 1_000
/** What lies deeper is kept, its tags are not: programs that read our HTML recurse. */
const MAX_DEPTH = 250

/** Longer ones are logs. */
const MAX_PRE = 200_000

export class TooDeep extends Error {}

/** Their text is no text for people. Everything else that is not understood loses its tags and keeps its text. */
const UNREADABLE = new Set(['script', 'style', 'title'])
const VOID = new Set([
  'br',
  'img',
  'hr',
  'wbr',
  'col',
  'input',
  'meta',
  'link',
  'base',
  'area',
  'embed',
  'param',
  'source',
])

/** NUL, which PostgreSQL does not take, and the other controls that no text has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROLS = /[\0-\x08\x0b\x0e-\x1f]/g

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({})

const node = (tag: string, text: string, attributes: Readonly<Record<string, string>>, from: number): TreeNode => ({
  tag,
  text,
  attributes,
  children: [],
  from,
  to: from + 1,
  isPre: false,
})

/** Throws TooDeep for what is nested beyond all measure. Takes time in proportion to the length. */
export function parseHtml(html: string): TreeNode {
  const root = node('', '', NO_ATTRIBUTES, 0)
  const open: TreeNode[] = [root]
  let parent = root
  let leaves = 0
  let unreadable = 0
  const addText = (text: string): void => {
    const last = parent.children.at(-1)
    // An entity comes as a text of its own.
    if (last?.tag === '' && !(parent.isPre && last.text.endsWith('\n'))) last.text += text
    else {
      const child = node('', text, NO_ATTRIBUTES, leaves++)
      child.isPre = parent.isPre
      parent.children.push(child)
    }
  }
  const parser = new Parser({
    onopentag(tag, attributes) {
      if (open.length > MAX_OPEN_TAGS) throw new TooDeep('too many tags are open at the same time')
      if (UNREADABLE.has(tag)) unreadable++
      let child = parent
      if (open.length <= MAX_DEPTH && unreadable === 0) {
        child = node(tag, '', attributes, leaves)
        child.isPre = isPre(tag, attributes.style, parent.isPre)
        parent.children.push(child)
        if (VOID.has(tag)) leaves++
      }
      open.push(child)
      parent = child
    },
    onclosetag(tag) {
      if (UNREADABLE.has(tag)) unreadable--
      const closed = open.pop()
      parent = open.at(-1) ?? root
      if (closed === undefined || closed === parent) return
      if (leaves === closed.from) leaves++
      closed.to = leaves
    },
    ontext(text) {
      if (unreadable > 0) return
      // Each line is a leaf, so that a quote can begin at any of them.
      const lines = parent.isPre && text.length < MAX_PRE ? text.split(/(?<=\n)/) : [text]
      for (const line of lines) addText(line)
    },
  })
  parser.end(html.toWellFormed().replace(CONTROLS, ''))
  root.to = leaves
  return root
}

function isPre(tag: string, style: string | undefined, inherited: boolean): boolean {
  if (tag === 'pre') return true
  if (style === undefined || !style.includes('white-space')) return inherited
  const value = /white-space\s*:\s*([a-z-]+)/.exec(style)?.[1] ?? ''
  return value.startsWith('pre') || (value === 'inherit' && inherited)
}

/** Elements that begin and end a line. */
const BLOCKS = new Set(
  'address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html li main menu nav ol p pre section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
)
export const isBlock = (tag: string): boolean => BLOCKS.has(tag)
