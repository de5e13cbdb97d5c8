// What the search index holds of an entry, so that the order of its rows is the order of the results.
//
// An entry has up to four rows: the words of its title; those and its keywords; those and the words that its text
// insists on; all its words. A row's number (`spot`) begins with how much a hit in it counts. The database walks through
// the matching rows from the highest number down and stops when the page is full, so that a word which stands in every
// article costs no more than any other: nothing is ever counted, collected or sorted.
import { wordsOf } from './words.ts'

/** Short titles first: whoever looks for `invoice` wants "Invoices" before "Why does an invoice show two addresses?". */
const MAX_TITLE_RANK = 7
const KEYWORDS = 8
const INSISTENT = 9
const ANYWHERE = 10
const ranks = Array.from({ length: ANYWHERE + 1 }, (_, rank) => rank)

/** Entry numbers stay below this; what is above it in a spot is the rank. */
const RANK_UNIT = 2 ** 40
export const ENTRY_MASK = RANK_UNIT - 1

const spotOf = (rank: number, entryId: number): number => (ANYWHERE - rank) * RANK_UNIT + entryId

/** Every spot that an entry may have. */
export const spotsOf = (entryId: number): number[] => ranks.map((rank) => spotOf(rank, entryId))

export const MAX_ROWS_PER_ENTRY = 4

/** So often must a word stand in a text to be what the text is about. */
const INSISTS = 3

// A PostgreSQL tsvector holds a megabyte. Nobody looks for what stands on the two-hundredth page of an article.
const MAX_WORDS = 30_000
const MAX_CHARACTERS = 200_000

export interface Indexed {
  id: number
  title: string
  keywords: string
  metadescription: string
  description: string
  content_text: string
}

export interface IndexRow {
  spot: number
  words: ReadonlySet<string>
}

/** The rows of an entry. A row that would add no word to the one before is left out. */
export function indexRows(entry: Indexed): IndexRow[] {
  const title = wordsOf(entry.title)
  const titleRank = Math.min(Math.max(title.length - 1, 0), MAX_TITLE_RANK)
  const { all, insistent } = wordsOfText(entry)
  const steps: [rank: number, words: Iterable<string>][] = [
    [titleRank, title],
    [KEYWORDS, wordsOf(entry.keywords)],
    [INSISTENT, insistent],
    [ANYWHERE, all],
  ]
  const rows: IndexRow[] = []
  let known = new Set<string>()
  for (const [rank, words] of steps) {
    const wider = new Set(known)
    for (const word of words) wider.add(word)
    if (wider.size === known.size) continue
    rows.push({ spot: spotOf(rank, entry.id), words: wider })
    known = wider
  }
  return rows
}

function wordsOfText(entry: Indexed): { all: Set<string>; insistent: string[] } {
  const counts = new Map<string, number>()
  let characters = 0
  for (const word of wordsOf(`${entry.metadescription}\n${entry.description}\n${entry.content_text}`)) {
    const count = counts.get(word) ?? 0
    if (count === 0) {
      characters += word.length
      if (counts.size >= MAX_WORDS || characters > MAX_CHARACTERS) break
    }
    counts.set(word, count + 1)
  }
  return {
    all: new Set(counts.keys()),
    insistent: [...counts].flatMap(([word, count]) => (count >= INSISTS ? [word] : [])),
  }
}
