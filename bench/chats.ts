// Whole chats and whole calls, by one visitor and agent and by many at once: how long each step takes, and how many steps a
// second there are, beside a bare server that stores one durable row for each.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { pause } from './live-clients.ts'
import { FLAGS, freePort, moveToCore, type Server, startServer } from './servers.ts'

const ROOT = join(import.meta.dirname, '..')
const AGENTS = 24
const AT_ONCE = [1, 24]

export interface ChatsBench {
  /** Where data may be made. */
  folder: string
  rounds: number
  durationMs: number
  apiKey: string
  /** A database that may be overwritten; undefined: SQLite only. */
  postgres: string | undefined
}

/** Makes a request, and notes under which step how long it took. */
type Step = (name: string, path: string, body?: object, headers?: Record<string, string>) => Promise<unknown>
/** All that one visitor or caller does, `n` being different for each. */
type Journey = (step: Step, n: number) => Promise<void>

interface Side {
  name: string
  server: Server
  journeys: Record<'chats' | 'calls', Journey>
}

export async function benchChats({ folder, rounds, durationMs, apiKey, postgres }: ChatsBench): Promise<void> {
  moveToCore(1)
  const dataFolder = join(folder, 'run-chats')
  rmSync(dataFolder, { recursive: true, force: true })
  const sides: Side[] = []
  try {
    for (const [engine, url] of [['SQLite', ''] as const, ...(postgres ? [['PostgreSQL', postgres] as const] : [])]) {
      const own = join(dataFolder, engine)
      mkdirSync(own, { recursive: true })
      const floorPort = await freePort()
      const floorArgs = [join(ROOT, 'bench/chats-floor.ts'), url || join(own, 'floor.db'), String(floorPort)]
      const floor = await startServer(`floor, ${engine}`, floorArgs, floorPort, {})
      sides.push({ name: floor.name, server: floor, journeys: { chats: rowsOnly(8), calls: rowsOnly(4) } })
      const port = await freePort()
      const args = [...FLAGS, join(ROOT, 'bin/deskhand.js'), 'serve']
      const server = await startServer(`deskhand, ${engine}`, args, port, {
        DESKHAND_DATA: own,
        DESKHAND_API_KEY: apiKey,
        DESKHAND_LOG_LEVEL: 'error',
        DESKHAND_RATE_LIMIT: '100000000',
        // Each visitor comes from an address of his own.
        DESKHAND_TRUST_PROXY: 'loopback',
        DATABASE_URL: url,
        PORT: String(port),
      })
      sides.push({ name: server.name, server, journeys: await newDesk(server, apiKey) })
    }
    for (const what of ['chats', 'calls'] as const)
      for (const count of AT_ONCE) print(what, count, await measure(sides, what, count, rounds, durationMs))
  } finally {
    await Promise.all(sides.map(({ server }) => server.stop()))
  }
}

interface Result {
  perSecond: number[]
  /** Milliseconds that each step took, by its name. */
  took: Map<string, number[]>
}

/** Measures all sides in turn, round by round: what disturbs the machine disturbs everybody alike. */
async function measure(
  sides: readonly Side[],
  what: 'chats' | 'calls',
  count: number,
  rounds: number,
  durationMs: number,
): Promise<Map<Side, Result>> {
  const results = new Map<Side, Result>(sides.map((side) => [side, { perSecond: [], took: new Map() }]))
  for (let round = -1; round < rounds; round++)
    for (const [side, { perSecond, took }] of results) {
      const begin = performance.now()
      const taken = await runRound(side.server, side.journeys[what], count, durationMs)
      // The round before the first one warms up.
      if (round < 0) continue
      perSecond.push((taken.length * 1_000) / (performance.now() - begin))
      for (const { name, ms } of taken) took.set(name, [...(took.get(name) ?? []), ms])
    }
  return results
}

async function runRound(server: Server, journey: Journey, count: number, durationMs: number) {
  const taken: { name: string; ms: number }[] = []
  const step: Step = async (name, path, body, headers) => {
    const begin = performance.now()
    const answer = await ask(server, path, body, headers)
    taken.push({ name, ms: performance.now() - begin })
    return answer
  }
  const end = performance.now() + durationMs
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (performance.now() < end) await journey(step, next++)
    }),
  )
  return taken
}

let next = Date.now() % 1e9

async function ask({ name, port }: Server, path: string, body?: object, headers: Record<string, string> = {}) {
  const reply = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer = await reply.text()
  if (reply.status !== 200) throw new Error(`${name}: ${path}: ${answer}`)
  return JSON.parse(answer) as unknown
}

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b)

function print(what: string, count: number, results: Map<Side, Result>): void {
  console.log(`\n${what}, ${count} at once; steps a second, and p50 and p99 of each in ms`)
  let floor = Number.NaN
  for (const [{ name }, { perSecond, took }] of results) {
    const median = quantile(ascending(perSecond), 0.5)
    const isFloor = name.startsWith('floor')
    if (isFloor) floor = median
    const steps = [...took].map(([step, ms]) => {
      const sorted = ascending(ms)
      return `${step} ${quantile(sorted, 0.5).toFixed(1)} ${quantile(sorted, 0.99).toFixed(1)}`
    })
    console.log(
      `${name.padEnd(22)} ${median.toFixed(0).padStart(6)}/s ${isFloor ? '      ' : `× ${(median / floor).toFixed(2)}`}   ${steps.join('   ')}`,
    )
  }
}

const rowsOnly =
  (count: number): Journey =>
  async (step) => {
    for (let n = 0; n < count; n++) await step('row', '', { message: TEXT })
  }

const TEXT = 'Since the update this morning the printer on the second floor prints every page twice.'

const departmentAnswer = z.object({ departmentid: z.string() })
const agentAnswer = z.object({ userid: z.string() })
const visitorAnswer = z.object({ token: z.string() })
const chatAnswer = z.object({ chatid: z.string() })
const askedAnswer = z.object({ askedagentids: z.tuple([z.string()]) })
const callAnswer = z.object({ callid: z.string(), offers: z.tuple([z.object({ agentid: z.string() })]) })

/** A department with agents who take chats and calls, and what is done there. */
async function newDesk(server: Server, apiKey: string): Promise<Side['journeys']> {
  // A start that takes long, as on an empty PostgreSQL, is answered with 503 until it is over, and then on no connection.
  const status = `http://127.0.0.1:${server.port}/api/application/status`
  while (((await fetch(status).catch(() => undefined))?.status ?? 503) === 503) await pause(100)
  const key = { apikey: apiKey }
  const run = Date.now().toString(36)
  const made = await ask(server, 'v3/departments', { name: `Bench ${run}` }, key)
  const { departmentid: department } = departmentAnswer.parse(made)
  for (let n = 0; n < AGENTS; n++) {
    const email = `chats-${run}-${n}@desk.test`
    const draft = { email, firstname: 'Ada', lastname: 'Agent', departments: [department] }
    const { userid } = agentAnswer.parse(await ask(server, 'v3/agents', draft, key))
    await fetch(`http://127.0.0.1:${server.port}/api/v3/agents/${userid}/presets`, {
      method: 'PUT',
      headers: { ...key, 'content-type': 'application/json' },
      body: JSON.stringify({ presets: [{ departmentid: department, services: 'PT' }] }),
    })
    await ask(server, 'v3/presence', { agent: userid, seconds: 43_200 }, key)
  }
  return {
    async chats(step, n) {
      const from = { 'x-forwarded-for': `10.${[n >> 16, n >> 8, n].map((part) => part & 255).join('.')}` }
      const { token } = visitorAnswer.parse(await step('visitor', 'widget/visitors', {}, from))
      const own = { ...from, authorization: `Bearer ${token}` }
      const { chatid } = chatAnswer.parse(await step('start', 'widget/chats', { department, message: TEXT }, own))
      // A look, as the desk's pages take it when they are told of an offer: it is no step.
      const { askedagentids } = askedAnswer.parse(await ask(server, `v3/chats/${chatid}`, undefined, key))
      const acting = { agent: askedagentids[0] }
      await step('accept', `v3/chats/${chatid}/accept`, acting, key)
      for (let times = 0; times < 2; times++) {
        await step('agent says', `v3/chats/${chatid}/messages`, { ...acting, message: TEXT }, key)
        await step('visitor says', `widget/chats/${chatid}/messages`, { message: TEXT }, own)
      }
      await step('end', `v3/chats/${chatid}/end`, acting, key)
    },
    async calls(step, n) {
      const draft = { direction: 'incoming', caller: `+1 555 ${n}`, department, reference: `bench-${n}` }
      const { callid, offers } = callAnswer.parse(await step('create', 'v3/calls', draft, key))
      const agent = { agent: offers[0].agentid }
      await step('ring', `v3/calls/${callid}/ring`, agent, key)
      await step('answer', `v3/calls/${callid}/answer`, agent, key)
      await step('stop', `v3/calls/${callid}/stop`, { by: 'caller' }, key)
    },
  }
}
