// The live stream with 500 listeners of several departments while others write: how long an event is under way, what a
// message costs, what a connection costs; beside a bare WebSocket server that sends as much to as many.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Clients, openClients, pause, steadily } from './live-clients.ts'
import { FLAGS, freePort, moveToCore, type Server, startServer } from './servers.ts'

const ROOT = join(import.meta.dirname, '..')
const LISTENERS = 500
const DEPARTMENTS = 5
const AGENTS = 10
const WRITES_A_SECOND = 30
/** The aim for the 99th percentile from commit to delivery. */
const AIM_MS = 50
const WARM_UP_S = 3

export interface LiveBench {
  /** Where data may be made. */
  folder: string
  seconds: number
  apiKey: string
  /** A database that may be overwritten; undefined: SQLite only. */
  postgres: string | undefined
}

interface Result {
  p50: number
  p99: number
  max: number
  /** What 99 of 100 writes took until they were answered: with a busy disk, an event waits as long for its commit. */
  answered: number
  perSecond: number
  bytes: number
  /** Microseconds of processor time for each message that was delivered. */
  cpu: number
  /** Kilobytes for each connection. */
  memory: number
}

export async function benchLive({ folder, seconds, apiKey, postgres }: LiveBench): Promise<void> {
  moveToCore(1)
  console.log(
    `\nlive stream: ${LISTENERS} WebSockets of agents in ${DEPARTMENTS} departments, ${WRITES_A_SECOND} notes a second, ${seconds} s`,
  )
  const desk = (servers: number, url?: string) => measureDesk({ folder, seconds, apiKey, url, servers })
  const product = await desk(1)
  const floor = await measureFloor(seconds, product)
  print('bare WebSocket server', floor, floor)
  print('deskhand, SQLite', product, floor)
  if (postgres !== undefined) print('deskhand, 2 processes, PostgreSQL', await desk(2, postgres), floor)
}

function print(name: string, result: Result, floor: Result): void {
  const { p50, p99, max, answered, perSecond, cpu, memory } = result
  console.log(
    `${name.padEnd(34)} ${perSecond.toFixed(0).padStart(6)} messages/s   p50 ${p50} ms, p99 ${p99} ms (aim < ${AIM_MS}${p99 < AIM_MS ? '' : ', missed'}), at most ${max} ms; the write itself p99 ${answered.toFixed(0)} ms   ` +
      `${cpu.toFixed(1)} µs a message (× ${(cpu / floor.cpu).toFixed(1)})   ${memory.toFixed(0)} kB a connection (× ${(memory / floor.memory).toFixed(1)})`,
  )
}

interface DeskBench {
  folder: string
  seconds: number
  apiKey: string
  url: string | undefined
  servers: number
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

async function measureDesk({ folder, seconds, apiKey, url, servers: count }: DeskBench): Promise<Result> {
  const dataFolder = join(folder, 'run-live')
  rmSync(dataFolder, { recursive: true, force: true })
  mkdirSync(dataFolder, { recursive: true })
  const servers: Server[] = []
  try {
    for (let n = 0; n < count; n++) {
      const port = await freePort()
      servers.push(
        await startServer(`deskhand ${n + 1}`, [...FLAGS, join(ROOT, 'bin/deskhand.js'), 'serve'], port, {
          DESKHAND_DATA: dataFolder,
          DESKHAND_API_KEY: apiKey,
          DESKHAND_LOG_LEVEL: 'error',
          DATABASE_URL: url ?? '',
          PORT: String(port),
        }),
      )
    }
    for (const { port } of servers) await ready(`http://127.0.0.1:${port}`)
    const serverOf = (n: number): string => `http://127.0.0.1:${servers[n % count]?.port}`
    const desk = await newDesk(serverOf(0), apiKey)
    const note = (n: number): Promise<void> => desk.note(serverOf(n), n)
    await steadily(WRITES_A_SECOND, WARM_UP_S, note)
    const cpu = (): number => sum(servers.map((server) => server.cpuSeconds()))
    const memory = (): number => sum(servers.map((server) => server.memory()))
    const alone = cpu()
    await steadily(WRITES_A_SECOND, seconds, note)
    const writing = cpu() - alone
    const before = memory()
    const clients = await openClients(
      Array.from({ length: LISTENERS }, (_, n) => ({
        url: `${serverOf(n).replace('http', 'ws')}/api/v3/live`,
        headers: { cookie: desk.cookies[n % desk.cookies.length] ?? '' },
      })),
    )
    // With what is prepared for the first messages, and before garbage of sending them.
    const perConnection = ((memory() - before) * 1_024) / LISTENERS
    const listened = await measure(clients, cpu, seconds, note)
    return { ...listened, cpu: ((listened.cpu - writing) * 1e6) / listened.count, memory: perConnection }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** A start that takes long, as on an empty PostgreSQL, is answered with 503 until it is over. */
async function ready(url: string): Promise<void> {
  while ((await fetch(`${url}/api/application/status`)).status === 503) await pause(100)
}

async function measure(
  clients: Clients,
  cpuSeconds: () => number,
  seconds: number,
  write: (n: number) => Promise<void>,
) {
  await steadily(WRITES_A_SECOND, WARM_UP_S, write)
  await pause(500)
  clients.reset()
  const begin = cpuSeconds()
  const answers: number[] = []
  await steadily(WRITES_A_SECOND, seconds, async (n) => {
    const asked = performance.now()
    await write(n)
    answers.push(performance.now() - asked)
  })
  await pause(500)
  const cpu = cpuSeconds() - begin
  const { count, bytes, p50, p99, max } = clients.heard()
  await clients.close()
  if (count === 0) throw new Error('nothing was heard')
  const answered = answers.sort((a, b) => a - b)[Math.floor(answers.length * 0.99)] ?? Number.NaN
  return { count, cpu, p50, p99, max, answered, perSecond: count / seconds, bytes: bytes / count }
}

/** As many messages of the same length, to as many. */
async function measureFloor(seconds: number, { bytes, perSecond }: Result): Promise<Result> {
  const port = await freePort()
  const server = await startServer('floor', [join(ROOT, 'bench/live-floor.ts'), String(port)], port, {})
  try {
    const before = server.memory()
    const clients = await openClients(
      Array.from({ length: LISTENERS }, (_, n) => ({
        url: `ws://127.0.0.1:${port}/?group=${n % DEPARTMENTS}`,
        headers: {},
      })),
    )
    const memory = ((server.memory() - before) * 1_024) / LISTENERS
    const each = Math.max(1, Math.round(perSecond / WRITES_A_SECOND / (LISTENERS / DEPARTMENTS)))
    const sendTo = async (group: number): Promise<void> => {
      for (let times = 0; times < each; times++)
        await (await fetch(`http://127.0.0.1:${port}/?group=${group}&bytes=${Math.round(bytes)}`)).text()
    }
    await steadily(WRITES_A_SECOND, WARM_UP_S, () => sendTo(-1))
    const alone = server.cpuSeconds()
    await steadily(WRITES_A_SECOND, seconds, () => sendTo(-1))
    const asking = server.cpuSeconds() - alone
    const listened = await measure(
      clients,
      () => server.cpuSeconds(),
      seconds,
      (n) => sendTo(n % DEPARTMENTS),
    )
    return { ...listened, cpu: ((listened.cpu - asking) * 1e6) / listened.count, memory }
  } finally {
    await server.stop()
  }
}

const departmentAnswer = z.object({ departmentid: z.string() })
const conversationAnswer = z.object({ response: z.object({ conversationid: z.string() }) })

/** Departments with agents who are signed in, and a conversation in each. */
async function newDesk(url: string, apiKey: string) {
  const run = Date.now().toString(36)
  const call = async (path: string, body: unknown): Promise<Response> => {
    const reply = await fetch(`${url}/api/v3/${path}`, {
      method: 'POST',
      headers: { apikey: apiKey, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`)
    return reply
  }
  const cookies: string[] = []
  const conversations: string[] = []
  for (let d = 0; d < DEPARTMENTS; d++) {
    const made = await call('departments', { name: `Bench ${run} ${d}` })
    const { departmentid } = departmentAnswer.parse(await made.json())
    const form = { apikey: apiKey, message: 'Hello', useridentifier: `bench-${run}-${d}@example.com` }
    const more = { department: departmentid, subject: 'Bench', recipient: 'support@desk.test' }
    const opened = await fetch(`${url}/api/conversations`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, ...more }),
    })
    conversations.push(conversationAnswer.parse(await opened.json()).response.conversationid)
    for (let a = 0; a < AGENTS; a++) {
      const email = `bench-${run}-${d}-${a}@desk.test`
      const password = 'bench-password'
      await call('agents', { email, firstname: 'Ada', lastname: 'Agent', password, departments: [departmentid] })
      const signedIn = await call('session', { email, password })
      cookies.push(signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '')
    }
  }
  return {
    cookies,
    async note(at: string, n: number): Promise<void> {
      const body = new URLSearchParams({ apikey: apiKey, message: 'A note that colleagues read.', type: 'N' })
      const id = conversations[n % conversations.length]
      const reply = await fetch(`${at}/api/conversations/${id}/messages`, { method: 'POST', body })
      if (!reply.ok) throw new Error(await reply.text())
      await reply.text()
    },
  }
}
