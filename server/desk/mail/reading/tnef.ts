// winmail.dat: what Outlook and Exchange make of a mail when they believe that the recipient is one of them ([MS-OXTNEF]).
// Takes the files and the text out. Bounded by its own length; a damaged one gives what stands before the damage.
import { decodeBytes } from './charsets.ts'
import { readProperties } from './tnef-properties.ts'

export interface TnefFile {
  name: string | undefined
  type: string | undefined
  contentId: string | undefined
  bytes: Uint8Array
}

export interface Tnef {
  text: string | undefined
  html: string | undefined
  /** Compressed: rtf.ts. */
  rtf: Uint8Array | undefined
  /** `IPM.Microsoft Mail.Note`. */
  messageClass: string | undefined
  files: TnefFile[]
}

const SIGNATURE = 0x223e9f78
const MAX_FILES = 500
/** Mails in mails. */
const MAX_DEPTH = 3

const SUBJECT = 0x8004
const MESSAGE_CLASS = 0x8008
const BODY = 0x800c
const FILE_DATA = 0x800f
const FILE_TITLE = 0x8010
const FILE_BEGINS = 0x9002
const MESSAGE_PROPERTIES = 0x9003
const FILE_PROPERTIES = 0x9005
const CODE_PAGE = 0x9007

/** Undefined: it is no winmail.dat. */
export function readTnef(source: Uint8Array, depth = 0): Tnef | undefined {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== SIGNATURE) return undefined
  const tnef: Tnef = { text: undefined, html: undefined, rtf: undefined, messageClass: undefined, files: [] }
  const reading: Reading = { tnef, codePage: 'windows-1252', file: undefined, subject: undefined, depth }
  let at = 6
  while (at + 9 <= bytes.length) {
    const id = bytes.readUInt16LE(at + 1)
    const length = bytes.readUInt32LE(at + 5)
    const data = bytes.subarray(at + 9, at + 9 + length)
    takeAttribute(reading, id, data)
    // A sum of two bytes follows; that it is right says nothing that we need.
    at += 9 + length + 2
    if (tnef.files.length >= MAX_FILES) break
  }
  finishFile(reading)
  return tnef
}

interface Reading {
  tnef: Tnef
  codePage: string
  file: (TnefFile & { isMail: boolean }) | undefined
  subject: string | undefined
  depth: number
}

function takeAttribute(reading: Reading, id: number, data: Buffer): void {
  const { tnef, codePage } = reading
  const text = (): string => withoutZero(decodeBytes(data, codePage).text)
  if (id === CODE_PAGE && data.length >= 4) reading.codePage = `cp${data.readUInt32LE(0)}`
  else if (id === SUBJECT) reading.subject = text()
  else if (id === MESSAGE_CLASS) tnef.messageClass = text().slice(0, 100)
  else if (id === BODY) tnef.text = text()
  else if (id === MESSAGE_PROPERTIES) takeMessage(reading, data)
  else if (id === FILE_BEGINS) {
    finishFile(reading)
    reading.file = { name: undefined, type: undefined, contentId: undefined, bytes: new Uint8Array(), isMail: false }
  } else if (reading.file && id === FILE_DATA) reading.file.bytes = data
  else if (reading.file && id === FILE_TITLE) reading.file.name ??= text()
  else if (reading.file && id === FILE_PROPERTIES) takeFile(reading, data)
}

const withoutZero = (text: string): string => {
  const zero = text.indexOf('\0')
  return zero === -1 ? text : text.slice(0, zero)
}

function takeMessage(reading: Reading, data: Buffer): void {
  const { tnef } = reading
  const properties = readProperties(data, reading.codePage)
  const page = properties.find(({ id }) => id === 0x3fde)?.number
  for (const { id, text, bytes } of properties) {
    if (id === 0x1000 && text) tnef.text = text
    else if (id === 0x1009 && bytes) tnef.rtf = bytes
    else if (id === 0x1013)
      tnef.html = text ?? (bytes && decodeBytes(bytes, page === undefined ? undefined : `cp${page}`).text)
    else if (id === 0x0037 && text) reading.subject = text
  }
}

/** OLE objects and mails begin with the 16 bytes of their interface. */
const INTERFACE_LENGTH = 16

function takeFile(reading: Reading, data: Buffer): void {
  const { file } = reading
  if (!file) return
  for (const { id, text, bytes, number } of readProperties(data, reading.codePage)) {
    if (id === 0x3707 && text) file.name = text
    else if (id === 0x3704 && text) file.name ??= text
    else if (id === 0x370e && text) file.type = text
    else if (id === 0x3712 && text) file.contentId = text
    else if (id === 0x3705 && number === 5) file.isMail = true
    else if (id === 0x3701 && bytes) file.bytes = bytes
  }
}

function finishFile(reading: Reading): void {
  const { file, tnef, depth } = reading
  reading.file = undefined
  if (!file || file.bytes.length === 0) return
  const { isMail, ...plain } = file
  if (!isMail) {
    tnef.files.push(plain)
    return
  }
  const inner = depth < MAX_DEPTH ? readTnef(file.bytes.subarray(INTERFACE_LENGTH), depth + 1) : undefined
  if (!inner) {
    tnef.files.push(plain)
    return
  }
  const text = inner.html ?? inner.text
  if (text) {
    const ending = inner.html === undefined ? 'txt' : 'html'
    const type = inner.html === undefined ? 'text/plain' : 'text/html'
    tnef.files.push({
      name: `${file.name ?? 'message'}.${ending}`,
      type,
      contentId: undefined,
      bytes: Buffer.from(text),
    })
  }
  for (const innerFile of inner.files.slice(0, MAX_FILES)) tnef.files.push(innerFile)
}
