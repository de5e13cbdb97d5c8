// The subject that an answer is mailed with.
import type { Conversation } from './conversation.ts'

/**
 * Programs that thread by subject too (Gmail, old Outlooks) take a mail out of its thread if anything but `Re:` is added:
 * an answer has the subject of the mail that it answers. Only where the customer has no mail yet, the code goes in: it
 * then stays in every mail of the thread, and helps where an answer comes back without any of its references.
 */
export function subjectOf(
  conversation: Pick<Conversation, 'subject' | 'code' | 'groups_in'>,
  answered: { subject: string } | undefined,
): string {
  const { subject, code, groups_in } = conversation
  if (answered) return `Re: ${withoutPrefixes(answered.subject)}`.trimEnd()
  return groups_in > 0 ? `Re: ${withoutPrefixes(subject)} [${code}]` : `${oneLine(subject)} [${code}]`.trimStart()
}

const LONGEST = 500

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST)
    .toWellFormed()

/** `Re:`, `AW: ` or `Re[2]: `, as programs of many languages write it. */
const PREFIXES =
  /^(?:(?:re|aw|antw|sv|vs|odp|odpověď|r|ref|res|rif|ynt|bls|απ|отв|ha|回复|回覆|返信)(?:\[\d{1,3}\])?\s?[:：]\s*)+/iu

const withoutPrefixes = (subject: string): string => oneLine(oneLine(subject).replace(PREFIXES, ''))
