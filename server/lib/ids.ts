// Identifiers as API v1 clients know them. All randomness is from the operating system's generator.
import { randomFillSync } from 'node:crypto'

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789'
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const DIGITS = '0123456789'
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

// One system call fills the pool for some hundred identifiers: a call for each byte would dominate small writes.
const pool = Buffer.alloc(4096)
let used = pool.length

function randomByte(): number {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  return pool[used++] ?? 0
}

function pick(alphabet: string, length: number): string {
  // Bytes past the last whole multiple are thrown away: taking them modulo would favour the first letters.
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    const byte = randomByte()
    if (byte < limit) text += alphabet[byte % alphabet.length]
  }
  return text
}

const STRETCH = 36 ** 2
let stretch = ''
let next = STRETCH

/**
 * 8 characters of a-z0-9: conversations, contacts, users, tags, departments, companies. They rise for a while and go on
 * from somewhere else, so that what is stored together stands together in every index: random ones would touch a page of
 * their own each. Nothing is kept secret by them.
 */
export function newId(): string {
  if (next === STRETCH) {
    stretch = pick(LOWER, 6)
    next = 0
  }
  return stretch + (next++).toString(36).padStart(2, '0')
}

/** One of the stretch was taken already, so the next ones may be, too. */
export function leaveStretch(): void {
  next = STRETCH
}

/** `ABC-DEFGH-123`, the code that people read to each other. */
export const newCode = (): string => `${pick(UPPER, 3)}-${pick(UPPER, 5)}-${pick(DIGITS, 3)}`

/** 16 letters and digits (95 bits): whoever holds it may read the conversation, so it must not be guessable. */
export const newPublicCode = (): string => pick(ALPHANUMERIC, 16)

/** 32 hex digits: files. */
export const newFileId = (): string => pick('0123456789abcdef', 32)

/** 6 digits in the address of a knowledge base page. */
export const newUrlCode = (): string => pick(DIGITS, 6)

/** 43 letters and digits (256 bits): API keys and session tokens. */
export const newSecret = (): string => pick(ALPHANUMERIC, 43)

/** Message and message group ids: their row number in base 36, so that no second index is needed to find them. */
export const idOfRow = (row: number): string => row.toString(36).padStart(8, '0')

/** The row number behind an id of `idOfRow`; undefined if it is none. */
export const rowOfId = (id: string): number | undefined => {
  const row = /^[0-9a-z]{8,10}$/.test(id) ? Number.parseInt(id, 36) : undefined
  return row !== undefined && idOfRow(row) === id ? row : undefined
}
