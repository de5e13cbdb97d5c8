// What the page for ratings says, in the languages that it speaks.
import { languageKeys } from '../desk/mail/words/languages.ts'

export interface RatingWords {
  language: 'en' | 'de'
  title: string
  /** `agent` is empty where no name is known. */
  about(agent: string): string
  legend: string
  good: string
  bad: string
  comment: string
  whoReads: string
  send: string
  change: string
  /** What was given before. */
  given(grade: string): string
  final: string
  nothingChosen: string
  badComment(most: number): string
  thanks: { title: string; text: string; again: string }
  gone: { title: string; text: string }
  agent: { title: string; text: string }
  toStart: string
}

const en: RatingWords = {
  language: 'en',
  title: 'How was our answer?',
  about: (agent) => (agent === '' ? 'Our answer of' : `The answer by ${agent} of`),
  legend: 'Your rating',
  good: 'Good',
  bad: 'Bad',
  comment: 'What should we know about it? (You can leave this empty.)',
  whoReads: 'Everybody who answers here can read it.',
  send: 'Send the rating',
  change: 'Change the rating',
  given: (grade) => `You have rated it: ${grade}.`,
  final: 'It can no longer be changed.',
  nothingChosen: 'Please choose one of both.',
  badComment: (most) => `Please write ${most} characters of plain text at most.`,
  thanks: { title: 'Thank you', text: 'Your rating has arrived.', again: 'Change the rating' },
  gone: {
    title: 'This link does not work any more',
    text: 'It may be too old, or a part of it is missing.',
  },
  agent: {
    title: 'Ratings are for customers',
    text: 'You are signed in here as an agent, so nothing was stored.',
  },
  toStart: 'Go to the start page',
}

const de: RatingWords = {
  language: 'de',
  title: 'Wie war unsere Antwort?',
  about: (agent) => (agent === '' ? 'Unsere Antwort vom' : `Die Antwort von ${agent} vom`),
  legend: 'Ihre Bewertung',
  good: 'Gut',
  bad: 'Schlecht',
  comment: 'Was sollten wir dazu wissen? (Sie können das leer lassen.)',
  whoReads: 'Alle, die hier antworten, können es lesen.',
  send: 'Bewertung abschicken',
  change: 'Bewertung ändern',
  given: (grade) => `Sie haben sie bewertet: ${grade}.`,
  final: 'Das lässt sich nicht mehr ändern.',
  nothingChosen: 'Bitte wählen Sie eines von beiden.',
  badComment: (most) => `Bitte schreiben Sie höchstens ${most} Zeichen einfachen Text.`,
  thanks: { title: 'Vielen Dank', text: 'Ihre Bewertung ist angekommen.', again: 'Bewertung ändern' },
  gone: {
    title: 'Dieser Link gilt nicht mehr',
    text: 'Vielleicht ist er zu alt, oder ein Teil davon fehlt.',
  },
  agent: {
    title: 'Bewertungen sind für Kunden',
    text: 'Sie sind hier als Agent angemeldet; gespeichert wurde nichts.',
  },
  toStart: 'Zur Startseite',
}

/** In the customer's language, else in the account's, else in English. */
export function ratingWords(language: string | null | undefined, account: string): RatingWords {
  const keys = [...languageKeys(language), ...languageKeys(account)]
  const first = keys.find((key) => key === 'en' || key === 'de')
  return first === 'de' ? de : en
}
