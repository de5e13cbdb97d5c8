import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { migrate, sqliteSession } from './migrate.ts'
import { migrations } from './migrations/list.ts'

let desk: TestDesk
const folder = mkdtempSync(join(tmpdir(), 'deskhand-schema-'))
const sqlite = new Sqlite(join(folder, 'schema.db'))
beforeAll(async () => {
  desk = await newDesk()
  await migrate(sqliteSession(sqlite))
})
afterAll(async () => {
  sqlite.close()
  rmSync(folder, { recursive: true })
  await desk.close()
})

interface Column {
  table: string
  column: string
  type: string
  nullable: boolean
}

/** What only one engine has: search indexes, and SQLite's own tables. */
const ENGINE_ONLY = /^(customer_search|kb_search|sqlite_)/

function columnsOnSqlite(): Column[] {
  const rows = sqlite
    .prepare(
      `select m.name as "table", p.name as "column", p.type as type, p."notnull" as required, p.pk as pk
       from sqlite_master m join pragma_table_info(m.name) p where m.type = 'table' order by 1, 2`,
    )
    .all() as { table: string; column: string; type: string; required: number; pk: number }[]
  return rows
    .filter(({ table }) => !ENGINE_ONLY.test(table))
    .map(({ table, column, type, required, pk }) => ({
      table,
      column,
      type: type.toLowerCase(),
      nullable: required === 0 && pk === 0,
    }))
}

const SAME_TYPE: Record<string, string> = { bigint: 'integer', text: 'text', bytea: 'blob' }

async function columnsOnPostgres(): Promise<Column[]> {
  const { rows } = await sql<{ table: string; column: string; type: string; nullable: string }>`
    select table_name as "table", column_name as "column", data_type as type, is_nullable as nullable
    from information_schema.columns where table_schema = 'public'`.execute(desk.app.database.reader)
  return rows
    .filter(({ table }) => !ENGINE_ONLY.test(table))
    .map(({ table, column, type, nullable }) => ({
      table,
      column,
      type: SAME_TYPE[type] ?? type,
      nullable: nullable === 'YES',
    }))
    .sort((a, b) => (`${a.table} ${a.column}` < `${b.table} ${b.column}` ? -1 : 1))
}

const byName = (a: Column, b: Column): number => (`${a.table} ${a.column}` < `${b.table} ${b.column}` ? -1 : 1)

describe('the schema', () => {
  if (engine === 'postgres')
    test('has the same tables and columns on both engines', async () => {
      expect(await columnsOnPostgres()).toEqual(columnsOnSqlite().sort(byName))
    })

  if (engine === 'postgres')
    test('has the same indexes on both engines', async () => {
      const { rows } = await sql<{ name: string }>`
      select indexname as name from pg_indexes where schemaname = 'public' and indexname not like '%_pkey'
        and indexname not like '%_key' and indexname not like '%_parts' and indexname not like 'kb_search%'`.execute(
        desk.app.database.reader,
      )
      const onSqlite = sqlite
        .prepare(`select name from sqlite_master where type = 'index' and name not like 'sqlite_%' order by name`)
        .pluck()
        .all()
      expect(rows.map(({ name }) => name).sort()).toEqual(onSqlite)
    })

  test('that a newer version has used is refused, and stays as it is', async () => {
    sqlite.exec(`insert into migrations (name, applied_at) values ('9999-from-the-future', '')`)
    await expect(migrate(sqliteSession(sqlite))).rejects.toThrow('newer Deskhand (it knows 9999-from-the-future)')
    sqlite.exec(`delete from migrations where name like '9999%'`)
  })

  test('is migrated once, however often it is asked for', async () => {
    expect(await migrate(sqliteSession(sqlite))).toEqual([])
    expect(sqlite.prepare('select name from migrations').pluck().all()).toEqual(migrations.map(({ name }) => name))
  })

  test('is not half made when a migration fails', async () => {
    const broken = new Sqlite(':memory:')
    const session = sqliteSession(broken)
    let statements = 0
    const failing = {
      ...session,
      run: async (statement: string) => {
        if (++statements === 10) throw new Error('the power failed')
        await session.run(statement)
      },
    }
    await expect(migrate(failing)).rejects.toThrow('the power failed')
    expect(broken.prepare(`select count(*) from sqlite_master`).pluck().get()).toBe(0)
    broken.close()
  })
})
