// The order of nouns: a noun imports from itself and from what stands to its left in order.json. To reach rightwards it
// writes an event or a job in the same transaction. Types of tables are free: foreign keys point both ways.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const order = z.array(z.string()).parse(JSON.parse(readFileSync(join(HERE, 'order.json'), 'utf8')))
const nouns = readdirSync(HERE, { withFileTypes: true }).filter((entry) => entry.isDirectory())

/** The nouns that a file imports from; `./actor.ts` and the like beside the folders are everybody's. */
const importsOf = (source: string): string[] =>
  [...source.matchAll(/from '\.\.\/([\w-]+)\/(?!tables\.ts')[^']+'/g)].flatMap(([, noun]) => noun ?? [])

const goesRight = (noun: string, source: string): string[] =>
  importsOf(source).filter((other) => order.indexOf(other) > order.indexOf(noun))

test('an import of something to the right is found', () => {
  const source = "import { a } from '../reports/a.ts'\nimport type { B } from '../conversations/tables.ts'"
  expect(goesRight('tags', source)).toEqual(['reports'])
  expect(goesRight('tags', "import { addTag } from '../tags/tags.ts'")).toEqual([])
})

test('every noun has its place in the order', () => {
  expect(nouns.map(({ name }) => name).filter((name) => !order.includes(name))).toEqual([])
})

test.each(nouns.map(({ name }) => name))('%s imports only what stands to its left', (noun) => {
  const files = readdirSync(join(HERE, noun)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const wrong = files.flatMap((file) =>
    goesRight(noun, readFileSync(join(HERE, noun, file), 'utf8')).map((other) => `${file} imports ${other}`),
  )
  expect(wrong).toEqual([])
})
