// `npm run bench`: how fast Deskhand is, as a ratio to a floor measured in the same run, and whether it stays so with a
// million conversations. Rounds are interleaved: what disturbs the machine disturbs everybody alike.

import { spawnSync } from 'node:child_process'
import { closeSync, cpSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../server/db/open.ts'
import { teamFor } from '../server/demo/team.ts'
import { benchChats } from './chats.ts'
import { benchInterference } from './interference.ts'
import { benchLive } from './live.ts'
import { type LoadResult, runLoad } from './load.ts'
import { benchMail } from './mail.ts'
import { benchReportsIn } from './reports.ts'
import { type Sample, type Scenario, scenarios } from './scenarios.ts'
import { FLAGS, freePort, moveToCore, type Server, startServer, useAllCores } from './servers.ts'
import { benchWriteShare } from './write-share.ts'

const HELP = `npm run bench -- [options]

Measures Deskhand against a floor: a single-file server that does only the storage work (bench/floor.ts).
The data is made once with 'deskhand demo' and kept in .bench/.

  --rounds N        rounds for each figure; the median counts (default 5)
  --seconds N       length of one round (default 1.5)
  --large N         conversations in the large data set (default 1000000; 0 leaves it out)
  --small N         conversations in the small one (default 10000)
  --only TEXT       only scenarios whose name contains this; 'chats', 'live', 'mail' and 'reports' are some
  --postgres URL    measure on this PostgreSQL too (a database that may be overwritten)
  --fresh           make the data again`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1.5' },
    large: { type: 'string', default: '1000000' },
    small: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' },
    postgres: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}

const ROOT = join(import.meta.dirname, '..')
const FOLDER = join(ROOT, '.bench')
const API_KEY = 'bench-key-with-full-rights'
const rounds = Number(values.rounds)
const durationMs = Number(values.seconds) * 1000
const CONNECTIONS = [1, 16]

const environment = (dataFolder: string, databaseUrl = ''): Record<string, string> => ({
  DESKHAND_API_KEY: API_KEY,
  DESKHAND_DATA: dataFolder,
  DATABASE_URL: databaseUrl,
  DESKHAND_LOG_LEVEL: 'warn',
  DESKHAND_RATE_LIMIT: '100000000',
})

/** A data folder with so many conversations, made by the product's own loader. */
function demoFolder(conversations: number, agents?: number): string {
  const folder = join(FOLDER, `demo-${conversations}${agents === undefined ? '' : `-${agents}`}`)
  if (values.fresh) rmSync(folder, { recursive: true, force: true })
  if (existsSync(join(folder, 'done'))) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  fill(conversations, environment(folder), agents)
  closeSync(openSync(join(folder, 'done'), 'w'))
  return folder
}

function fill(conversations: number, env: Record<string, string>, agents?: number): void {
  const started = performance.now()
  const args = [join(ROOT, 'bin/deskhand.js'), 'demo', '--conversations', String(conversations), '--seed', '1']
  if (agents !== undefined) args.push('--agents', String(agents))
  const { status } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error('deskhand demo failed')
  const seconds = (performance.now() - started) / 1000
  console.log(
    `loader: ${conversations} conversations in ${seconds.toFixed(1)} s = ${Math.round(conversations / seconds)} a second`,
  )
}

/** A copy that a run may write to. */
function copyOf(folder: string, name: string): string {
  const copy = join(FOLDER, `run-${name}`)
  rmSync(copy, { recursive: true, force: true })
  cpSync(folder, copy, { recursive: true })
  return copy
}

async function sampleOf(dataFolder: string, url?: string): Promise<Sample> {
  const database = await openDatabase({ dataFolder, url })
  const db = database.reader
  const conversationIds: string[] = []
  for (let n = 0; n < 5_000; n++) {
    const from = Math.floor((n / 5_000) * 36 ** 4)
      .toString(36)
      .padStart(4, '0')
    const row = await db
      .selectFrom('conversations')
      .select('id')
      .where('id', '>=', from)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst()
    if (row) conversationIds.push(row.id)
  }
  const customers = await db
    .selectFrom('customers')
    .select('email')
    .where('deleted_at', 'is', null)
    .orderBy('seq')
    .limit(5_000)
    .execute()
  const departments = await db
    .selectFrom('departments')
    .select('id')
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .execute()
  const entries = await db
    .selectFrom('kb_entries')
    .select('title')
    .where('deleted_at', 'is', null)
    .where('rtype', '=', 'A')
    .limit(500)
    .execute()
  await database.close()
  const words = entries.flatMap(({ title }) => title.split(/\W+/).filter((word) => word.length > 3))
  return {
    apiKey: API_KEY,
    conversationIds,
    customerEmails: customers.flatMap(({ email }) => email ?? []),
    departmentId: departments[0]?.id ?? 'default',
    searches: words,
  }
}

const deskhand = async (name: string, env: Record<string, string>): Promise<Server> => {
  const port = await freePort()
  return startServer(name, [...FLAGS, join(ROOT, 'bin/deskhand.js'), 'serve'], port, {
    ...env,
    PORT: String(port),
  })
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

interface Figure {
  perSecond: number
  p50: number
  p99: number
  /** Share of a core that the server used. */
  cpu: number
}

/** Measures servers in turn, round by round; the median of each figure. */
async function measure(
  scenario: Scenario,
  connections: number,
  targets: readonly { server: Server; sample: Sample }[],
): Promise<Figure[]> {
  const nexts = targets.map(({ sample }) => scenario.requests(sample))
  const results: (LoadResult & { cpu: number })[][] = targets.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (const [n, { server }] of targets.entries()) {
      const next = nexts[n]
      if (!next) continue
      const before = server.cpuSeconds()
      const ms = round < 0 ? Math.min(700, durationMs) : durationMs
      const result = await runLoad({ port: server.port, connections, durationMs: ms, next })
      if (result.errors > 0)
        throw new Error(`${server.name}: ${result.errors} answers to ${scenario.name} were not 200`)
      // The round before the first one warms up.
      if (round >= 0) results[n]?.push({ ...result, cpu: (server.cpuSeconds() - before) / (ms / 1000) })
    }
  }
  return results.map((list) => ({
    perSecond: median(list.map(({ perSecond }) => perSecond)),
    p50: median(list.map(({ p50 }) => p50)),
    p99: median(list.map(({ p99 }) => p99)),
    cpu: median(list.map(({ cpu }) => cpu)),
  }))
}

/** Milliseconds for one durable append on this disk: the median of fifty. */
function flushMs(): number {
  const file = join(FOLDER, 'flush')
  const fd = openSync(file, 'w')
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now()
    writeSync(fd, Buffer.alloc(4096))
    fsyncSync(fd)
    return performance.now() - start
  })
  closeSync(fd)
  rmSync(file)
  return median(times)
}

function limitOf(scenario: Scenario, connections: number, figure: Figure, flush: number): string {
  if (figure.cpu > 0.85) return "the server's core"
  if (scenario.isWrite) return `the disk (a flush takes ${flush.toFixed(1)} ms)`
  return connections === 1 ? 'the round trip between two processes' : 'the core that makes the load'
}

const number = (value: number, width: number, digits = 0): string => value.toFixed(digits).padStart(width)

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  if (scenarios.some(({ name }) => name.includes(values.only))) await benchRequests()
  const large = Number(values.large)
  if ('reports'.includes(values.only) && large > 0)
    // By as many people: what is compared is a longer history, not a larger team.
    await benchAllOfReports(demoFolder(Math.ceil(large / 10), teamFor(large).length), demoFolder(large))
  if ('live'.includes(values.only))
    await benchLive({ folder: FOLDER, seconds: rounds * 2, apiKey: API_KEY, postgres: values.postgres })
  if ('chats'.includes(values.only))
    await benchChats({ folder: FOLDER, rounds, durationMs, apiKey: API_KEY, postgres: values.postgres })
  if ('mail'.includes(values.only)) await benchMail({ folder: FOLDER, rounds, durationMs, apiKey: API_KEY })
}

async function benchAllOfReports(smallFolder: string, largeFolder: string): Promise<void> {
  await benchReportsIn(smallFolder, largeFolder)
  await benchWriteShare(smallFolder, FOLDER)
  const folder = copyOf(largeFolder, 'interference')
  const { conversationIds } = await sampleOf(folder)
  const server = await deskhand('deskhand', environment(folder))
  moveToCore(1)
  try {
    await benchInterference({ server, dataFolder: folder, apiKey: API_KEY, conversationIds })
  } finally {
    useAllCores()
    await server.stop()
  }
}

async function benchRequests(): Promise<void> {
  const small = Number(values.small)
  const large = Number(values.large)
  const smallFolder = demoFolder(small)
  const largeFolder = large > 0 ? demoFolder(large) : undefined
  moveToCore(1)

  const productFolder = copyOf(smallFolder, 'product')
  const floorFolder = copyOf(smallFolder, 'floor')
  const sample = await sampleOf(productFolder)
  const servers: Server[] = []
  const started = async (server: Promise<Server>): Promise<Server> => {
    servers.push(await server)
    return server
  }
  try {
    const floorPort = await freePort()
    const floor = await started(
      startServer(
        'floor',
        [join(ROOT, 'bench/floor.ts'), join(floorFolder, 'deskhand.db'), String(floorPort)],
        floorPort,
        {},
      ),
    )
    const product = await started(deskhand('deskhand', environment(productFolder)))
    console.log(`idle memory: ${product.memory()} MB`)
    const targets = [
      { server: floor, sample },
      { server: product, sample },
    ]
    if (largeFolder) {
      const folder = copyOf(largeFolder, 'large')
      targets.push({
        server: await started(deskhand(`deskhand, ${large} conversations`, environment(folder))),
        sample: await sampleOf(folder),
      })
    }
    if (values.postgres) {
      fill(small, environment(productFolder, values.postgres))
      const server = await started(
        deskhand('deskhand on PostgreSQL', environment(join(FOLDER, 'postgres'), values.postgres)),
      )
      targets.push({ server, sample: await sampleOf('', values.postgres) })
    }
    const flush = flushMs()
    console.log(
      `\n${rounds} interleaved rounds of ${durationMs / 1000} s, medians; ${small} conversations unless said otherwise\n`,
    )
    console.log(
      `${'request'.padEnd(40)} conn   floor/s deskhand/s ratio  aim   p50 ms  p99 ms${largeFolder ? `  cost at ${large}` : ''}${values.postgres ? '  PostgreSQL/s' : ''}   limited by`,
    )
    for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
      for (const connections of CONNECTIONS) {
        const [bottom, top, ...others] = await measure(scenario, connections, targets)
        if (!bottom || !top) throw new Error('nothing measured')
        const big = largeFolder ? others.shift() : undefined
        const onPostgres = values.postgres ? others.shift() : undefined
        console.log(
          `${scenario.name.padEnd(40)} ${number(connections, 4)} ${number(bottom.perSecond, 9)} ${number(top.perSecond, 10)} ${number(top.perSecond / bottom.perSecond, 5, 2)} ${number(scenario.aim[connections] ?? 0, 4, 1)} ${number(top.p50, 8, 2)} ${number(top.p99, 7, 2)}` +
            `${big ? `${number(top.perSecond / big.perSecond, 10, 2)} ×     ` : ''}${onPostgres ? number(onPostgres.perSecond, 14) : ''}   ${limitOf(scenario, connections, top, flush)}`,
        )
      }
    }
    console.log(`\nmemory after the load: ${product.memory()} MB`)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

await main()
