// What accepting uses of the world outside: threads that read, and name servers. Tests bring their own.
import type { ReadMail } from '../reading/mail.ts'
import { type Resolve, systemResolver } from './authenticate.ts'

export interface Tools {
  read(contents: Uint8Array, options: { returnPath: string | undefined }): Promise<ReadMail>
  resolve: Resolve
  /** For all questions about one mail. */
  askingMs: number
}

let resolve: Resolve | undefined

export function openTools(): Tools {
  resolve ??= systemResolver()
  return {
    read: async (contents, options) => (await import('../reading/read-mail.ts')).readMail(contents, options),
    resolve,
    askingMs: 5_000,
  }
}
