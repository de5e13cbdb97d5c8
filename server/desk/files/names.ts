// Names and types of files as strangers give them, made fit to be stored and shown.

const MAX_LENGTH = 255
/** Controls, and the marks that turn the direction of text around: `exe.gpj` would read as `jpg.exe` behind one. */
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/gu

/** The bare name without path and invisible characters; `file` if nothing is left. Long names keep their ending. */
export function cleanFileName(given: string): string {
  const visible = given.toWellFormed().replace(INVISIBLE, '')
  const name = (visible.split(/[/\\]/).pop() ?? '').trim()
  if (/^\.*$/.test(name)) return 'file'
  if (name.length <= MAX_LENGTH) return name
  const ending = /\.[^.]{1,20}$/.exec(name)?.[0] ?? ''
  // The cut may go through a surrogate pair, whose half no database takes.
  return name.slice(0, MAX_LENGTH - ending.length).replace(/[\ud800-\udbff]$/, '') + ending
}

const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/

export const UNKNOWN_TYPE = 'application/octet-stream'

/** `Text/HTML; charset=x` → `text/html`; undefined if it has not the shape of a MIME type. */
export function cleanFileType(given: string): string | undefined {
  const type = given.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return TYPE.test(type) ? type : undefined
}
