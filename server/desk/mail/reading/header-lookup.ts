// Finding headers of a mail that was read.
import type { ReadMail } from './mail.ts'

type WithHeaders = Pick<ReadMail, 'headers'>

/** The first of that name, which stands nearest to the server that gave us the mail. */
export function headerOf({ headers }: WithHeaders, name: string): string | undefined {
  const key = name.toLowerCase()
  return headers.find(([header]) => header === key)?.[1]
}

/** All of that name, in the order of the mail. */
export function headersOf({ headers }: WithHeaders, name: string): string[] {
  const key = name.toLowerCase()
  return headers.filter(([header]) => header === key).map(([, value]) => value)
}
