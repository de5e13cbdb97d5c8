// Trying a server for incoming mail: signs in and looks for the folders.
import { imapClient, type Login, SHORT_PATIENCE } from './connect.ts'
import { folderNames, type IncomingSettings } from './mailbox.ts'
import type { Trouble } from './trouble.ts'

export interface IncomingTrial {
  trouble: Trouble | null
  /** Every folder that can be opened; empty if it did not come so far. */
  folders: string[]
  /** The server tells of new mail by itself. */
  hasIdle: boolean
}

/** Throws what troubleOf understands. */
export async function tryImap(settings: IncomingSettings, login: Login): Promise<IncomingTrial> {
  const client = await imapClient(settings, login, SHORT_PATIENCE)
  try {
    await client.connect()
    const listed = await client.list()
    const folders = listed.filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'))
    const paths = folders.map(({ path }) => path).sort()
    return { trouble: missingFolder(settings, paths) ?? null, folders: paths, hasIdle: client.capabilities.has('IDLE') }
  } finally {
    client.close()
  }
}

/** INBOX is the one name that is written as anybody likes. */
const sameFolder = (a: string, b: string): boolean => a === b || (/^inbox$/i.test(a) && /^inbox$/i.test(b))

export function missingFolder(settings: IncomingSettings, existing: readonly string[]): Trouble | undefined {
  const missing = folderNames(settings).find((folder) => !existing.some((path) => sameFolder(path, folder)))
  if (missing === undefined) return undefined
  const names = existing.slice(0, 50).map((path) => `'${path}'`)
  return { field: 'folders', says: `There is no folder '${missing}'. There are: ${names.join(', ')}.` }
}
