// Starting a server program for a test: a folder of its own, free ports, and an end that nothing survives.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const START_PATIENCE_MS = 20_000

export const isInstalled = (program: string): boolean =>
  spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { env: { PATH: PATH_WITH_SERVERS } }).status === 0

/** Debian keeps servers where only root looks for programs. */
export const PATH_WITH_SERVERS = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`

/** A folder that servers with other users may enter. */
export const newServerFolder = (): string => mkdtempSync(join(tmpdir(), 'deskhand-mail-'))

/** Below those that systems give out by themselves: nobody else gets one between this look and its use. */
const FIRST_PORT = 20_000
const PORTS = 12_000
let nextPort = process.pid * 131

/** Ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = FIRST_PORT + (nextPort++ % PORTS)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

export interface RunningServer {
  /** Ends it and waits until it has. Its folder stays. */
  stop(): Promise<void>
}

// Its standard input ends with the test's process, however that ends; then all of the group do, and also when the program
// ends by itself.
const KEEPER = '{ "$@" </dev/null; kill -9 0; } & read -r _; kill -9 0'

/** Starts a program that stays in the foreground and waits until it answers on a port. */
export async function startProgram(file: string, args: readonly string[], port: number): Promise<RunningServer> {
  const child = spawn('sh', ['-c', KEEPER, 'sh', file, ...args], {
    env: { PATH: PATH_WITH_SERVERS },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: what it starts itself ends with it.
    detached: true,
  })
  child.stdin.on('error', () => {})
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-5_000)
    })
  let ending: string | undefined
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      ending = error.message
      resolve()
    })
    child.on('close', (code, signal) => {
      ending ??= String(code ?? signal)
      resolve()
    })
  })
  const last = (): void => killGroup(child)
  process.on('exit', last)
  void ended.then(() => process.off('exit', last))
  const patience = Date.now() + START_PATIENCE_MS
  while (!(await answers(port))) {
    if (ending !== undefined) throw new Error(`${file} ended (${ending}): ${said}`)
    if (Date.now() > patience) {
      killGroup(child)
      throw new Error(`${file} does not answer on port ${port}: ${said}`)
    }
    await new Promise((resume) => setTimeout(resume, 20))
  }
  return { stop: () => end(child, ended) }
}

/** Servers that wait for their clients are not waited for long. */
async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  signalGroup(child, 'SIGTERM')
  const hard = setTimeout(() => killGroup(child), 500)
  await ended
  clearTimeout(hard)
  killGroup(child)
}

const killGroup = (child: ChildProcess): void => signalGroup(child, 'SIGKILL')

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // All of them have ended.
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const finish = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })
