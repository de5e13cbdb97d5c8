// The languages that mails can be written in: those of the program, and those of the folder `mail-words` in the data folder.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SetupError } from '../../../lib/setup-error.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { type MailWords, wordsSchema } from './words.ts'

/** Words by language in lower case. English is always there. */
export type Languages = ReadonlyMap<string, MailWords>

const keyOf = (language: string): string => language.trim().replaceAll('_', '-').toLowerCase()

export const languagesOf = (all: readonly MailWords[]): Languages =>
  new Map([en, de, ...all].map((words) => [keyOf(words.language), words]))

const FOLDER = 'mail-words'

/** Reads the folder of further languages. A file that is wrong stops the start: mails would leave in the wrong language. */
export async function readLanguages(dataFolder: string): Promise<Languages> {
  const folder = join(dataFolder, FOLDER)
  const files = await readdir(folder).catch(() => [])
  const read: MailWords[] = []
  for (const file of files.filter((name) => name.endsWith('.json')).sort())
    read.push(parseWords(`${FOLDER}/${file}`, await readFile(join(folder, file), 'utf8')))
  return languagesOf(read)
}

function parseWords(file: string, text: string): MailWords {
  const result = wordsSchema.safeParse(parseJson(file, text))
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'it'}: ${message}`)
  throw new SetupError(`${file} cannot be used for mails: ${faults.join('; ')}`)
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SetupError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** `de-AT` → `de-at`, `de`; what is not a language gives none. */
export function languageKeys(language: string | null | undefined): string[] {
  const parts = keyOf(language ?? '').split('-')
  return parts[0] === '' ? [] : parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
}

/** The words for a reader: his language, a wider one of it, the account's, English. */
export function wordsFor(languages: Languages, language: string | null | undefined, account: string): MailWords {
  for (const key of [...languageKeys(language), ...languageKeys(account)]) {
    const words = languages.get(key)
    if (words) return words
  }
  return en
}
