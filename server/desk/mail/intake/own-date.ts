// When a mail that is imported came: its server's word first, then its sender's, then the file's.
import { mailDate } from '../reading/mail-date.ts'
import { headOf } from './head.ts'

/**
 * In milliseconds; undefined: nothing says it. `fromLine` is the line before the mail in an mbox file: some programs write
 * there when they exported it.
 */
export function ownDate(contents: Buffer, fromLine: string | undefined): number | undefined {
  const fields = headOf(contents)
  const field = (name: string): string | undefined => fields.find((one) => one.name === name)?.raw
  // The first one is of the server that had it last.
  const received = field('received')
  return (
    mailDate(received?.slice(received.lastIndexOf(';') + 1)) ??
    mailDate(field('date')) ??
    (fromLine === undefined ? undefined : mailDate(fromLine.slice(fromLine.indexOf(' ') + 1)))
  )
}
