// Text of headers made fit to be stored, shown, and written into the headers of other mails.

/** Controls, line separators, and the marks that turn the direction of text around: a name could read as another one. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]+/gu

/** Nothing to do, as in most headers: plain letters, and no two blanks in a row. */
const NOT_CLEAN = /[^!-~ ]| {2}/

/** One line without controls and lone surrogates, of at most `limit` characters. */
export function oneLine(text: string, limit: number): string {
  if (text.length <= limit && !NOT_CLEAN.test(text)) return text.trim()
  const line = text
    // Cut first: what is cut off need not be looked at. Blanks are what a line may lose below.
    .slice(0, limit * 4)
    .replace(/[ \t\r\n]+/g, ' ')
    .replace(UNSAFE, '')
    .trim()
  return cutText(line, limit).toWellFormed()
}

/** Without the half of a character at its end. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  return text.slice(0, limit).replace(/[\ud800-\udbff]$/, '')
}

/** Text of several lines: NUL, which no database takes, and what is half a character. Line ends become LF. */
export function cleanText(text: string): string {
  // A run of CR is matched as a whole: looking for a LF behind each would take time that grows with the square of it.
  const lines = text.includes('\r')
    ? text.replace(/\r+\n?/g, (end) => (end.endsWith('\n') ? '\n' : '\n'.repeat(end.length)))
    : text
  return (lines.includes('\0') ? lines.replaceAll('\0', '') : lines).toWellFormed()
}
