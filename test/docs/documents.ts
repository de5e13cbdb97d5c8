// Our own documents, as the tests read them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Document {
  /** From the root of the repository. */
  path: string
  text: string
}

export interface Block {
  /** `README.md:12` */
  at: string
  commands: string
  /** Why it cannot run in a test: the comment right above it says so. */
  reason: string | undefined
}

/** README, changelog and everything below docs/. */
export function documents(): Document[] {
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
  return ['README.md', 'CHANGELOG.md', ...below.sort()].map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), 'utf8'),
  }))
}

/** The shell commands of a document, block by block. */
export const blocksOf = ({ path, text }: Document): Block[] =>
  [...text.matchAll(/(?:<!-- not run in tests: ([^\n]+?) -->\n)?```sh\n(.*?)```/gs)].map((match) => ({
    at: `${path}:${text.slice(0, match.index).split('\n').length}`,
    commands: match[2] ?? '',
    reason: match[1],
  }))

/** Paths that a document names: targets of links, and what has a slash and stands in backticks. `./data` is a user's own. */
export function pathsOf({ path, text }: Document): string[] {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : ''
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => join(folder, target ?? ''))
  const named = [...text.matchAll(/`((?!\.\/)(?:[\w.-]+\/)+[\w.-]*)`/g)].flatMap(([, target]) => target ?? [])
  return [...new Set([...links, ...named])].sort()
}
