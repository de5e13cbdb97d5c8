// A started, empty desk on each engine, made once: every test begins with a copy of it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { build } from '../server/app.ts'
import { readConfig } from '../server/config.ts'
import { OWNER_EMAIL, OWNER_PASSWORD, TEST_KEY } from './first-start.ts'
import { databaseUrl, postgresServer } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    sqliteTemplate: string
    postgresServer: string
    postgresTemplate: string
  }
}

const environment = (extra: Record<string, string>): Record<string, string> => ({
  DESKHAND_API_KEY: TEST_KEY,
  DESKHAND_OWNER_EMAIL: OWNER_EMAIL,
  DESKHAND_OWNER_PASSWORD: OWNER_PASSWORD,
  DESKHAND_LOG_LEVEL: 'silent',
  ...extra,
})

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'deskhand-template-'))
  const onSqlite = await build(readConfig(environment({ DESKHAND_DATA: folder })), { worker: false })
  await onSqlite.close()
  project.provide('sqliteTemplate', folder)

  const server = await postgresServer()
  const template = `deskhand_template_${process.pid}`
  if (server) {
    await onServer(server, `create database ${template}`)
    const onPostgres = await build(
      readConfig(environment({ DESKHAND_DATA: folder, DATABASE_URL: databaseUrl(server, template) })),
      { worker: false },
    )
    await onPostgres.close()
    project.provide('postgresServer', server)
    project.provide('postgresTemplate', template)
  }
  return async () => {
    rmSync(folder, { recursive: true, force: true })
    if (server) await onServer(server, `drop database if exists ${template} with (force)`)
  }
}

export async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
