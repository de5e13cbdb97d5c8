// The links in mailed answers with which customers rate them. A link is its answer's number, hidden and signed: nothing is
// stored for it, and every attempt to send the mail makes the same one.
import { numberOfToken, numberToken } from '../../lib/number-token.ts'

const PURPOSE = 'rating'

/** Of a message group. `secret` is the installation's. */
export const ratingToken = (secret: string, groupSeq: number): string => numberToken(secret, PURPOSE, groupSeq)

/** The message group that a token stands for; undefined if we have not made it. */
export const groupOfRatingToken = (secret: string, token: string): number | undefined =>
  numberOfToken(secret, PURPOSE, token)

const IN_TEXT = /(\/rate\/)[0-9a-f]{8,}/gi

/** What customers quote of our mails is read by agents: nobody must be able to rate himself with it. */
export const withoutRatingTokens = (text: string): string => text.replace(IN_TEXT, '$1…')

/** `choice` is what the page has chosen beforehand. Following the link rates nothing. */
export const ratingPath = (token: string, choice?: 'good' | 'bad'): string =>
  `/rate/${token}${choice === undefined ? '' : `/${choice}`}`
