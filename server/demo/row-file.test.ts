import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, expect, test } from 'vitest'
import { RowFile } from './row-file.ts'
import { emptyPortion, type Value } from './tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'row-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(file: RowFile): Record<string, unknown[]> {
  const path = join(folder, 'rows')
  const keys = file.write(path)
  const database = new Sqlite(path, { readonly: true })
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const names = database.prepare('select name from sqlite_master').pluck().all()
    expect(names).toHaveLength(keys.length)
    return Object.fromEntries(names.map((name) => [name, database.prepare(`select * from ${name}`).raw().all()]))
  } finally {
    database.close()
  }
}

const fact = (seconds: Value, department = 'default'): Value[] => ['created', 1, 'c', department, 'E', null, seconds, 0]

test('has every kind of value as it was', () => {
  const values = [0, 1, -1, 2, 127, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32, 2 ** 47 - 1, 1 - 2 ** 47]
  const large = [2 ** 47, -(2 ** 47), 9e15, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
  const texts = ['', 'a', 'é', 'x'.repeat(32), 'x'.repeat(33), `${'ü'.repeat(9_000)}`, '日本', '🙂', 'y'.repeat(20_000)]
  const portion = emptyPortion()
  const rows = [...values, ...large, null].map((value) => fact(value)).concat(texts.map((text) => fact(7, text)))
  portion.facts.push(...rows.flat())
  const file = new RowFile()
  file.add(portion)
  expect(read(file)).toEqual({ facts: rows })
})

test.each([1, 2, 3_000, 60_000])('has %i rows in their order, and nothing of what was written before', (count) => {
  const file = new RowFile()
  for (const round of [1, 2]) {
    const rows = Array.from({ length: count }, (_, i) => fact(i * round, `department ${i}`))
    const portion = { ...emptyPortion(), facts: rows.flat(), tags: ['conv', 'tag', round] }
    file.add(portion)
    expect(read(file)).toEqual({ facts: rows, conversation_tags: [['conv', 'tag', round]] })
  }
})

test('counts places on from portion to portion', () => {
  const file = new RowFile()
  const group = (seq: number): Value[] => [seq, 'conv', 'user', '3', 5, 6]
  for (let i = 0; i < 3; i++)
    file.add({ ...emptyPortion(), groups: [...group(0), ...group(1)], messages: [1, 'conv', 'user', 'M', 'Hello', 5] })
  const { message_groups = [], messages = [] } = read(file)
  expect(message_groups).toEqual([0, 1, 2, 3, 4, 5].map(group))
  expect(messages.map((row) => Array.isArray(row) && row[0])).toEqual([1, 3, 5])
})

test.each([[fact(0.5)], [fact(2 ** 53)], [fact(1, 'x'.repeat(70_000))], [fact(1, 'ß'.repeat(40_000))]])(
  'takes no row that it cannot hold',
  (row) => {
    expect(() => new RowFile().add({ ...emptyPortion(), facts: row })).toThrow(/fit|too long/)
  },
)
