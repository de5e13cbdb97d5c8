// The whole suite runs on SQLite, and again on PostgreSQL where one can be reached.
import { spawnSync } from 'node:child_process'
import { defineConfig } from 'vitest/config'
import { postgresServer } from './test/postgres-server.ts'

const server = await postgresServer()
if (!server) {
  if (process.env.CI) throw new Error('CI must run the suite on PostgreSQL too: set DESKHAND_TEST_POSTGRES')
  process.stderr.write(
    'skipped: the suite on PostgreSQL (no server found; set DESKHAND_TEST_POSTGRES=postgres://user@host/postgres)\n',
  )
}

/** In CI random tests take their seed from the files: a state that passed passes again, and another one tries other cases. */
if (process.env.CI && !process.env.DESKHAND_TEST_SEED) {
  const { stdout } = spawnSync('git', ['rev-parse', 'HEAD^{tree}'], { encoding: 'utf8' })
  process.env.DESKHAND_TEST_SEED = String(Number.parseInt(stdout?.slice(0, 8) || '1', 16) | 0)
}

/** Test files that say something of one engine only, or of none: those run once. */
const ONLY_POSTGRES = [
  'server/db/lost-connections.test.ts',
  'test/process/presence.test.ts',
  'test/process/chat-servers.test.ts',
]
const ONLY_SQLITE = [
  'test/docs/commands.test.ts',
  'test/browser/**',
  'tools/**/*.test.ts',
  'server/db/postponed-indexes.test.ts',
  'server/demo/store-thread.test.ts',
  'server/demo/row-file.test.ts',
]

const engine = (name: string, exclude: readonly string[]) => ({
  extends: true as const,
  test: { name, env: { DESKHAND_TEST_ENGINE: name }, exclude: ['**/node_modules/**', ...exclude] },
})

export default defineConfig({
  test: {
    include: ['{server,contract,test,tools,bin,bench}/**/*.test.ts'],
    globalSetup: ['test/templates.ts'],
    setupFiles: ['test/seed.ts'],
    // Starting modules costs ten times what testing does: files share them, and no module keeps state of its own.
    isolate: false,
    pool: 'forks',
    maxWorkers: 2,
    // Generous: tests that start the program several times are slow where others work on the same machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes at once, and a second later where the machine has other work.
    expect: { poll: { timeout: 20_000 } },
    projects: [engine('sqlite', ONLY_POSTGRES), ...(server ? [engine('postgres', ONLY_SQLITE)] : [])],
  },
})
