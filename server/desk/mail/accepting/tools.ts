// What accepting uses of the world outside: threads that read, and name servers. Tests bring their own.
import type { ReadMail } from '../reading/mail.ts'
import { openReaders } from '../reading/readers.ts'
import { type Resolve, systemResolver } from './authenticate.ts'

export interface Tools {
  read(contents: Uint8Array, options: { returnPath: string | undefined }): Promise<ReadMail>
  resolve: Resolve
  /** For all questions about one mail. */
  askingMs: number
}

let tools: Tools | undefined

/** Of the whole process: the threads end by themselves when there is nothing to read. */
export function openTools(): Tools {
  if (!tools) {
    const readers = openReaders()
    tools = { read: (contents, options) => readers.read(contents, options), resolve: systemResolver(), askingMs: 5_000 }
  }
  return tools
}
