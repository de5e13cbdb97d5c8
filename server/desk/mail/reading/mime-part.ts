// A part of a mail, and what its headers say of it.
import { charsetOf } from './charset-names.ts'
import type { HeaderField } from './header-fields.ts'
import { parseStructured, withoutComments } from './parameters.ts'

export interface MimePart {
  fields: HeaderField[]
  /** `text/plain`; in lower case, and always with a slash. */
  type: string
  /** No Content-Type, or none that can be read. */
  isTypeGuessed: boolean
  parameters: Map<string, string>
  /** `attachment`, `inline` or empty. */
  disposition: string
  /** As given; not cleaned. */
  fileName: string | undefined
  encoding: string
  contentId: string | undefined
  contentLocation: string | undefined
  bytes: Buffer
  headerStart: number
  start: number
  end: number
  parts: MimePart[]
  depth: number
}

export const isMultipart = (part: MimePart): boolean => part.type.startsWith('multipart/')

const TYPE = /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}/

interface Place {
  bytes: Buffer
  headerStart: number
  start: number
  end: number
  depth: number
  isDigest: boolean
}

/** `place`: where it stands. */
export function partOf(fields: HeaderField[], { isDigest, ...place }: Place): MimePart {
  const value = (name: string): string | undefined => fields.find((field) => field.name === name)?.raw
  const { value: type, parameters, isGuessed } = contentType(fields, isDigest)
  const disposition = parseStructured(value('content-disposition'), parameters.get('charset'))
  const encoding = withoutComments(value('content-transfer-encoding')?.slice(0, 200) ?? '')
  return {
    fields,
    type,
    isTypeGuessed: isGuessed,
    parameters,
    disposition: disposition.value,
    fileName:
      disposition.parameters.get('filename') ||
      disposition.parameters.get('name') ||
      parameters.get('name') ||
      undefined,
    encoding: (/[a-z0-9-]+/i.exec(encoding)?.[0] ?? '').toLowerCase(),
    contentId: idOf(value('content-id')),
    contentLocation: value('content-location')?.slice(0, 2_000).replace(/\s+/g, '') || undefined,
    parts: [],
    bytes: place.bytes,
    headerStart: place.headerStart,
    start: place.start,
    end: place.end,
    depth: place.depth,
  }
}

function idOf(raw: string | undefined): string | undefined {
  const id = raw?.slice(0, 1_000).replace(/[\s<>\p{Cc}]+/gu, '')
  return id || undefined
}

/** Of several, the first that can be read; but one that says where the parts are is worth more than `text/plain`. */
function contentType(
  fields: readonly HeaderField[],
  isDigest: boolean,
): { value: string; parameters: Map<string, string>; isGuessed: boolean } {
  const given = fields.filter(({ name }) => name === 'content-type').slice(0, 5)
  const read = given
    .map(({ raw }) => parseStructured(raw))
    .map((type) => ({ ...type, value: TYPE.exec(type.value)?.[0] ?? type.value }))
  const valid = read.filter(({ value }) => TYPE.test(value))
  const first = valid[0]
  const multipart = valid.find(({ value, parameters }) => value.startsWith('multipart/') && parameters.has('boundary'))
  const best = first && !first.value.startsWith('text/') ? first : (multipart ?? first)
  if (best) return { ...best, isGuessed: false }
  // `text`, `html`, `Content-Type: ; charset=x`.
  const rough = read.find(({ value, parameters }) => value !== '' || parameters.size > 0)
  const parameters = rough?.parameters ?? new Map<string, string>()
  const name = rough?.value ?? ''
  const value = parameters.has('boundary')
    ? 'multipart/mixed'
    : /^(x-)?html?$/.test(name)
      ? 'text/html'
      : isDigest
        ? 'message/rfc822'
        : 'text/plain'
  return { value, parameters, isGuessed: true }
}

/** What the mail declares somewhere: a hint for what in it is not declared. */
export function declaredCharset(part: MimePart): string | undefined {
  const charset = charsetOf(part.parameters.get('charset'))
  if (charset !== undefined && charset !== 'us-ascii' && charset !== 'windows-1252') return charset
  for (const child of part.parts) {
    const found = declaredCharset(child)
    if (found !== undefined) return found
  }
  return undefined
}

/** Every part that holds no others, in their order. */
export function* leavesOf(part: MimePart): Generator<MimePart> {
  if (part.parts.length === 0) {
    // A part of parts without any holds nothing.
    if (!isMultipart(part)) yield part
    return
  }
  for (const child of part.parts) yield* leavesOf(child)
}
