// Every command in our documents runs, in its order, against a real server on a fresh folder.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OWNER_EMAIL, OWNER_PASSWORD } from '../first-start.ts'
import { blocksOf, documents, ROOT } from './documents.ts'

const run = promisify(execFile)
/** curl ends well even when the server refuses: here that is a failure of the document. */
const STRICT = `set -euo pipefail
curl() { command curl --fail-with-body --show-error "$@"; }
`

interface Server {
  process: ChildProcess
  url: string
}

function serve(environment: NodeJS.ProcessEnv): Promise<Server> {
  const child = spawn(process.execPath, ['bin/deskhand.js', 'serve'], { cwd: ROOT, env: environment })
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer): void => {
      output += chunk
      const url = /serves (http:\S+)/.exec(output)?.[1]
      if (url) resolve({ process: child, url })
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)))
  })
}

const all = documents().flatMap((document) => {
  const blocks = blocksOf(document)
  return blocks.length > 0 ? [{ path: document.path, blocks }] : []
})

test('whatever is not run has a reason', () => {
  const kept = all.flatMap(({ blocks }) => blocks.filter(({ reason }) => reason !== undefined))
  for (const { at, reason } of kept) expect(reason?.length, at).toBeGreaterThan(20)
  expect(all.map(({ path }) => path)).toContain('README.md')
})

// The documents show the embedded database; what PostgreSQL does differently, other tests see.
describe.each(all)('the commands of $path', ({ blocks }) => {
  const folder = mkdtempSync(join(tmpdir(), 'deskhand-docs-'))
  const environment = {
    ...process.env,
    // The pinned Node, as inside `npm run`.
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    DESKHAND_DATA: folder,
    PORT: '0',
    DESKHAND_LOG_LEVEL: 'warn',
    DESKHAND_OWNER_EMAIL: OWNER_EMAIL,
    DESKHAND_OWNER_PASSWORD: OWNER_PASSWORD,
  }
  let server: Server
  beforeAll(async () => {
    server = await serve(environment)
  })
  afterAll(() => {
    server?.process.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  test('run one after another', { timeout: 120_000 }, async () => {
    const commands = blocks
      .filter(({ reason }) => reason === undefined)
      .map(({ at, commands }) => `# ${at}\n${commands}`)
    const script = STRICT + commands.join('\n')
    const env = { ...environment, DESK: server.url }
    const failure = await run('bash', ['-xc', script], { cwd: ROOT, env }).then(
      () => undefined,
      ({ stdout, stderr }) => `${stdout}\n${stderr}`,
    )
    expect(failure).toBeUndefined()
  })
})
