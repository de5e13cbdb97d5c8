// Takes the mails out of an mbox file of any size: one mail is in memory at a time, and no mail beyond the limit.
//
// There are four kinds, and no file says which it is. mboxo and mboxrd quote lines of the text that begin like the line
// between two mails (`From …`) by a `>`; mboxcl and mboxcl2 have a Content-Length. Some mails have one that came with them
// and is wrong: it is believed only where a mail ends exactly there.

export interface MboxMail {
  /** Where its `From ` line begins in the file, in bytes. */
  offset: number
  /** The line before the mail, without `From ` and its end: an address and a date, mostly. */
  fromLine: string
  /** Undefined: it is larger than the limit. */
  contents: Buffer | undefined
}

/** The file is none. */
export class NoMbox extends Error {}

const LF = 10
const CR = 13
const GREATER = 62
const FROM = Buffer.from('\nFrom ')
const MAX_FROM_LINE = 1_000
/** Headers are looked for no further: what comes then is no Content-Length. */
const MAX_HEAD = 256 * 1024

// After a blank line, anything with a time and a year; else only what looks exactly as C writes a date.
const LOOSE = /^From .*?\d{1,2}:\d{2}.*\b\d{4}\b|^From .*?\b\d{4}\b.*\d{1,2}:\d{2}/
const STRICT =
  /^From \S+ +(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} \d{2}:\d{2}(:\d{2})?( [A-Z+\-0-9]{1,6}){0,2} \d{4}\b/

export async function* readMbox(source: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<MboxMail> {
  const file = new Ahead(source)
  if (!(await toFirstMail(file))) return
  for (;;) {
    const offset = file.offset
    const fromEnd = await lineEnd(file)
    const fromLine = file.data.toString('latin1', 5, fromEnd.end)
    file.drop(fromEnd.next)
    const found = (await endByLength(file, limit)) ?? (await endByLine(file, limit))
    const contents = found.isTooLarge ? undefined : contentsOf(file.data, found)
    const isLast = found.next === undefined
    file.drop(found.next ?? file.data.length)
    yield { offset, fromLine, contents }
    if (isLast) return
  }
}

/** A part of the file that was read and is not done with yet. */
class Ahead {
  data: Buffer = Buffer.alloc(0)
  offset = 0
  isAtEnd = false
  readonly #source: AsyncIterator<Uint8Array>

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  drop(bytes: number): void {
    this.data = this.data.subarray(bytes)
    this.offset += bytes
  }

  /** Reads on. False: there is nothing left. */
  async more(): Promise<boolean> {
    if (this.isAtEnd) return false
    const { value, done } = await this.#source.next()
    if (done) {
      this.isAtEnd = true
      return false
    }
    this.data = Buffer.concat([this.data, value])
    return true
  }

  /** Whether there are as many bytes. */
  async has(bytes: number): Promise<boolean> {
    while (this.data.length < bytes) if (!(await this.more())) return false
    return true
  }
}

/** Past blank lines and the mark of UTF-8. False: the file is empty. */
async function toFirstMail(file: Ahead): Promise<boolean> {
  await file.has(3)
  if (file.data.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) file.drop(3)
  while (await file.has(1)) {
    if (file.data[0] !== LF && file.data[0] !== CR) break
    file.drop(1)
  }
  if (file.data.length === 0) return false
  await file.has(5)
  if (file.data.toString('latin1', 0, 5) !== 'From ')
    throw new NoMbox("it is no mbox file: it does not begin with 'From '")
  return true
}

interface Line {
  /** Without the line end. */
  end: number
  next: number
}

/** The end of the line that stands at the beginning. */
async function lineEnd(file: Ahead): Promise<Line> {
  for (;;) {
    const lf = file.data.indexOf(LF)
    if (lf >= 0) return { end: file.data[lf - 1] === CR ? lf - 1 : lf, next: lf + 1 }
    if (file.data.length > MAX_FROM_LINE) throw new NoMbox('a line that should stand between two mails does not end')
    if (!(await file.more())) return { end: file.data.length, next: file.data.length }
  }
}

interface End {
  /** Where the text of the mail begins, behind its headers. */
  bodyStart: number
  end: number
  /** Where the next mail's `From ` begins; undefined: this is the last one. */
  next: number | undefined
  isQuoted: boolean
  isTooLarge: boolean
}

/** Where the mail ends by its Content-Length; undefined: it has none that is right. */
async function endByLength(file: Ahead, limit: number): Promise<End | undefined> {
  const bodyStart = await bodyStartOf(file)
  if (bodyStart === undefined) return undefined
  const given = /^content-length:[ \t]*(\d{1,12})[ \t]*\r?$/im.exec(file.data.toString('latin1', 0, bodyStart))
  if (!given || Number(given[1]) > limit) return undefined
  const end = bodyStart + Number(given[1])
  const isWhole = await file.has(end + MAX_FROM_LINE)
  if (!isWhole && file.data.length < end) return undefined
  let next = end
  while (next < file.data.length && next < end + 4 && (file.data[next] === LF || file.data[next] === CR)) next++
  const common = { bodyStart, end, isQuoted: false, isTooLarge: false }
  if (next === file.data.length) return { ...common, next: undefined }
  const isAtLine = file.data[next - 1] === LF
  return isAtLine && LOOSE.test(lineAt(file.data, next) ?? '') ? { ...common, next } : undefined
}

/** Behind the blank line; undefined: there is none within reach. */
async function bodyStartOf(file: Ahead): Promise<number | undefined> {
  for (let from = 0; ; ) {
    const lf = file.data.indexOf(LF, from)
    if (lf >= 0 && file.data.length > lf + 2) {
      if (file.data[lf + 1] === LF) return lf + 2
      if (file.data[lf + 1] === CR && file.data[lf + 2] === LF) return lf + 3
      from = lf + 1
      if (from > MAX_HEAD) return undefined
    } else if (file.data.length > MAX_HEAD * 2 || !(await file.more())) {
      return lf >= 0 && file.data[lf + 1] === LF ? lf + 2 : undefined
    }
  }
}

/** Where the mail ends by the line that begins the next one. */
async function endByLine(file: Ahead, limit: number): Promise<End> {
  const bodyStart = (await bodyStartOf(file)) ?? 0
  const common = { bodyStart, isQuoted: true }
  let isTooLarge = false
  // A mail of nothing but headers may be followed at once.
  let from = 0
  for (;;) {
    const found = file.data.indexOf(FROM, from)
    const line = found < 0 ? undefined : lineAt(file.data, found + 1)
    if (found >= 0 && line !== undefined) {
      if (isBetween(file.data, found, line))
        return { ...common, end: found + 1, next: found + 1, isTooLarge: isTooLarge || found > limit }
      from = found + 1
      continue
    }
    // Not seen yet: what could be the beginning of such a line, or the rest of one.
    from = found >= 0 ? found : Math.max(from, file.data.length - FROM.length)
    if (from > limit) {
      isTooLarge = true
      // Two bytes before tell whether the line before was blank.
      file.drop(from - 2)
      from = 2
    }
    if (!(await file.more()))
      return { ...common, end: file.data.length, next: undefined, isTooLarge: isTooLarge || file.data.length > limit }
  }
}

/** The line that begins at a place; undefined: its end was not read yet. */
function lineAt(data: Buffer, start: number): string | undefined {
  const lf = data.indexOf(LF, start)
  if (lf < 0 && data.length < start + MAX_FROM_LINE) return undefined
  return data.toString('latin1', start, Math.min(lf < 0 ? data.length : lf, start + MAX_FROM_LINE))
}

/** Whether a line that begins with `From ` stands between two mails. `lf`: the line end before it. */
function isBetween(data: Buffer, lf: number, line: string): boolean {
  const before = data[lf - 1] === CR ? lf - 2 : lf - 1
  return before < 0 || data[before] === LF ? LOOSE.test(line) : STRICT.test(line)
}

function contentsOf(data: Buffer, { bodyStart, end, isQuoted }: End): Buffer {
  if (!isQuoted) return Buffer.from(data.subarray(0, end))
  const whole = data.subarray(0, end - blankLineBefore(data, end))
  return unquoted(whole, Math.max(0, bodyStart - 1))
}

/** How many bytes of a blank line stand before the end: that one belongs to the file, not to the mail. */
function blankLineBefore(data: Buffer, end: number): number {
  if (data[end - 1] !== LF) return 0
  if (end === 1 || data[end - 2] === LF) return 1
  return data[end - 2] === CR && data[end - 3] === LF ? 2 : 0
}

/** A copy with one `>` less before every `From ` that is quoted. */
function unquoted(data: Buffer, from: number): Buffer {
  const pieces: Buffer[] = []
  let done = 0
  for (let lf = data.indexOf('\n>', from); lf >= 0; lf = data.indexOf('\n>', lf + 1)) {
    let at = lf + 1
    while (data[at] === GREATER) at++
    if (data.toString('latin1', at, at + 5) !== 'From ') continue
    pieces.push(data.subarray(done, lf + 1))
    done = lf + 2
  }
  return Buffer.concat([...pieces, data.subarray(done)])
}
