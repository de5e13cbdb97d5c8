// Goes through the parts of a mail and puts together what is read and what is attached.
import { cleanFileType, UNKNOWN_TYPE } from '../../files/names.ts'
import { attachmentName } from './attachment-names.ts'
import { calendarLine } from './calendar.ts'
import { decodeBytes } from './charsets.ts'
import { headerText } from './header-text.ts'
import type { Located } from './inline-images.ts'
import type { ReadLimits } from './limits.ts'
import { isMultipart, leavesOf, type MimePart } from './mime-part.ts'
import { readTree } from './mime-tree.ts'
import { oneLine } from './one-line.ts'
import { textOfRtf, unpackRtf } from './rtf.ts'
import { hasText, htmlOf, isVisible, plainOf, type Segment } from './segments.ts'
import { readTextPart } from './text-part.ts'
import { readTnef } from './tnef.ts'
import { contentsOf } from './transfer.ts'

export type GatherFault =
  | 'broken-contents'
  | 'guessed-charset'
  | 'cut-text'
  | 'too-many-attachments'
  | 'broken-tnef'
  | 'encrypted'
  | 'partial'

export interface Gathered {
  segments: Segment[]
  attachments: Located[]
  /** What and when, of invitations. */
  calendarLines: string[]
  faults: Set<GatherFault>
}

export function gather(root: MimePart, limits: ReadLimits, hint: string | undefined): Gathered {
  const gatherer = new Gatherer(limits, hint)
  const segments = gatherer.walk(root, { isAlternative: false })
  const { attachments, calendarLines, faults } = gatherer
  const text = hasText(segments) ? segments : gatherer.otherText(root)
  return { segments: text, attachments, calendarLines, faults }
}

const MAX_CALENDARS = 5

class Gatherer {
  readonly attachments: Located[] = []
  readonly calendarLines: string[] = []
  readonly faults = new Set<GatherFault>()
  private readonly limits: ReadLimits
  private readonly hint: string | undefined
  /** Characters that may still be shown. */
  private room: number
  private readonly calendars = new Set<string>()
  private isTextFound = false
  private tnefText: Segment | undefined

  constructor(limits: ReadLimits, hint: string | undefined) {
    this.limits = limits
    this.hint = hint
    this.room = limits.text
  }

  walk(part: MimePart, context: { isAlternative: boolean }): Segment[] {
    if (!isMultipart(part)) return this.leaf(part, context)
    if (part.type === 'multipart/encrypted') this.faults.add('encrypted')
    if (part.type !== 'multipart/alternative') return part.parts.flatMap((child) => this.walk(child, context))
    return this.alternative(part.parts.map((child) => this.walk(child, { isAlternative: true })))
  }

  /** The last HTML is what the sender likes best, the first plain text says the same. */
  private alternative(children: readonly Segment[][]): Segment[] {
    const plain = children.map(plainOf).find((text) => text !== undefined && text.trim() !== '')
    const html = children.findLast((segments) =>
      segments.some((segment) => segment.html !== undefined && isVisible(segment.html)),
    )
    if (plain === undefined && html === undefined) return []
    return [{ plain, html: html && htmlOf(html) }]
  }

  private leaf(part: MimePart, context: { isAlternative: boolean }): Segment[] {
    const { type } = part
    if (this.isText(part, context)) return this.text(part)
    // A form of the same text for a program of one vendor.
    if (context.isAlternative && (type === 'text/x-amp-html' || type === 'text/watch-html')) return []
    if (type === 'text/calendar' || type === 'application/ics') this.calendar(part)
    else if (
      type === 'application/ms-tnef' ||
      type === 'application/vnd.ms-tnef' ||
      part.fileName?.toLowerCase() === 'winmail.dat'
    )
      this.tnef(part)
    else this.attach(part)
    return []
  }

  private isText(part: MimePart, { isAlternative }: { isAlternative: boolean }): boolean {
    const { type, disposition, fileName } = part
    if (type !== 'text/plain' && type !== 'text/html' && type !== 'text/enriched' && type !== 'text/richtext')
      return false
    if (disposition === 'attachment') return false
    // Some programs show text files between the text, and name them: those are files, unless nothing was written before.
    return fileName === undefined || isAlternative || !this.isTextFound
  }

  private text(part: MimePart): Segment[] {
    const read = readTextPart(part, { room: this.room, hint: this.hint })
    if (read.isBroken) this.faults.add('broken-contents')
    if (read.isCharsetGuessed) this.faults.add('guessed-charset')
    for (const { name, bytes } of read.files) this.add({ name, type: undefined, bytes, part: undefined })
    if (read.whole) {
      this.faults.add('cut-text')
      this.add({ name: part.fileName, type: part.type, bytes: read.whole, part: undefined })
    }
    this.room = Math.max(0, this.room - read.text.length)
    if (read.text.trim() !== '') this.isTextFound = true
    return [read.isHtml ? { plain: undefined, html: read.text } : { plain: read.text, html: undefined }]
  }

  private calendar(part: MimePart): void {
    const { bytes } = contentsOf(part)
    const { text } = decodeBytes(bytes.subarray(0, 400_000), part.parameters.get('charset') ?? 'utf-8', this.hint)
    const line = calendarLine(text)
    // The same invitation is often both another form of the text and attached.
    const content = text.replace(/\s+/g, ' ').trim()
    if (this.calendars.has(content)) return
    if (this.calendars.size < MAX_CALENDARS) {
      this.calendars.add(content)
      if (line !== undefined && !this.calendarLines.includes(line)) this.calendarLines.push(line)
    }
    this.attach(part)
  }

  private tnef(part: MimePart): void {
    const { bytes } = contentsOf(part)
    const tnef = readTnef(bytes)
    if (!tnef) {
      this.faults.add('broken-tnef')
      this.attach(part)
      return
    }
    for (const { name, type, bytes: contents, contentId } of tnef.files) {
      this.add({ name, type, bytes: contents, part: undefined, contentId })
    }
    const rtf = tnef.rtf && unpackRtf(tnef.rtf)
    const made = rtf === undefined ? undefined : textOfRtf(rtf)
    this.tnefText ??= { plain: tnef.text ?? made?.text, html: tnef.html ?? made?.html }
    if (tnef.files.length === 0 && !this.tnefText.plain && !this.tnefText.html) this.attach(part)
  }

  private attach(part: MimePart): void {
    const { bytes, isBroken } = contentsOf(part)
    if (isBroken) this.faults.add('broken-contents')
    if (part.type === 'message/partial') this.faults.add('partial')
    if (/^application\/(x-)?pkcs7-mime$/.test(part.type) && part.parameters.get('smime-type') !== 'signed-data')
      this.faults.add('encrypted')
    const name = part.fileName ?? (isMail(part) ? nameOfMail(bytes, this.limits, this.hint) : undefined)
    this.add({ name, type: part.type, bytes, part })
  }

  private add({
    name,
    type,
    bytes,
    part,
    contentId,
  }: {
    name: string | undefined
    type: string | undefined
    bytes: Uint8Array
    part: MimePart | undefined
    contentId?: string | undefined
  }): void {
    if (this.attachments.length >= this.limits.attachments) {
      this.faults.add('too-many-attachments')
      return
    }
    const clean = cleanFileType(type ?? '') ?? UNKNOWN_TYPE
    this.attachments.push({
      name: attachmentName(name, clean),
      type: clean,
      contents: ownBytes(bytes),
      contentId: part?.contentId ?? (contentId && oneLine(contentId, 500).replace(/[<>\s]/g, '')),
      isInline: false,
      location: part?.contentLocation,
    })
  }

  /** What to show of a mail that has no text of its own. */
  otherText(root: MimePart): Segment[] {
    if (this.tnefText && (this.tnefText.plain || this.tnefText.html)) {
      const { plain, html } = this.tnefText
      return [
        {
          plain: plain?.slice(0, this.limits.text).toWellFormed().replaceAll('\0', ''),
          html: html?.slice(0, this.limits.text).toWellFormed().replaceAll('\0', ''),
        },
      ]
    }
    for (const part of leavesOf(root)) {
      if (
        (part.type === 'text/plain' || part.type === 'text/html') &&
        part.disposition === 'attachment' &&
        part.fileName === undefined
      ) {
        const segments = this.text(part)
        if (hasText(segments)) return segments
      }
      if (isMail(part)) {
        const segments = this.attachedMail(part)
        if (hasText(segments)) return segments
      }
    }
    return []
  }

  /** A mail that was forwarded as a file. */
  private attachedMail(part: MimePart): Segment[] {
    const { bytes } = contentsOf(part)
    const { root } = readTree(bufferOf(bytes), 0, { ...this.limits, parts: 100, nesting: 10 })
    const inner = new Gatherer({ ...this.limits, text: this.room, attachments: 0 }, this.hint)
    const segments = inner.walk(root, { isAlternative: false })
    const header = (name: string): string => {
      const raw = root.fields.find((field) => field.name === name)?.raw
      return raw === undefined
        ? ''
        : `${name[0]?.toUpperCase()}${name.slice(1)}: ${oneLine(headerText(raw.slice(0, 4_000), this.hint), 500)}\n`
    }
    const head = header('from') + header('date') + header('to') + header('subject')
    return head === '' ? segments : [{ plain: head, html: undefined }, ...segments]
  }
}

export const isMail = ({ type }: MimePart): boolean => type === 'message/rfc822' || type === 'message/global'

function nameOfMail(bytes: Uint8Array, limits: ReadLimits, hint: string | undefined): string | undefined {
  // Its headers are enough.
  const { root } = readTree(bufferOf(bytes.subarray(0, 32 * 1024)), 0, { ...limits, parts: 1, nesting: 0 })
  const raw = root.fields.find(({ name }) => name === 'subject')?.raw
  const subject = raw && oneLine(headerText(raw.slice(0, 4_000), hint).replace(/[/\\:*?"<>|]+/g, ' '), 100)
  return subject ? `${subject}.eml` : undefined
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** In memory of its own: a view into the raw mail would keep it, and carry it along to other threads. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}
