// The real program in a process of its own: started as an administrator starts it, watched, and ended.
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import { newId } from '../../server/lib/ids.ts'
import { engine } from '../desk.ts'
import { databaseUrl } from '../postgres-server.ts'
import { onServer } from '../templates.ts'

export const PROGRAM = join(import.meta.dirname, '../../bin/deskhand.js')
/** Generous: the very first start on a machine also translates the program. */
const START_PATIENCE_MS = 60_000

/** A data folder and, on PostgreSQL, a database: what a server needs to run on, and all that is to be cleared away. */
export interface Place {
  folder: string
  /** What a process is told: nothing of this process's own settings reaches it. */
  env: Record<string, string>
  /** Ends what still runs here, and removes everything. */
  remove(): Promise<void>
  children: Set<Running>
}

/** A place for a first start, or one with the desk that the other tests begin with (its key is TEST_KEY). */
export async function newPlace(begin: 'empty' | 'started', folder?: string): Promise<Place> {
  const home = folder ?? mkdtempSync(join(tmpdir(), 'deskhand-process-'))
  mkdirSync(home, { recursive: true })
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    PORT: '0',
    DESKHAND_DATA: join(home, 'data'),
    DESKHAND_LOG_LEVEL: 'warn',
  }
  let drop = async (): Promise<void> => {}
  if (engine === 'postgres') {
    const server = inject('postgresServer')
    const name = `deskhand_test_${newId()}`
    const template = begin === 'started' ? ` template ${inject('postgresTemplate')}` : ''
    await onServer(server, `create database ${name}${template}`)
    env.DATABASE_URL = databaseUrl(server, name)
    drop = () => onServer(server, `drop database if exists ${name} with (force)`)
  } else if (begin === 'started') {
    cpSync(inject('sqliteTemplate'), join(home, 'data'), { recursive: true })
  }
  const children = new Set<Running>()
  return {
    folder: join(home, 'data'),
    env,
    children,
    async remove() {
      for (const child of children) child.kill('SIGKILL')
      await Promise.all([...children].map(({ ended }) => ended))
      await drop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
}

/** A process of the program. */
export interface Running {
  pid: number
  /** What it has said so far. */
  stdout(): string
  stderr(): string
  kill(signal: NodeJS.Signals): void
  /** Resolves when it has ended and all that it said has arrived. */
  ended: Promise<Ending>
}

export interface Starting {
  env?: Record<string, string>
  /** Options for Node itself. */
  nodeOptions?: readonly string[]
  /** Another Node. */
  node?: string
  /** Words for a shell that come before the command. */
  shell?: string
}

/** Runs `deskhand` with arguments, without waiting for anything. */
export function launch(place: Place, args: readonly string[], starting: Starting = {}): Running {
  const { nodeOptions = [], node = process.execPath, shell } = starting
  const command = [node, '--max-semi-space-size=8', '--no-parallel-scavenge', ...nodeOptions, PROGRAM, ...args]
  const [file = '', ...rest] = shell === undefined ? command : ['bash', '-c', `${shell}; exec "$@"`, 'bash', ...command]
  const child: ChildProcess = spawn(file, rest, {
    env: { ...place.env, ...starting.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const last = (): void => void child.kill('SIGKILL')
  process.on('exit', last)
  const running: Running = {
    pid: child.pid ?? 0,
    stdout: () => out,
    stderr: () => err,
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        process.off('exit', last)
        place.children.delete(running)
        resolve({ code, signal })
      })
    }),
  }
  place.children.add(running)
  return running
}

/** Runs a command to its end. */
export async function run(
  place: Place,
  args: readonly string[],
  starting?: Starting,
): Promise<Ending & { stdout: string; stderr: string }> {
  const running = launch(place, args, starting)
  const ending = await running.ended
  return { ...ending, stdout: running.stdout(), stderr: running.stderr() }
}

export interface Server extends Running {
  /** Without a final slash. */
  url: string
  port: number
}

/** Starts `deskhand serve` and waits until it answers. Throws with its own words if it ends instead. */
export async function start(place: Place, starting?: Starting): Promise<Server> {
  const running = launch(place, ['serve'], starting)
  let ending: Ending | undefined
  void running.ended.then((found) => {
    ending = found
  })
  const patience = Date.now() + START_PATIENCE_MS
  for (;;) {
    const url = / serves (http:\/\/\S+) /.exec(running.stdout())?.[1]
    if (url !== undefined && (await answers(url))) return { ...running, url, port: Number(new URL(url).port) }
    if (ending) throw new Error(`it ended (${ending.code ?? ending.signal}) and said: ${running.stderr()}`)
    if (Date.now() > patience) throw new Error(`it does not answer. It said: ${running.stdout()}${running.stderr()}`)
    await pause(10)
  }
}

/** Asks a server to stop, as a service manager does, and waits until it has. */
export function stop(server: Running): Promise<Ending> {
  server.kill('SIGTERM')
  return server.ended
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(`${url}/api/application/status`)).text()
    return true
  } catch {
    return false
  }
}

/** Waits until PostgreSQL has seen that killed processes are gone: until then, what they asked for may still be done. */
export async function untilDeserted({ env: { DATABASE_URL: url } }: Place): Promise<void> {
  if (url === undefined) return
  const client = new pg.Client({ connectionString: inject('postgresServer') })
  await client.connect()
  const others = `select from pg_stat_activity where datname = $1 and backend_type = 'client backend'`
  const name = new URL(url).pathname.slice(1)
  try {
    await until(async () => (await client.query(others, [name])).rowCount === 0)
  } finally {
    await client.end()
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms))

/** Waits until something holds; the test's own time limit ends a wait in vain. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(10)
}

export interface Answer {
  status: number
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; each assertion is the check.
  body: any
}

/** Calls API v1. GET parameters go into the query, all others into an urlencoded body; `body` is under `response`. */
export async function call(
  server: Pick<Server, 'url'>,
  method: string,
  path: string,
  params: Record<string, string>,
): Promise<Answer> {
  const pairs = new URLSearchParams(params)
  const reply = await (method === 'GET'
    ? fetch(`${server.url}/api/${path}?${pairs}`)
    : fetch(`${server.url}/api/${path}`, { method, body: pairs }))
  const text = await reply.text()
  const json: unknown = text.startsWith('{') ? JSON.parse(text) : undefined
  const body = json && typeof json === 'object' && 'response' in json ? json.response : json
  return { status: reply.status, text, body }
}
