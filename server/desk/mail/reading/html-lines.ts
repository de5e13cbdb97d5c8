// The lines of a tree of HTML, with what its elements say about quotes and signatures.
import { isBlock, type TreeNode } from '../../../lib/html-tree.ts'
import { isBorderAbove, markOf } from './html-marks.ts'
import { LINE_LIMIT, type Line, type Mark } from './lines.ts'
import { isForwardSeparator, labelOf } from './phrases.ts'

interface State {
  depth: number
  indents: number
  mark: Mark | undefined
}

/** Throws nothing, whatever the tree: it is as deep as parseHtml lets it be. */
export function linesOfTree(root: TreeNode): Line[] {
  const writer = new LineWriter()
  write(writer, root, { depth: 0, indents: 0, mark: undefined })
  return writer.finish(root.to)
}

function write(writer: LineWriter, node: TreeNode, state: State): void {
  const { tag } = node
  if (tag === '' && node.children.length === 0) writer.text(node, state)
  else if (tag === 'br') writer.lineEnd(node, state)
  else if (tag === 'img') writer.picture(node, state)
  else writeElement(writer, node, state)
}

function writeElement(writer: LineWriter, node: TreeNode, state: State): void {
  const { tag } = node
  const block = isBlock(tag)
  if (block) writer.flush()
  const inner = tag === '' ? state : enter(writer, node, state)
  if (tag === 'hr') writer.rule(node, inner)
  else if (node.children.length > 0) writeChildren(writer, node, inner)
  if (tag === 'td' || tag === 'th') writer.space()
  if (block) writer.flush()
}

function enter(writer: LineWriter, node: TreeNode, state: State): State {
  if (state.depth > 0) return node.tag === 'blockquote' ? { ...state, depth: state.depth + 1 } : state
  const mark = markOf(node)
  if (mark === undefined) return state
  if (mark === 'quote') return { ...state, depth: 1 }
  if (mark === 'indented') return { ...state, indents: state.indents + 1 }
  if (mark === 'rest') {
    if (!isBorderAbove(node) || hasHeaders(node)) writer.restIsQuoted()
    return state
  }
  if (mark === 'holder') return holderState(node, state)
  return { ...state, mark }
}

/**
 * In what holds a quote, who wrote it stands above the quote, and answers may stand between. What holds no element of
 * quoting is the quote itself, unless it is passed on.
 */
function holderState(node: TreeNode, state: State): State {
  if (state.mark === 'attribution' || hasBlockquote(node)) return { ...state, mark: 'attribution' }
  return isForwardSeparator(firstWords(node)) ? state : { ...state, depth: 1 }
}

function writeChildren(writer: LineWriter, node: TreeNode, state: State): void {
  let inner = state
  for (const child of node.children) {
    write(writer, child, inner)
    // Below the first quote it is an answer, not the name of somebody.
    if (inner.mark === 'attribution' && state === inner && hasBlockquote(child)) inner = { ...state, mark: undefined }
  }
}

/** Looked for in the first elements only: a holder that has one has it at once. */
const LOOK_AT = 60

function hasBlockquote(node: TreeNode): boolean {
  let left = LOOK_AT
  const look = (at: TreeNode): boolean => {
    if (left-- <= 0) return false
    return at.tag === 'blockquote' || at.children.some(look)
  }
  return look(node)
}

function firstWords(node: TreeNode): string {
  let text = ''
  const look = (at: TreeNode): boolean => {
    if (at.tag === '') text += at.text
    if (text.trim() !== '' && (at.tag === 'br' || isBlock(at.tag))) return true
    return text.length > 200 || at.children.some(look)
  }
  look(node)
  return text.trim()
}

/** Three labels in bold, as in `<b>From:</b> …<br><b>Sent:</b> …`: in a language that we know, or in any. */
function hasHeaders(node: TreeNode): boolean {
  let found = 0
  let left = LOOK_AT * 2
  const look = (at: TreeNode): void => {
    if (left-- <= 0) return
    if (at.tag === 'b' || at.tag === 'strong') {
      const words = firstWords(at)
      if (/[:：]$/.test(words) || labelOf(words) !== undefined) found++
    }
    for (const child of at.children) look(child)
  }
  look(node)
  return found >= 3
}

class LineWriter {
  readonly #lines: Line[] = []
  #text = ''
  #hasPicture = false
  #state: State | undefined
  #isOpen = false
  #from = 0
  #to = 0
  #restIsQuoted = false

  text(node: TreeNode, state: State): void {
    const isBlank = node.text.trim() === ''
    this.#add(node, isBlank ? undefined : state)
    if (this.#text.length < LINE_LIMIT) this.#text += node.text.slice(0, LINE_LIMIT)
    if (node.isPre && node.text.endsWith('\n')) this.#close(state)
  }

  picture(node: TreeNode, state: State): void {
    this.#add(node, state)
    this.#hasPicture ||= !isPixel(node)
  }

  rule(node: TreeNode, state: State): void {
    this.#add(node, state)
    this.#text = '-----'
    this.#close(state)
  }

  lineEnd(node: TreeNode, state: State): void {
    this.#add(node, undefined)
    this.#close(state)
  }

  space(): void {
    if (this.#text !== '') this.#text += ' '
  }

  restIsQuoted(): void {
    this.flush()
    this.#restIsQuoted = true
  }

  /** Ends a line that has anything; blanks between elements belong to no line. */
  flush(): void {
    if (this.#state) this.#close(this.#state)
  }

  finish(end: number): Line[] {
    this.flush()
    const last = this.#lines.at(-1)
    if (last) last.to = end
    return this.#lines
  }

  /** A leaf of the line, with what holds for it if it shows anything. The first one that does decides for the line. */
  #add(node: TreeNode, state: State | undefined): void {
    if (!this.#isOpen) {
      this.#isOpen = true
      this.#from = this.#lines.length === 0 ? 0 : node.from
      // Leaves that are on no line, such as empty elements, go to the line before.
      const before = this.#lines.at(-1)
      if (before) before.to = node.from
    }
    this.#state ??= state
    this.#to = node.to
  }

  #close(state: State): void {
    const text = this.#text
      .slice(0, LINE_LIMIT)
      .replace(/[\s\u00a0\u200b]+/g, ' ')
      .trim()
    const isBlank = text === '' && !this.#hasPicture
    const { depth, indents, mark } = this.#state ?? state
    this.#lines.push({
      text,
      isBlank,
      depth,
      isIndented: indents > 0 || depth > 0,
      mark: this.#restIsQuoted && !isBlank ? 'rest' : mark,
      from: this.#from,
      to: this.#to,
    })
    if (!isBlank) this.#restIsQuoted = false
    this.#text = ''
    this.#hasPicture = false
    this.#isOpen = false
    this.#state = undefined
  }
}

/** Pictures of one point are there to be counted, not to be seen. */
const isPixel = ({ attributes }: TreeNode): boolean => /^[01](px)?$/.test(attributes.width ?? attributes.height ?? '')
