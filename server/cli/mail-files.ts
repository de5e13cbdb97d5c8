// Files with mails as people name them on the command line.
import { opendir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** The files of mails in what was named: files as they are; of a folder, those that end in .eml, and a Maildir's. */
export async function mailFilesIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const found: string[] = []
  await collect(path, found)
  return found.sort()
}

async function collect(folder: string, found: string[]): Promise<void> {
  const isMaildir = ['cur', 'new'].includes(basename(folder))
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await collect(path, found)
    else if (entry.isFile() && (isMaildir ? !entry.name.startsWith('.') : /\.eml$/i.test(entry.name))) found.push(path)
  }
}

/** Why a file cannot be read, without its name. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it'
  if (code === 'EISDIR') return 'it is a folder'
  return error instanceof Error ? error.message : String(error)
}
