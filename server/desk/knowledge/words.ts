// The words of a text as both databases index them. They are made here, so that a search finds the same on either.
import { fold } from '../../lib/fold.ts'

/** Letters that Unicode does not take apart, as people without them on the keyboard write them. */
const SPELT_OUT: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  þ: 'th',
}

const ASCII = /^[\x20-\x7e\s]*$/
const LATIN_MARKS = /[\u0300-\u036f]/g
/** Soft hyphens and the like stand inside words without being part of them. */
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g

/** A text without accents, in lower case. */
export function foldAccents(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  return fold(
    fold(text.normalize('NFKD'))
      .normalize('NFD')
      .replace(LATIN_MARKS, '')
      .replace(INVISIBLE, '')
      .replace(/[ßæœøđðłħıþ]/g, (letter) => SPELT_OUT[letter] ?? letter),
  )
}

const ASCII_RUN = /[a-z0-9]+/g
const RUN = /[\p{L}\p{N}\p{M}]+/gu
/** Scripts that put no spaces between words. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u
const PART =
  /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+|[^\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]+/gu

/** Nobody types more of a word, and PostgreSQL limits what an index entry may hold. */
const MAX_LENGTH = 40

const shortened = (word: string): string => (word.length <= MAX_LENGTH ? word : [...word].slice(0, MAX_LENGTH).join(''))

/** The parts of a text between spaces and punctuation; `cut` says what becomes of a run without spaces. */
function partsOf(text: string, cut: (characters: readonly string[]) => readonly string[]): string[] {
  const folded = foldAccents(text)
  if (ASCII.test(folded)) return (folded.match(ASCII_RUN) ?? []).map(shortened)
  const runs = folded.match(RUN) ?? []
  if (!UNSPACED.test(folded)) return runs.map(shortened)
  return runs
    .flatMap((run) => run.match(PART) ?? [])
    .flatMap((part) => (UNSPACED.test(part) ? cut([...part]) : shortened(part)))
}

const pairsOf = (characters: readonly string[]): string[] =>
  characters.slice(1).map((character, at) => `${characters[at]}${character}`)

/** The words under which a text can be found, with repeats. Scripts without spaces: each character and pair. */
export const wordsOf = (text: string): string[] =>
  partsOf(text, (characters) => [...characters, ...pairsOf(characters)])

/** More would only make a search slower, not more exact. */
const MAX_QUERY_WORDS = 24

/** The different words that somebody is looking for, in order. None: there was only punctuation. */
export function queryWords(text: string): string[] {
  const words = new Set<string>()
  for (const word of partsOf(text, (characters) => (characters.length === 1 ? characters : pairsOf(characters)))) {
    // The last word stays last: it is looked for as the beginning of a word.
    words.delete(word)
    words.add(word)
    if (words.size >= MAX_QUERY_WORDS) break
  }
  return [...words]
}
