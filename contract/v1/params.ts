// The kinds of parameters that API v1 has, as schemas. Each takes what any client may send and gives one clean type.
// A blank value never arrives here: it counts as not given.
import { z } from 'zod'
import { parseWall } from '../../server/lib/zone.ts'

/** `parameter 'subject' is missing` is said by whoever parses; a message here completes `parameter 'subject' …`. */
export const MISSING = 'is missing'

function toText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Uint8Array) return new TextDecoder('utf-8', { fatal: false }).decode(value)
  return value
}

const sane = (text: string, context: z.RefinementCtx): void => {
  if (text.includes('\0')) context.addIssue({ code: 'custom', message: 'contains a NUL character' })
  if (!text.isWellFormed())
    context.addIssue({ code: 'custom', message: 'is not valid Unicode (it has half of a surrogate pair)' })
}

const string = (max: number) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? MISSING : 'must be a text') })
    .max(max, `must have at most ${max} characters`)

/** A text that must be given. */
export const needed = (max = 1_000) => z.preprocess(toText, string(max).superRefine(sane))
/** A text that may be left out. */
export const text = (max = 1_000) => z.preprocess(toText, string(max).superRefine(sane).optional())

/** The text of a message: NUL is dropped on the way in, since mails bring it. */
export const messageText = () =>
  z.preprocess((value) => {
    const plain = toText(value)
    return typeof plain === 'string' ? plain.replaceAll('\0', '') : plain
  }, string(20_000_000).min(1, MISSING).superRefine(sane))

/** One of some letters. */
export const oneOf = <const Letters extends readonly [string, ...string[]]>(...letters: Letters) =>
  z.preprocess(toText, z.enum(letters, `must be one of: ${letters.join(', ')}`).optional())

export const neededOneOf = <const Letters extends readonly [string, ...string[]]>(...letters: Letters) =>
  z.preprocess(
    toText,
    z.enum(letters, {
      error: (issue) => (issue.input === undefined ? MISSING : `must be one of: ${letters.join(', ')}`),
    }),
  )

const YES = new Set(['Y', 'y', '1', 'true'])
const NO = new Set(['N', 'n', '0', 'false'])

/** `Y` or `N`, and what JSON and PHP clients make of it. Undefined if not given. */
export const yesNo = () =>
  z.preprocess((value) => {
    const plain = toText(value)
    if (typeof plain !== 'string') return plain
    return YES.has(plain) ? true : NO.has(plain) ? false : plain
  }, z.boolean('must be Y or N').optional())

/** A whole number from 0 up to `max`; larger ones become `max`, as clients ask for "all". */
export const int = (max = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    toText,
    z
      .string('must be a whole number')
      .regex(/^\s*\d{1,20}\s*$/, 'must be a whole number, zero or greater')
      .transform((digits) => Math.min(Number(digits), max))
      .optional(),
  )

/** A wall-clock time in the account's zone, as milliseconds as if UTC, and whether it was a bare date. */
export interface Wall {
  wall: number
  isDate: boolean
}

const dateMessage = 'must be a date such as 2026-01-31 or 2026-01-31 23:59:59, from 1000-01-02 to 9999-12-30'

const wallOf = z
  .string({ error: (issue) => (issue.input === undefined ? MISSING : dateMessage) })
  .transform((value, context): Wall => {
    const wall = parseWall(value)
    if (wall) return wall
    context.addIssue({ code: 'custom', message: dateMessage })
    return z.NEVER
  })

export const datetime = () => z.preprocess(toText, wallOf.optional())
export const neededDatetime = () => z.preprocess(toText, wallOf)

/** A comma-separated list of letters out of a set; repeats are dropped. Undefined if not given. */
export const lettersOf = (letters: readonly string[]) =>
  z.preprocess(
    toText,
    z
      .string('must be a text')
      .transform((list, context) => {
        const parts = [
          ...new Set(
            list
              .split(',')
              .map((part) => part.trim())
              .filter(Boolean),
          ),
        ]
        const unknown = parts.find((part) => !letters.includes(part))
        // Commas alone are as blank as nothing.
        if (unknown === undefined) return parts.length === 0 ? undefined : parts
        context.addIssue({
          code: 'custom',
          message: `has an unknown value '${unknown.slice(0, 20)}'; known are ${letters.join(', ')}`,
        })
        return z.NEVER
      })
      .optional(),
  )

/** A comma-separated list of texts. */
export const list = (max = 10_000) =>
  z.preprocess(
    toText,
    string(max)
      .superRefine(sane)
      .transform((parts) =>
        parts
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean),
      )
      .optional(),
  )

/** Six hex digits, with or without `#`. Stored without. */
export const color = () =>
  z.preprocess(
    toText,
    z
      .string()
      .regex(/^#?[0-9a-fA-F]{6}$/, 'must be six hex digits such as FF8800')
      .transform((value) => value.replace('#', '').toUpperCase())
      .optional(),
  )

const fieldValue = z.object({
  code: z.preprocess(toText, string(200).min(1, 'must have a code for each value').superRefine(sane)),
  value: z.preprocess(
    (value) => (value === null || value === undefined ? '' : toText(value)),
    string(10_000).superRefine(sane),
  ),
})

const fieldList = z.preprocess(
  (value, context) => {
    if (typeof value !== 'string') return value
    try {
      return JSON.parse(value)
    } catch {
      context.addIssue({ code: 'custom', message: 'is not valid JSON' })
      return z.NEVER
    }
  },
  z.array(fieldValue, 'must be a JSON array such as [{"code":"a","value":"b"}]'),
)

/** `[{"code":"…","value":"…"}]` as JSON text, or as it is inside a JSON body. Codes may repeat. */
export const fields = () => fieldList.optional()
export const neededFields = () =>
  z.preprocess((value, context) => {
    if (value !== undefined) return value
    context.addIssue({ code: 'custom', message: MISSING })
    return z.NEVER
  }, fieldList)
