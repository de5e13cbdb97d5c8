// `npm run copies`: the same stretch of code in two places. Copies drift apart; one of them is then wrong.
import { isTest, type Source, sources } from './sources.ts'

/** Shorter stretches are alike by nature: a declaration, a loop. */
const MIN_LINES = 10

export interface Copy {
  first: string
  second: string
  lines: number
}

interface Line {
  number: number
  text: string
}

/** What counts as code: imports, comments and lone brackets are alike everywhere. */
const codeOf = ({ lines }: Source): Line[] =>
  lines
    .map((text, index) => ({ number: index + 1, text: text.trim() }))
    .filter(({ text }) => !/^(import\b|} from|\/\/|\/?\*|[\])}(,;>]*$)/.test(text))

/** Stretches of at least MIN_LINES lines of code that stand in two places; each stretch once, with its full length. */
export function copiesIn(files: readonly Source[]): Copy[] {
  const seen = new Map<string, { path: string; code: readonly Line[]; at: number }>()
  const copies: Copy[] = []
  for (const file of files) {
    const code = codeOf(file)
    for (let at = 0; at + MIN_LINES <= code.length; at++) {
      const window = code.slice(at, at + MIN_LINES).map(({ text }) => text)
      const key = window.join('\n')
      const other = seen.get(key)
      if (!other) {
        seen.set(key, { path: file.path, code, at })
        continue
      }
      let lines = MIN_LINES
      while (code[at + lines] && code[at + lines]?.text === other.code[other.at + lines]?.text) lines++
      copies.push({
        first: `${other.path}:${other.code[other.at]?.number}`,
        second: `${file.path}:${code[at]?.number}`,
        lines,
      })
      at += lines - 1
    }
  }
  return copies
}

if (import.meta.main) {
  const files = sources(['server', 'contract', 'bin', 'tools', 'bench'])
  const copies = copiesIn(files.filter(({ path }) => !isTest(path)))
  for (const { first, second, lines } of copies) console.log(`${second} repeats ${lines} lines of ${first}`)
  console.log(`${copies.length} copies of ${MIN_LINES} lines or more`)
  process.exitCode = copies.length > 0 ? 1 : 0
}
