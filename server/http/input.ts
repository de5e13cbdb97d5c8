// What a caller sent: query and body as one flat set of named values, whatever form they came in.
import qs from 'qs'
import { Invalid } from '../lib/errors.ts'

/** A value as it arrived. Texts mostly; lists and objects from JSON bodies and PHP-style `a[b]=c`; bytes from multipart. */
export type InputValue =
  | string
  | number
  | boolean
  | null
  | readonly unknown[]
  | { readonly [key: string]: unknown }
  | Uint8Array
export type Input = Record<string, InputValue>

/** A file part of a multipart body: its bytes, with what the client says of them. */
export type FilePart = Uint8Array & { readonly partName: string; readonly partType: string }

export const isFilePart = (value: unknown): value is FilePart =>
  value instanceof Uint8Array && 'partName' in value && 'partType' in value

const MAX_PARAMETERS = 2_000
const MAX_DEPTH = 6

/** Decodes `a=1&b=2` strictly: text that is not UTF-8 is refused by name, never stored as something else. */
export function parsePairs(text: string): Input {
  if (text === '') return {}
  if (/[[\]]|%5[bd]/i.test(text)) return parseNested(text)
  const input: Input = Object.create(null)
  let count = 0
  for (const pair of text.split('&')) {
    if (pair === '') continue
    if (++count > MAX_PARAMETERS) throw new Invalid('request', `has more than ${MAX_PARAMETERS} parameters`)
    const equals = pair.indexOf('=')
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals))
    input[name] = equals < 0 ? '' : decodeComponent(pair.slice(equals + 1), name)
  }
  return input
}

function parseNested(text: string): Input {
  const parsed: Record<string, unknown> = qs.parse(text, {
    decoder: (part) => decodeComponent(part),
    depth: MAX_DEPTH,
    parameterLimit: MAX_PARAMETERS,
    arrayLimit: MAX_PARAMETERS,
    plainObjects: true,
    duplicates: 'last',
  })
  return toInput(parsed)
}

function decodeComponent(text: string, name = 'request'): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    // A percent sign that encodes nothing is one: `datechanged=lk:2026-01-%` is what clients write.
    return decodeURIComponent(spaced.replace(/%(?![\da-f]{2})/gi, '%25'))
  } catch {
    throw new Invalid(name, 'is not valid UTF-8 in percent-encoding')
  }
}

/** A parsed JSON body as input. Anything but an object has no names, and so no parameters. */
export function toInput(body: unknown): Input {
  const input: Input = Object.create(null)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return input
  for (const [name, value] of Object.entries(body)) {
    if (isInputValue(value)) input[name] = value
  }
  return input
}

const isInputValue = (value: unknown): value is InputValue =>
  value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value)

const isBlank = (value: InputValue | undefined): boolean =>
  value === undefined || value === null || (typeof value === 'string' && (value === '' || !/\S/.test(value)))

/** Query and body together. A name in both has the query's value, as the key does; a blank value counts as not given. */
export function merge(query: Input, body: Input): Input {
  const input: Input = Object.create(null)
  for (const source of [body, query]) {
    for (const name in source) {
      const value = source[name]
      if (value !== undefined && !isBlank(value)) input[name] = value
    }
  }
  return input
}
