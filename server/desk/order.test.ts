// The order of nouns: a noun imports from itself and from what stands to its left in order.json. To reach rightwards it
// writes an event or a job in the same transaction. Types of tables are free: foreign keys point both ways.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const order = z.array(z.string()).parse(JSON.parse(readFileSync(join(HERE, 'order.json'), 'utf8')))
const nouns = readdirSync(HERE, { withFileTypes: true }).filter((entry) => entry.isDirectory())

/**
 * The nouns that a file imports from, at once or later; `actor.ts` and the like beside the folders are everybody's.
 * `file` is its path from here: a folder in a noun's folder is still that noun.
 */
const importsOf = (file: string, source: string): string[] =>
  [...source.matchAll(/(?:\bfrom |\bimport |\bimport\()'(\.[^']+)'/g)].flatMap(([, path = '']) => {
    const [noun = '', ...below] = join(dirname(file), path).split(sep)
    return noun === '..' || below.length === 0 || below.join() === 'tables.ts' ? [] : noun
  })

const goesRight = (file: string, source: string): string[] => {
  const [noun = ''] = file.split(sep)
  return importsOf(file, source).filter((other) => order.indexOf(other) > order.indexOf(noun))
}

test('an import of something to the right is found', () => {
  const source = "import { a } from '../reports/a.ts'\nimport type { B } from '../conversations/tables.ts'"
  expect(goesRight('tags/tags.ts', source)).toEqual(['reports'])
  expect(goesRight('tags/tags.ts', "import { addTag } from '../tags/tags.ts'")).toEqual([])
})

test('so is one from a folder in a folder, one for later, and one for its effects', () => {
  const source = `import { a } from '../../reports/a.ts'
import { b } from '../intake/b.ts'
import { c } from '../../conversations/c.ts'
import { d } from '../../../lib/ids.ts'
import { actor } from '../../actor.ts'
import { e } from '../tables.ts'
import '../../rules/f.ts'
const g = await import('../../ratings/deep/g.ts')`
  expect(goesRight('mail/accepting/x.ts', source)).toEqual(['reports', 'rules', 'ratings'])
  expect(importsOf('mail/accepting/x.ts', source)).toEqual(['reports', 'mail', 'conversations', 'rules', 'ratings'])
  expect(goesRight('outbox/x.ts', "import { a } from '../mail/accepting/a.ts'")).toEqual(['mail'])
})

test('every noun has its place in the order', () => {
  expect(nouns.map(({ name }) => name).filter((name) => !order.includes(name))).toEqual([])
})

test.each(nouns.map(({ name }) => name))('%s imports only what stands to its left', (noun) => {
  const files = readdirSync(join(HERE, noun), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join(HERE, noun, file))
  const wrong = files.flatMap((file) =>
    goesRight(relative(HERE, file), readFileSync(file, 'utf8')).map(
      (other) => `${relative(HERE, file)} imports ${other}`,
    ),
  )
  expect(wrong).toEqual([])
})
