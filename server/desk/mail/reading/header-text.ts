// Headers as text: raw eight bits are decoded first, then encoded words.
import { decodeBytes } from './charsets.ts'
import { decodeWords } from './encoded-words.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: raw ISO-2022-JP begins with the escape character.
const NOT_PLAIN = /[\u001b\u0080-\u00ff]/

/** Eight bits decoded, encoded words not yet: where commas and quotes still mean something. */
export function unicodeOf(raw: string, hint?: string): string {
  return NOT_PLAIN.test(raw) ? decodeBytes(Buffer.from(raw, 'latin1'), undefined, hint).text : raw
}

export const headerText = (raw: string, hint?: string): string => decodeWords(unicodeOf(raw, hint))
