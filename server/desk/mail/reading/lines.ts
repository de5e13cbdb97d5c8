// A mail's text as lines: what quotes and signatures are recognised by. Made of plain text here, of HTML in html-lines.ts.

export interface Line {
  /** Without quote signs and outer blanks, cut after LINE_LIMIT characters. */
  text: string
  /** Neither words nor a picture. */
  isBlank: boolean
  /** Levels of quoting around it: `>` signs, or elements that mail programs quote with. */
  depth: number
  /** Set in, as quotes are, and as people set things in. */
  isIndented: boolean
  /** What the HTML says of it. */
  mark: Mark | undefined
  /** Where it begins and ends: characters of a text, leaves of a tree. */
  from: number
  to: number
}

export type Mark =
  | 'signature'
  /** Names who wrote what is quoted next. */
  | 'attribution'
  /** From here on everything is quoted. */
  | 'rest'

/** What no rule looks at any more. */
export const LINE_LIMIT = 500

const QUOTE_SIGNS = /^(?: {0,2}[>＞])+ ?/

/** The lines of a text; no more than one above `limit`, so that it can be seen that there are more. */
export function linesOfText(text: string, limit: number): Line[] {
  const lines: Line[] = []
  let from = 0
  while (from < text.length && lines.length <= limit) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end + 1
    lines.push(lineOf(text.slice(from, Math.min(to, from + LINE_LIMIT)), from, to))
    from = to
  }
  return rejoin(lines)
}

function lineOf(raw: string, from: number, to: number): Line {
  const signs = QUOTE_SIGNS.exec(raw)?.[0] ?? ''
  const text = raw.slice(signs.length).trim()
  // Programs that keep mails in one file write `>From` where a line begins with `From`.
  const depth = /^>From /.test(raw) ? 0 : signs.replace(/ /g, '').length
  return { text, isBlank: text === '', depth, isIndented: depth > 0, mark: undefined, from, to }
}

/** Long quoted lines that were broken on the way leave their ends unquoted. */
function rejoin(lines: Line[]): Line[] {
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1]
    const after = lines[index + 1]
    if (line.depth > 0 || line.isBlank || !before || !after || after.depth === 0 || before.depth === 0) continue
    const isEndOfLong = before.to - before.from > 60 && line.text.length < 40 && /^[\p{Ll}\p{N}]/u.test(line.text)
    if (isEndOfLong && !/[?!]$/.test(line.text)) line.depth = before.depth
  }
  return lines
}
