import { expect, test } from 'vitest'
import { copiesIn } from './copies.ts'

const stretch = (name: string): string[] => Array.from({ length: 12 }, (_, index) => `${name}(${index})`)

test('a copied stretch is found once, with both places and its length', () => {
  const files = [
    { path: 'a.ts', lines: ["import { x } from 'x'", ...stretch('go'), 'end()'] },
    { path: 'b.ts', lines: ['// Another file.', 'start()', ...stretch('go'), 'other()'] },
  ]
  expect(copiesIn(files)).toEqual([{ first: 'a.ts:2', second: 'b.ts:3', lines: 12 }])
})

test('files that only share imports, comments and brackets have no copies', () => {
  const alike = [...Array(20).fill("import { x } from 'x'"), ...Array(20).fill('}'), ...Array(20).fill('// so')]
  expect(
    copiesIn([
      { path: 'a.ts', lines: alike },
      { path: 'b.ts', lines: alike },
    ]),
  ).toEqual([])
})
