// Starting the servers to be measured, each on core 0; the load runs on core 1.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'

export interface Server {
  name: string
  port: number
  /** Seconds of processor time used so far. */
  cpuSeconds(): number
  /** Resident memory in MB. */
  memory(): number
  stop(): Promise<void>
}

/** As `npm start` gives them. */
export const FLAGS = ['--max-semi-space-size=8', '--no-parallel-scavenge']

const hasTaskset = spawnSync('taskset', ['--version']).status === 0

/** Keeps this process, which makes the load, off the servers' core. */
export function moveToCore(core: number): void {
  setCores(String(core))
}

/** Takes back moveToCore, also for what this process starts. */
export function useAllCores(): void {
  setCores('0-1')
}

/** A thread that ends meanwhile is counted as a failure: the others have been moved all the same. */
function setCores(cores: string): void {
  if (hasTaskset) spawnSync('taskset', ['-acp', cores, String(process.pid)], { stdio: 'ignore' })
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Starts a Node program on core 0 and waits until it listens. */
export async function startServer(
  name: string,
  args: readonly string[],
  port: number,
  env: Record<string, string>,
): Promise<Server> {
  const [command, first] = hasTaskset ? ['taskset', ['-c', '0', process.execPath]] : [process.execPath, []]
  const child: ChildProcess = spawn(command, [...first, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr?.on('data', (text) => {
    complaint += text
  })
  for (let tries = 0; !(await answers(port)); tries++) {
    if (child.exitCode !== null || tries > 600) throw new Error(`${name} did not start: ${complaint}`)
    await new Promise((resume) => setTimeout(resume, 50))
  }
  const { pid } = child
  const proc = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  return {
    name,
    port,
    cpuSeconds() {
      const fields = proc('stat').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    memory: () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(proc('status'))?.[1] ?? 0) / 1024),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null) return resolve()
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}
