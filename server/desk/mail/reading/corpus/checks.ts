// What is true of everything that reading gives, whatever the bytes were.
import { expect } from 'vitest'
import { isEmail } from '../../../../lib/email.ts'
import { LIMITS } from '../limits.ts'
import type { MailAddress, ReadMail } from '../mail.ts'

const UNSAFE_IN_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** Fails if the mail could not be stored, shown, or written into headers of other mails. */
export function checkSound(mail: ReadMail, rawLength: number): void {
  for (const text of stringsIn(mail)) {
    if (text.includes('\0') || !text.isWellFormed()) expect.fail(`not storable: ${JSON.stringify(text.slice(0, 200))}`)
  }
  const { from, sender } = mail
  const people = [from, sender, ...mail.furtherAuthors, ...mail.replyTo, ...mail.to, ...mail.cc].filter(
    (one) => one !== undefined,
  )
  const lines = [
    mail.subject,
    ...people.flatMap(({ name, address }: MailAddress) => [name, address]),
    ...mail.headers.flat(),
  ]
  expect(lines.filter((line) => UNSAFE_IN_LINE.test(line))).toEqual([])
  expect(people.filter(({ address }) => !isEmail(address))).toEqual([])
  expect(mail.deliveredTo.filter((address) => !isEmail(address))).toEqual([])
  expect(mail.reports.filter(({ recipient }) => recipient !== undefined && !isEmail(recipient))).toEqual([])
  const ids = [mail.messageId ?? 'none', ...mail.inReplyTo, ...mail.references, ...mail.aboutMessageIds]
  expect(ids.filter((id) => id === '' || /[\s<>]/.test(id))).toEqual([])
  expect(mail.attachments.filter(({ name }) => name === '' || /[/\\\p{Cc}]/u.test(name))).toEqual([])
  // What is caught is a mistake of ours all the same.
  expect(mail.faults.filter((fault) => /could not be (read \(|taken apart)/.test(fault))).toEqual([])
  expect(mail.bodyHash).toMatch(/^[0-9a-f]{64}$/)
  checkBounded(mail, rawLength)
  // It crosses to another thread.
  expect(() => structuredClone(mail)).not.toThrow()
}

function checkBounded(mail: ReadMail, rawLength: number): void {
  expect(mail.headers.length).toBeLessThanOrEqual(LIMITS.headers)
  expect(mail.headers.every(([, value]) => value.length <= LIMITS.headerCharacters)).toBe(true)
  expect(mail.subject.length).toBeLessThanOrEqual(LIMITS.subjectCharacters)
  expect(mail.attachments.length).toBeLessThanOrEqual(LIMITS.attachments)
  expect(mail.faults.length).toBeLessThanOrEqual(LIMITS.faults)
  expect(mail.parts.length).toBeLessThanOrEqual(LIMITS.text)
  const text = mail.parts.reduce((sum, part) => sum + part.text.length, 0)
  expect(text).toBeLessThanOrEqual(LIMITS.text * 2)
  const attached = mail.attachments.reduce((sum, { contents }) => sum + contents.length, 0)
  // A text that is too long is attached beside what is shown of it; compressed RTF grows, and is text.
  expect(attached).toBeLessThanOrEqual(rawLength * 3 + 1_000)
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  else if (value instanceof Uint8Array) return
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) yield* stringsIn(inner)
}
