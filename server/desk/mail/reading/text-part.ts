// One part of text: decoded, unfolded, without the files that old programs put between its lines.
import { isAscii } from 'node:buffer'
import { decodeBytes } from './charsets.ts'
import type { MimePart } from './mime-part.ts'
import { cleanText } from './one-line.ts'
import { contentsOf } from './transfer.ts'
import { takeUuFiles } from './uuencode.ts'

export interface TextPart {
  text: string
  isHtml: boolean
  files: { name: string; bytes: Uint8Array }[]
  /** Everything, if the text is not all of it. */
  whole: Uint8Array | undefined
  isBroken: boolean
  isCharsetGuessed: boolean
}

/** At most `room` characters of it. */
export function readTextPart(part: MimePart, { room, hint }: { room: number; hint: string | undefined }): TextPart {
  const { bytes, isBroken } = contentsOf(part)
  const isHtml = part.type === 'text/html' || (part.isTypeGuessed && beginsAsHtml(bytes))
  const { text: withoutFiles, files } = isHtml ? { text: bytes, files: [] } : takeUuFiles(bufferOf(bytes))
  // No charset takes more than four bytes for a character.
  const shown = withoutFiles.subarray(0, room * 4)
  const declared = part.parameters.get('charset') ?? (isHtml ? charsetOfHtml(shown) : undefined)
  const decoded = decodeBytes(shown, declared, hint)
  const text = unfolded(cleanText(decoded.text), part)
  const isCut = shown.length < withoutFiles.length || text.length > room
  return {
    text: text.slice(0, room).toWellFormed(),
    isHtml,
    files,
    whole: isCut ? withoutFiles : undefined,
    isBroken,
    isCharsetGuessed: decoded.isGuess && !isAscii(shown),
  }
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const beginsAsHtml = (bytes: Uint8Array): boolean =>
  /^\s*(<!doctype html|<html[\s>])/i.test(bufferOf(bytes).toString('latin1', 0, 200))

/** HTML that says itself what it is written in. */
function charsetOfHtml(bytes: Uint8Array): string | undefined {
  const head = bufferOf(bytes).toString('latin1', 0, 4_000)
  return /<meta[^<>]{0,300}?charset\s*=\s*["']?([a-z0-9_:.-]{2,40})/i.exec(head)?.[1]
}

function unfolded(text: string, part: MimePart): string {
  if (part.type === 'text/html') return text
  if (part.type === 'text/enriched' || part.type === 'text/richtext') return plainOfEnriched(text)
  if (part.parameters.get('format')?.toLowerCase() === 'flowed') {
    return plainOfFlowed(text, part.parameters.get('delsp')?.toLowerCase() === 'yes')
  }
  return text.includes('>From ') ? withoutMboxMarks(text) : text
}

/** Mbox files mark lines that begin with `From `. Next to quoted lines it may be a quote, and stays. */
function withoutMboxMarks(text: string): string {
  const lines = text.split('\n')
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('>From ')) continue
    if (lines[at - 1]?.startsWith('>') || lines[at + 1]?.startsWith('>')) continue
    lines[at] = line.slice(1)
  }
  return lines.join('\n')
}

/** RFC 3676: a blank at the end of a line says that the paragraph goes on. */
function plainOfFlowed(text: string, dropsBlank: boolean): string {
  const out: string[] = []
  let pieces: string[] = []
  let depthBefore = 0
  let isOpen = false
  const finish = (): void => {
    if (pieces.length > 0) out.push((depthBefore > 0 ? `${'>'.repeat(depthBefore)} ` : '') + pieces.join(''))
    pieces = []
  }
  for (const line of text.split('\n')) {
    let depth = 0
    while (line[depth] === '>') depth++
    const stuffed = line.slice(depth)
    const content = stuffed.startsWith(' ') ? stuffed.slice(1) : stuffed
    if (!isOpen || depth !== depthBefore) finish()
    depthBefore = Math.min(depth, 100)
    // `-- ` begins a signature and never flows.
    isOpen = content.endsWith(' ') && content !== '-- '
    pieces.push(isOpen && dropsBlank ? content.slice(0, -1) : content)
  }
  finish()
  return out.join('\n')
}

/** RFC 1896: one line end is a blank, two are one. */
function plainOfEnriched(text: string): string {
  const withoutTags = text
    .replaceAll('<<', '\u0001')
    .replace(/<[^<>]{0,100}>/g, '')
    .replaceAll('\u0001', '<')
  return withoutTags.replace(/\n+/g, (ends) => (ends.length === 1 ? ' ' : ends.slice(1)))
}
