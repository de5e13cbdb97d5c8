import Sqlite from 'better-sqlite3'
import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { engine } from '../../../test/desk.ts'
import { databaseUrl } from '../../../test/postgres-server.ts'
import { onServer } from '../../../test/templates.ts'
import { newId } from '../../lib/ids.ts'
import { type MigrationSession, migrate, postgresSession, sqliteSession } from '../migrate.ts'
import { foundation } from './0001-foundation.ts'

/** As the first version left a database, with an address of a mail that it was told of. */
async function asBefore(session: MigrationSession): Promise<void> {
  for (const statement of foundation(session.engine)) await session.run(statement)
  await session.run('create table if not exists migrations (name text primary key, applied_at text not null)')
  await session.run(`insert into migrations (name, applied_at) values ('0001-foundation', '')`)
  await session.run(
    `insert into mail_message_ids (message_id, conversation_id, created_at) values ('a@mail.example', 'conv0001', 5)`,
  )
}

const KNOWN = 'select message_id, conversation_id, origin, created_at from thread_ids'
const EXPECTED = [{ message_id: 'a@mail.example', conversation_id: 'conv0001', origin: 'told', created_at: 5 }]

if (engine === 'sqlite')
  test('Message-IDs that were told before are still known after the upgrade', async () => {
    const raw = new Sqlite(':memory:')
    await asBefore(sqliteSession(raw))
    expect(await migrate(sqliteSession(raw))).toContain('0002-mail')
    expect(raw.prepare(KNOWN).all()).toEqual(EXPECTED)
    raw.close()
  })

if (engine === 'postgres')
  test('Message-IDs that were told before are still known after the upgrade', async () => {
    const server = inject('postgresServer')
    const name = `deskhand_test_${newId()}`
    await onServer(server, `create database ${name}`)
    const client = new pg.Client({ connectionString: databaseUrl(server, name) })
    await client.connect()
    try {
      await asBefore(postgresSession(client))
      expect(await migrate(postgresSession(client))).toContain('0002-mail')
      const { rows } = await client.query(KNOWN)
      expect(rows.map((row) => ({ ...row, created_at: Number(row.created_at) }))).toEqual(EXPECTED)
    } finally {
      await client.end()
      await onServer(server, `drop database ${name} with (force)`)
    }
  })
