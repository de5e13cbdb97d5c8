// What can come of an attempt to send a mail, and which answer of a server or a network means what.
import { NotFound } from '../../../lib/errors.ts'

/** A recipient that the server did not take. */
export interface RefusedRecipient {
  address: string
  words: string
  isForGood: boolean
}

export type Outcome =
  | { kind: 'sent'; accepted: string[]; refused: RefusedRecipient[]; serverMessageId: string | undefined }
  /** This mail, not now. */
  | { kind: 'later'; words: string }
  /** This mail, never. */
  | { kind: 'never'; words: string }
  /** No mail of this mailbox can be sent now: counts as no attempt of the mail. */
  | { kind: 'mailbox'; words: string; error: unknown }
  /** The server wants fewer connections. */
  | { kind: 'busy'; words: string }
  /** The end of the mail was sent, and no answer came. */
  | { kind: 'unconfirmed'; words: string }

/** Where an attempt was when it failed. */
export interface Progress {
  /** The connection is there, and signed in. */
  isConnected: boolean
  /** The server has begun to read the mail. */
  isReading: boolean
  /** The end of the mail may have been sent. */
  isHanded: boolean
  /** The server has taken it. */
  isDone: boolean
}

/** What a failure means. The server's own words are kept, in one line and not too many. */
export function outcomeOf(error: unknown, progress: Progress): Outcome {
  if (error instanceof NotFound) return { kind: 'never', words: error.message }
  const { responseCode, command } = asFailure(error)
  const words = wordsOf(error)
  // Any answer to the end of the mail is an answer: the server has not taken it.
  if (responseCode === undefined && progress.isHanded) return { kind: 'unconfirmed', words }
  if (!progress.isConnected)
    return isTooMany(responseCode, words) ? { kind: 'busy', words } : { kind: 'mailbox', words, error }
  if (responseCode === undefined) return isTooLarge(error) ? { kind: 'never', words } : { kind: 'later', words }
  if (responseCode === 421) return progress.isHanded ? { kind: 'later', words } : { kind: 'busy', words }
  if (isAboutSignIn(responseCode, command)) return { kind: 'mailbox', words, error }
  return { kind: responseCode >= 500 && responseCode !== 503 ? 'never' : 'later', words }
}

/** Whether a kept connection had only ended without telling (421: with telling): a new one may do. */
export const isDeadConnection = (error: unknown): boolean => [undefined, 421].includes(asFailure(error).responseCode)

/** The server refused who sends, not who receives. */
export const isSenderRefused = (error: unknown): boolean => {
  const { responseCode, command } = asFailure(error)
  return command === 'MAIL FROM' && responseCode !== undefined && responseCode >= 500
}

/** 530 authentication required, 535 invalid: what a server says that lets nobody send without having signed in. */
const isAboutSignIn = (code: number, command: string | undefined): boolean =>
  [530, 534, 535, 538].includes(code) && command !== 'DATA'

const isTooMany = (code: number | undefined, words: string): boolean =>
  code === 421 || (code !== undefined && code < 500 && /too many|concurren|connections/i.test(words))

/** The server said at the beginning how much it takes. */
const isTooLarge = (error: unknown): boolean => asFailure(error).code === 'EMESSAGE'

/** What nodemailer writes on its errors. */
function asFailure(error: unknown): { code?: string; responseCode?: number; response?: string; command?: string } {
  const { code, responseCode, response, command }: Record<string, unknown> = error instanceof Error ? { ...error } : {}
  return {
    ...(typeof code === 'string' && { code }),
    ...(typeof responseCode === 'number' && { responseCode }),
    ...(typeof response === 'string' && { response }),
    ...(typeof command === 'string' && { command }),
  }
}

const LONGEST = 500

/** What went wrong, for people: what the server said, else what the network did. */
export function wordsOf(error: unknown): string {
  const { response, command } = asFailure(error)
  const text = response === undefined ? messageOf(error) : `${command ? `${command}: ` : ''}${response}`
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST)
    .toWellFormed()
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
