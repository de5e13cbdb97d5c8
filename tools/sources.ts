// Our own source files, for the tools that look at all of them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

export interface Source {
  /** From the root of the repository, with slashes. */
  path: string
  lines: readonly string[]
}

const hasCode = (path: string): boolean => /\.(ts|js)$/.test(path)

/** TypeScript and JavaScript below some folders, by path. */
export function sources(folders: readonly string[]): Source[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter(hasCode)
    .sort()
    .map((path) => ({ path, lines: readFileSync(join(ROOT, path), 'utf8').trimEnd().split('\n') }))
}

export const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.startsWith('test/')
