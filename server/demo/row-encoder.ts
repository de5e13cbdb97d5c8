// Rows as SQLite stores them: https://www.sqlite.org/fileformat.html#record_format

import type { Value } from './tables.ts'

/** More than a row may take: see PAGE in row-file.ts. */
const ROOM = 2 ** 16
/** Shorter texts are written letter by letter: a call would take longer. */
const SHORT = 32
const LARGEST_OF_4 = 2 ** 31 - 1
const LARGEST_OF_6 = 2 ** 47 - 1
const TYPE_OF_NULL = 0
const TYPE_OF_4 = 4
const TYPE_OF_6 = 5
const TYPE_OF_8 = 6
const TYPE_OF_0 = 8
const TYPE_OF_1 = 9

/** Encodes one row after another, each in the place of the one before. */
export class RowEncoder {
  readonly #head = Buffer.alloc(ROOM)
  readonly #body = Buffer.alloc(ROOM)
  #headEnd = 0
  #bodyEnd = 0

  /** Some values from a list of them, with a number added to the first one. */
  encode(values: readonly Value[], from: number, width: number, added: number): void {
    this.#headEnd = 0
    this.#bodyEnd = 0
    for (let i = 0; i < width; i++) {
      const value = values[from + i] ?? null
      if (typeof value === 'string') this.#text(value)
      else if (value === null) this.#type(TYPE_OF_NULL)
      else this.#number(i === 0 ? value + added : value)
    }
  }

  /** What a cell of a table's page takes, and `write` writes there. */
  sizeWith(number: number): number {
    return varintSize(this.#payload) + varintSize(number) + this.#payload
  }

  write(page: Buffer, at: number, number: number): void {
    let to = writeVarint(page, at, this.#payload)
    to = writeVarint(page, to, number)
    to = writeVarint(page, to, this.#headSize)
    to += this.#head.copy(page, to, 0, this.#headEnd)
    this.#body.copy(page, to, 0, this.#bodyEnd)
  }

  /** With its own length, which is short. */
  get #headSize(): number {
    return this.#headEnd + varintSize(this.#headEnd + 1)
  }

  get #payload(): number {
    return this.#headSize + this.#bodyEnd
  }

  #type(type: number): void {
    this.#headEnd = writeVarint(this.#head, this.#headEnd, type)
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) throw new Error(`${value} does not fit`)
    if (value === 0 || value === 1) this.#type(value === 0 ? TYPE_OF_0 : TYPE_OF_1)
    else if (Math.abs(value) <= LARGEST_OF_4) {
      this.#type(TYPE_OF_4)
      this.#bytes(value, 4)
    } else {
      const isOf6 = Math.abs(value) <= LARGEST_OF_6
      this.#type(isOf6 ? TYPE_OF_6 : TYPE_OF_8)
      this.#bytes(Math.floor(value / 2 ** 32), isOf6 ? 2 : 4)
      this.#bytes(value | 0, 4)
    }
  }

  #bytes(value: number, count: number): void {
    for (let shift = 8 * count - 8; shift >= 0; shift -= 8) this.#body[this.#bodyEnd++] = value >> shift
  }

  #text(value: string): void {
    const from = this.#bodyEnd
    if (value.length > (ROOM - from) / 3) throw new Error('a text is too long for a page')
    this.#bodyEnd += this.#isWrittenShort(value) ? value.length : this.#body.write(value, from)
    this.#type(13 + 2 * (this.#bodyEnd - from))
  }

  #isWrittenShort(value: string): boolean {
    if (value.length > SHORT) return false
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return false
      this.#body[this.#bodyEnd + i] = code
    }
    return true
  }
}

export const varintSize = (value: number): number =>
  value < 2 ** 7 ? 1 : value < 2 ** 14 ? 2 : value < 2 ** 21 ? 3 : 4

/** Up to 28 bits. Gives where it ends. */
export function writeVarint(bytes: Buffer, at: number, value: number): number {
  if (value < 0x80) {
    bytes[at] = value
    return at + 1
  }
  const end = at + varintSize(value)
  for (let place = end - 1, left = value, more = 0; place >= at; place--, left >>>= 7, more = 0x80)
    bytes[place] = (left & 0x7f) | more
  return end
}
