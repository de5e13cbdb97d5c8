// The properties of MAPI inside a winmail.dat ([MS-OXTNEF] 2.1.3.4): a number, then one after the other.
import { decodeBytes } from './charsets.ts'

export interface Property {
  id: number
  text: string | undefined
  bytes: Uint8Array | undefined
  number: number | undefined
}

const FIXED_SIZES: Record<number, number> = {
  2: 4,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 4,
  20: 8,
  64: 8,
  72: 16,
}
const TEXT = 0x1e
const UNICODE = 0x1f
const OBJECT = 0x0d
const BINARY = 0x102
const MULTIPLE = 0x1000

const MAX_PROPERTIES = 5_000

const padded = (length: number): number => Math.ceil(length / 4) * 4

/** Those that could be read before anything was damaged. */
export function readProperties(data: Buffer, codePage: string): Property[] {
  const properties: Property[] = []
  if (data.length < 4) return properties
  const count = Math.min(data.readUInt32LE(0), MAX_PROPERTIES)
  let at = 4
  while (properties.length < count && at + 4 <= data.length) {
    const type = data.readUInt16LE(at)
    const id = data.readUInt16LE(at + 2)
    const value = valueStart(data, id, at + 4)
    if (value === undefined) break
    const property = readValue(data, type, value, codePage)
    if (!property) break
    properties.push({ id, ...property.value })
    at = property.end
  }
  return properties
}

/** Named properties have their name before the value. */
function valueStart(data: Buffer, id: number, at: number): number | undefined {
  if (id < 0x8000) return at
  if (at + 24 > data.length) return undefined
  return data.readUInt32LE(at + 16) === 0 ? at + 24 : at + 24 + padded(data.readUInt32LE(at + 20))
}

type Value = Omit<Property, 'id'>

const NOTHING: Value = { text: undefined, bytes: undefined, number: undefined }

/** Of several values the first counts. */
function readValue(
  data: Buffer,
  type: number,
  start: number,
  codePage: string,
): { value: Value; end: number } | undefined {
  const kind = type & ~MULTIPLE
  const size = FIXED_SIZES[kind]
  const isVariable = kind === TEXT || kind === UNICODE || kind === OBJECT || kind === BINARY
  let at = start
  let count = 1
  if (isVariable || (type & MULTIPLE) !== 0) {
    if (at + 4 > data.length) return undefined
    count = data.readUInt32LE(at)
    at += 4
  }
  if (size !== undefined) {
    const end = at + size * count
    if (end > data.length) return undefined
    return { value: { ...NOTHING, number: count > 0 && size === 4 ? data.readUInt32LE(at) : undefined }, end }
  }
  if (!isVariable) return undefined
  let value = NOTHING
  for (let number = 0; number < count; number++) {
    if (at + 4 > data.length) return undefined
    const length = data.readUInt32LE(at)
    if (at + 4 + length > data.length) return undefined
    if (number === 0) value = ofKind(kind, data.subarray(at + 4, at + 4 + length), codePage)
    at += 4 + padded(length)
  }
  return { value, end: at }
}

function ofKind(kind: number, bytes: Buffer, codePage: string): Value {
  if (kind === OBJECT || kind === BINARY) return { ...NOTHING, bytes }
  const text =
    kind === UNICODE ? new TextDecoder('utf-16le').decode(bytes) : decodeBytes(withoutZeros(bytes), codePage).text
  return { ...NOTHING, text: text.replaceAll('\0', '') }
}

function withoutZeros(bytes: Buffer): Buffer {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, end)
}
