// In whose language a mail speaks, and for which company.
import type { MailDesk } from '../mail-desk.ts'
import { wordsFor } from '../words/languages.ts'
import type { MailWords } from '../words/words.ts'
import { expandText, oneLine, valuesOf } from './expand.ts'
import { greetable, type Person } from './people.ts'

export interface Voice {
  words: MailWords
  /** The reader's, as stored; null: not known. */
  language: string | null
  /** The account's. */
  zone: string
  company: string
}

/** `language` is the reader's; without one, the account's is spoken. */
export function voiceFor(desk: Pick<MailDesk, 'settings' | 'mailLanguages'>, language: string | null): Voice {
  const settings = desk.settings()
  return {
    words: wordsFor(desk.mailLanguages, language, settings.language),
    language: language ?? settings.language,
    zone: settings.timezone,
    company: settings.company_name,
  }
}

/** A date with its time, as the reader's language writes it: `21. November 2026 um 03:18 MEZ`. */
export function dateText({ words, language, zone }: Voice, instant: number): string {
  const format = new Intl.DateTimeFormat(localeOf(words, language), {
    timeZone: zone,
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  return oneLine(format.format(instant))
}

/** The reader's own variant (`en-GB`) of the language that the mail is in. */
function localeOf(words: MailWords, language: string | null): string {
  const own = (language ?? '').replaceAll('_', '-')
  if (!own.toLowerCase().startsWith(`${words.language.toLowerCase()}-`)) return words.language
  try {
    return Intl.getCanonicalLocales(own)[0] ?? words.language
  } catch {
    return words.language
  }
}

export const greetingFor = ({ words }: Voice, person: Person): string => {
  const name = greetable(person)
  return name === '' ? words.greeting.nameless : expandText(words.greeting.named, valuesOf({ name }))
}
