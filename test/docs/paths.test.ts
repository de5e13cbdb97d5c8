// What our documents name is there, and the map shows the tree as it is.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { figures } from '../../server/desk/reports/figures.ts'
import { generated } from '../../tools/docs.ts'
import { documents, pathsOf, ROOT } from './documents.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

describe.each(documents())('$path', (document) => {
  test('names only files and folders that exist', () => {
    expect(pathsOf(document).filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })
})

test('a path that is not there would be found', () => {
  const text = 'See [a](../nowhere.md) and `server/none/x.ts`, not `a/[b]` or `npm run x`.'
  expect(pathsOf({ path: 'docs/x.md', text })).toEqual(['nowhere.md', 'server/none/x.ts'])
})

const folders = (under: string, depth: number): string[] =>
  readdirSync(join(ROOT, under), { withFileTypes: true })
    // An empty folder is in no checkout but this one.
    .filter((entry) => entry.isDirectory() && readdirSync(join(ROOT, under, entry.name)).length > 0)
    .flatMap(({ name }) => [join(under, name), ...(depth > 1 ? folders(join(under, name), depth - 1) : [])])

test('docs/map.md has a line for each folder, and no other', () => {
  const tops = ['bench', 'bin', 'contract', 'docs', 'server', 'test', 'tools'].filter((top) =>
    existsSync(join(ROOT, top)),
  )
  const real = [
    ...tops,
    ...folders('contract', 1),
    ...folders('server', 2),
    ...folders('test', 1),
    ...folders('tools', 1),
  ]
  const listed = [...read('docs/map.md').matchAll(/^- `([\w./-]+)\/`/gm)].flatMap(([, path]) => path ?? [])
  expect(listed.sort()).toEqual([...real, 'docs/adr'].sort())
})

test('docs/words.md has a sentence for each noun of the desk', () => {
  const words = read('docs/words.md')
  const nouns = folders('server/desk', 1).map((path) => path.slice('server/desk/'.length))
  expect(nouns.filter((noun) => !words.includes(`(\`server/desk/${noun}/\`)`))).toEqual([])
})

test('docs/adr/0002-dependencies.md has a line for each dependency', () => {
  const { dependencies } = JSON.parse(read('package.json'))
  const explained = [...read('docs/adr/0002-dependencies.md').matchAll(/^\| ([@\w/-]+) \| .+ \| .+ \|$/gm)].map(
    ([, name]) => name,
  )
  expect(explained.filter((name) => name !== 'package').sort()).toEqual(Object.keys(dependencies).sort())
})

test('docs/reports.md defines every figure, and no other', () => {
  const [, table = ''] = read('docs/reports.md').split('## Every figure')
  const defined = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, names]) => names?.match(/\w+/g) ?? [])
  expect(defined.sort()).toEqual(Object.keys(figures).sort())
})

test.each(Object.entries(generated()))('%s has its generated part up to date (npm run docs)', (path, part) => {
  expect(read(path).endsWith(part)).toBe(true)
})
