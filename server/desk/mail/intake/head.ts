// The headers of a raw mail, without reading the whole of it.
import { type HeaderField, readHeaderFields } from '../reading/header-fields.ts'

/** No sender needs more; what comes behind is not looked at. */
export const HEAD_BYTES = 256 * 1024
const LIMITS = { maxBytes: HEAD_BYTES, headerBytes: 16 * 1024, headers: 500 }

/** In the order of the mail, names in lower case, values with one character for each byte. */
export const headOf = (contents: Buffer): HeaderField[] =>
  readHeaderFields(contents, 0, Math.min(contents.length, HEAD_BYTES), LIMITS).fields
