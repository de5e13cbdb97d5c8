// What is known of a mail when its kind is told.
import { headersOf } from './header-lookup.ts'
import type { MailKind, ReadMail } from './mail.ts'
import type { MimePart } from './mime-part.ts'

export type Known = Pick<
  ReadMail,
  'headers' | 'subject' | 'from' | 'to' | 'cc' | 'inReplyTo' | 'references' | 'deliveredTo'
> & {
  root: MimePart
  /** All of its text, without HTML. */
  text: string
  /** Envelope; empty: the null return path; undefined: not known. */
  returnPath: string | undefined
}

export type Verdict = { kind: MailKind; reason: string }

/** Said by the envelope or by header Return-Path: an answer to it would go nowhere. */
export function isNullPath({ returnPath }: Known): boolean {
  return returnPath !== undefined && /^\s*(<\s*>)?\s*$/.test(returnPath)
}

/** The header and its value, if it says that. */
export function given(known: Known, name: string, pattern: RegExp): string | undefined {
  const value = headersOf(known, name).find((text) => pattern.test(text))
  return value === undefined ? undefined : `${name}: ${value}`
}
