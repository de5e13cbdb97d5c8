// The whole suite runs on SQLite, and again on PostgreSQL where one can be reached.
import { defineConfig } from 'vitest/config'
import { postgresServer } from './test/postgres-server.ts'

const server = await postgresServer()
if (!server) {
  if (process.env.CI) throw new Error('CI must run the suite on PostgreSQL too: set DESKHAND_TEST_POSTGRES')
  process.stderr.write(
    'skipped: the suite on PostgreSQL (no server found; set DESKHAND_TEST_POSTGRES=postgres://user@host/postgres)\n',
  )
}

const engine = (name: string, env: Record<string, string>) => ({
  extends: true as const,
  test: { name, env },
})

export default defineConfig({
  test: {
    include: ['{server,contract,test,tools,bin,bench}/**/*.test.ts'],
    globalSetup: ['test/templates.ts'],
    // Starting modules costs ten times what testing does: files share them, and no module keeps state of its own.
    isolate: false,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      engine('sqlite', { DESKHAND_TEST_ENGINE: 'sqlite' }),
      ...(server ? [engine('postgres', { DESKHAND_TEST_ENGINE: 'postgres' })] : []),
    ],
  },
})
