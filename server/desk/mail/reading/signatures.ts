// Where the signature under a message begins.
import type { Line } from './lines.ts'
import { isClosing, isDeviceLine } from './phrases.ts'

/** Lines with words below which no signature begins any more. */
const MAX_LINES = 40
const MAX_CLOSING = 15

/** The number of the first line of the signature that ends the lines from `from` up to `to`; `to`: there is none. */
export function signatureStart(lines: readonly Line[], from: number, to: number): number {
  const words: number[] = []
  for (let at = to - 1; at >= from && words.length < MAX_LINES; at--) if (!lines[at]?.isBlank) words.unshift(at)
  const starts = [delimiterIn(lines, words), footerIn(lines, words), framedIn(lines, words), closingIn(lines, words)]
  return Math.min(to, ...starts.filter((start) => start !== undefined))
}

/** What a telephone adds is one line, wherever the text goes on. */
export const isDevice = (line: Line): boolean => line.mark === undefined && line.depth === 0 && isDeviceLine(line.text)

const textAt = (lines: readonly Line[], at: number): string => lines[at]?.text ?? ''

/** `-- ` on a line of its own, as the net has written it since the eighties. */
const delimiterIn = (lines: readonly Line[], words: readonly number[]): number | undefined =>
  words.find((at, index) => {
    const text = textAt(lines, at)
    return text === '--' || (text === '—' && words.length - index <= 12)
  })

const FOOTER =
  /^(?:you (?:are receiving|received) this (?:message|e-?mail|because)|reply to this email directly|to unsubscribe from this|diese e-?mail wurde von avast|this e-?mail has been checked for viruses|virenfrei\.|virus-free\.|libre de virus|sans virus|cet e-?mail a été vérifié|do not print this|please consider the environment)/i

function footerIn(lines: readonly Line[], words: readonly number[]): number | undefined {
  return words.slice(-12).find((at) => FOOTER.test(textAt(lines, at)))
}

/** A drawn line and below it how to reach somebody: usual in Japan, and under mails of lists. */
function framedIn(lines: readonly Line[], words: readonly number[]): number | undefined {
  const last = words.slice(-16)
  return last.find((at, index) => {
    const below = last.slice(index + 1).map((line) => textAt(lines, line))
    return isRule(textAt(lines, at)) && below.length > 0 && below.some(isContact) && below.every(isShort)
  })
}

/** Drawn lines are six signs long or more, of a few kinds. */
export const isRule = (text: string): boolean => text.length >= 5 && /^[-_=*~—–─━═＿+#/|.☆★◆■□◇‐\s]{5,}$/.test(text)

/** `Best regards,` with a name and how to reach its owner below. The name alone is part of the message. */
function closingIn(lines: readonly Line[], words: readonly number[]): number | undefined {
  const last = words.slice(-MAX_CLOSING)
  for (let index = last.length - 2; index >= 0; index--) {
    const at = last[index]
    if (at === undefined || !isClosing(textAt(lines, at))) continue
    const below = last.slice(index + 1).map((line) => textAt(lines, line))
    const isBlock = below.length >= 3 || (below.length === 2 && below.some(isContact))
    // The last one decides: what stands between two of them is talk.
    return isBlock && below.every(isSignatureLine) ? at : undefined
  }
  return undefined
}

const isShort = (text: string): boolean => text.length <= 120

const CONTACT =
  /@|www\.|https?:|(?:^|\s)(?:tel|phone|mobile|mob|fax|mobil|telefon|telefono|téléphone|gsm|cell|office|direct|тел|t|m|f|p|e)\s?[.:]|\+\d[\d\s()./-]{6,30}\d|\d{3}[\s./-]\d{3}|gmbh|\bltd|\binc\b|\bllc\b|s\.a\.|\bag\b|株式会社|〒/i
const isContact = (text: string): boolean => CONTACT.test(text)

const LEGAL =
  /confiden|vertraulich|riservat|vertrouwelijk|poufn|důvěrn|конфиденц|luottamuksell|fortrolig|konfidenti|bizalmas|gizli|disclaimer|intended (?:only )?for|environment|umwelt|handelsregister|registered|geschäftsführ|unsubscribe/i

function isSignatureLine(text: string): boolean {
  if (/^(?:p\.?\s?s\b|n\.?\s?b\.|ps:)/i.test(text) || text.endsWith('?')) return false
  if (LEGAL.test(text) || isContact(text)) return true
  const isSentence = /[.!。]$/.test(text) && text.split(' ', 6).length > 5
  return text.length <= 100 && !isSentence
}
