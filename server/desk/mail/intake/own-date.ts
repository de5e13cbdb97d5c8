// When a mail that is imported came: its server's word first, then its sender's, then the file's.
import { readHeaderFields } from '../reading/header-fields.ts'
import { mailDate } from '../reading/mail-date.ts'

const HEAD = { maxBytes: 256 * 1024, headerBytes: 16 * 1024, headers: 500 }

/**
 * In milliseconds; undefined: nothing says it. `fromLine` is the line before the mail in an mbox file: some programs write
 * there when they exported it.
 */
export function ownDate(contents: Buffer, fromLine: string | undefined): number | undefined {
  const { fields } = readHeaderFields(contents, 0, Math.min(contents.length, HEAD.maxBytes), HEAD)
  const field = (name: string): string | undefined => fields.find((one) => one.name === name)?.raw
  // The first one is of the server that had it last.
  const received = field('received')
  return (
    mailDate(received?.slice(received.lastIndexOf(';') + 1)) ??
    mailDate(field('date')) ??
    (fromLine === undefined ? undefined : mailDate(fromLine.slice(fromLine.indexOf(' ') + 1)))
  )
}
