// Writes a tree of HTML so that nothing in it runs, frames, submits, or is loaded without being asked for.
//
// Why this holds: what is written consists of tags from a list, attributes from a list in double quotes, and text, with
// every `<`, `>`, `&` and `"` of theirs escaped. No tag of the list changes how a browser reads what follows (as script,
// style, svg, math, textarea, template … do), so a browser finds the tags that stand here and no others, whatever the
// source made of comments, entities or nesting.
import { safeAddress } from './html-addresses.ts'
import { cleanStyle } from './html-styles.ts'
import type { TreeNode } from './html-tree.ts'

export interface CleanOptions {
  /** Only the leaves from `from` up to, not including, `to`. */
  from?: number
  to?: number
  /** Links and pictures without a host: they have a meaning in articles of ours, none in a stranger's mail. */
  keepRelative?: boolean
  /** Links open in a window of their own, whatever they say. */
  inNewWindow?: boolean
  /** What to show of a picture: its new address, or HTML instead of it. */
  showImage?: (address: string, image: TreeNode) => { address: string } | { html: string }
}

const words = (text: string): string[] => text.split(' ')

const COMMON = words('style title dir lang align valign width height bgcolor color border cellpadding cellspacing')

const EXTRA: Record<string, string> = {
  a: 'href name',
  img: 'src alt',
  td: 'colspan rowspan',
  th: 'colspan rowspan scope',
  ol: 'start type',
  font: 'face size',
}

const TAGS = words(
  'address article aside footer header h1 h2 h3 h4 h5 h6 hgroup main nav section blockquote dd div dl dt figcaption figure hr li menu ol p pre ul a abbr b bdi bdo big br cite code data dfn em i kbd mark q rb rp rt rtc ruby s samp small span strike strong sub sup time tt u var wbr caption col colgroup table tbody td tfoot th thead tr img del ins font center details summary',
)

/** Each tag with the attributes that it may have. */
const ALLOWED = new Map(TAGS.map((tag) => [tag, new Set([...COMMON, ...words(EXTRA[tag] ?? '')])]))

const VOID = new Set(['br', 'img', 'hr', 'wbr', 'col'])

const LINK_SCHEMES = new Set(['http', 'https', 'mailto', 'tel'])
const IMAGE_SCHEMES = new Set(['http', 'https', 'cid', 'data'])

const LINK_END = ' rel="noopener noreferrer nofollow">'

/** The safe HTML of a tree, or of a stretch of its leaves with all that encloses them. */
export function cleanTree(root: TreeNode, options: CleanOptions = {}): string {
  const { from = 0, to = root.to, keepRelative = false, inNewWindow = false, showImage } = options
  let out = ''
  const write = (node: TreeNode): void => {
    if (node.to <= from || node.from >= to) return
    const { tag } = node
    if (tag === '') {
      out += escapeText(node.text)
      for (const child of node.children) write(child)
      return
    }
    const attributes = ALLOWED.get(tag)
    if (attributes === undefined) {
      for (const child of node.children) write(child)
      return
    }
    if (tag === 'img') {
      out += image(node, attributes)
      return
    }
    out += `<${tag}`
    for (const name in node.attributes) {
      const value = node.attributes[name]
      if (value === undefined || !attributes.has(name)) continue
      if (name === 'style') out += styleOf(value)
      else if (name === 'href') out += addressOf(name, safeAddress(value, LINK_SCHEMES, keepRelative))
      else out += ` ${name}="${escapeValue(value)}"`
    }
    if (VOID.has(tag)) {
      out += ' />'
      return
    }
    out += tag === 'a' ? (inNewWindow ? NEW_WINDOW : targetOf(node)) + LINK_END : '>'
    for (const child of node.children) write(child)
    out += `</${tag}>`
  }
  const image = (node: TreeNode, attributes: Set<string>): string => {
    let address = safeAddress(node.attributes.src ?? '', IMAGE_SCHEMES, keepRelative)
    if (address !== undefined && showImage) {
      const shown = showImage(address, node)
      if ('html' in shown) return shown.html
      address = shown.address
    }
    let text = `<img${addressOf('src', address)}`
    for (const name in node.attributes) {
      const value = node.attributes[name]
      if (value === undefined || name === 'src' || !attributes.has(name)) continue
      text += name === 'style' ? styleOf(value) : ` ${name}="${escapeValue(value)}"`
    }
    return `${text} />`
  }
  write(root)
  return out
}

const addressOf = (name: string, address: string | undefined): string =>
  address === undefined || address === '' ? '' : ` ${name}="${escapeValue(address)}"`

const styleOf = (value: string): string => {
  const style = cleanStyle(value)
  return style === '' ? '' : ` style="${escapeValue(style)}"`
}

const NEW_WINDOW = ' target="_blank"'

/** Any other name could be that of a window of ours. */
const targetOf = ({ attributes }: TreeNode): string => (attributes.target === '_blank' ? NEW_WINDOW : '')

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeText = (text: string): string =>
  /[&<>]/.test(text) ? text.replace(/[&<>]/g, (char) => ENTITIES[char] ?? char) : text

const escapeValue = (text: string): string =>
  /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char) : text
