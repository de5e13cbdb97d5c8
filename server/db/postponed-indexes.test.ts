import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openDatabase, sqliteFile } from './open.ts'
import { makePostponedIndexes, postponeIndexes } from './postponed-indexes.ts'

const TABLES = ['conversations', 'messages']
const folder = mkdtempSync(join(tmpdir(), 'deskhand-postponed-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeEach(async () => {
  rmSync(sqliteFile(folder), { force: true })
  await (await openDatabase({ dataFolder: folder })).close()
})

const schema = (raw: Sqlite.Database): unknown[] =>
  raw.prepare('select name, sql from sqlite_master order by name').all()
const namesOfIndexes = (raw: Sqlite.Database): unknown[] =>
  raw.prepare(`select name from sqlite_master where type = 'index' and tbl_name = 'conversations'`).pluck().all()

test('a load that was cut off leaves a desk whose next opening makes the indexes that wait', async () => {
  const raw = new Sqlite(sqliteFile(folder))
  const before = schema(raw)
  postponeIndexes(raw, TABLES)
  raw.close()
  await (await openDatabase({ dataFolder: folder, mustExist: true })).close()
  const after = new Sqlite(sqliteFile(folder), { readonly: true })
  expect(schema(after)).toEqual(before)
  expect(after.prepare(`select count(*) from settings where key = 'postponed_indexes'`).pluck().get()).toBe(0)
  after.close()
})

test('one that dies while the indexes are made goes on with those that are missing', () => {
  const raw = new Sqlite(sqliteFile(folder))
  const before = schema(raw)
  postponeIndexes(raw, TABLES)
  const exec = raw.exec.bind(raw)
  let made = 0
  raw.exec = (statement) => {
    if (/^create index/i.test(statement) && ++made === 3) throw new Error('the power failed')
    return exec(statement)
  }
  expect(() => makePostponedIndexes(raw)).toThrow('the power failed')
  raw.exec = exec
  expect(schema(raw)).not.toEqual(before)
  makePostponedIndexes(raw)
  expect(schema(raw)).toEqual(before)
  raw.close()
})

test('what is unique stays unique while the others wait', () => {
  const raw = new Sqlite(sqliteFile(folder))
  postponeIndexes(raw, TABLES)
  expect(namesOfIndexes(raw)).toEqual(expect.arrayContaining([expect.stringContaining('autoindex')]))
  expect(namesOfIndexes(raw)).not.toContain('conversations_changed')
  makePostponedIndexes(raw)
  raw.close()
})

test('postponing twice forgets nothing', () => {
  const raw = new Sqlite(sqliteFile(folder))
  const before = schema(raw)
  postponeIndexes(raw, ['conversations'])
  postponeIndexes(raw, TABLES)
  makePostponedIndexes(raw)
  expect(schema(raw)).toEqual(before)
  raw.close()
})
