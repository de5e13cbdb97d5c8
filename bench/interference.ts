// What others notice while reports run: how long a conversation takes under load, without and with somebody who asks for all
// twenty reports over the whole year, one after another.
import { Worker } from 'node:worker_threads'
import { openDatabase } from '../server/db/open.ts'
import { requestBytes, runLoad } from './load.ts'
import { lastFact } from './reports.ts'
import type { Server } from './servers.ts'

const AIM = 2
const DURATION_MS = 3_000
const ROUNDS = 5
const CONNECTIONS = [1, 16]
const DAY = 86_400_000

const services = ['tickets', 'chats', 'calls'] as const
const paths = [
  ...['agents', 'channels', 'departments', 'tags', 'ranking'],
  ...['hour', 'day', 'week', 'month'].map((unit) => `performance?group_by=${unit}`),
  ...services.flatMap((service) =>
    ['load', 'agentsavailability', 'slacompliance', 'slalog', ...(service === 'tickets' ? [] : ['availability'])].map(
      (report) => `${service}/${report}`,
    ),
  ),
]

const textOf = (at: number): string => encodeURIComponent(new Date(at).toISOString().slice(0, 19).replace('T', ' '))
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** Asks for one report after another until it is told to stop; how many it got. In a thread of its own: what it receives must not keep those waiting who measure. */
function askForReports(port: number, addresses: readonly string[]): { stop(): Promise<number> } {
  const worker = new Worker(new URL('./ask-for-reports.ts', import.meta.url), { workerData: { port, addresses } })
  const count = new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  return {
    stop() {
      worker.postMessage('stop')
      return count
    },
  }
}

export interface Desk {
  server: Server
  dataFolder: string
  apiKey: string
  conversationIds: readonly string[]
}

/** Prints a line for each number of connections. */
export async function benchInterference({
  server: { port },
  dataFolder,
  apiKey,
  conversationIds,
}: Desk): Promise<void> {
  const database = await openDatabase({ dataFolder })
  const last = await lastFact(database)
  await database.close()
  const range = `date_from=${textOf(last - 365 * DAY)}&date_to=${textOf(last)}&limitcount=1000&apikey=${apiKey}`
  const addresses = paths.map((path) => `/api/reports/${path}${path.includes('?') ? '&' : '?'}${range}`)
  let place = 0
  const next = (): Buffer => {
    place = (place + 7_919) % conversationIds.length
    return requestBytes('GET', `/api/conversations/${conversationIds[place]}?apikey=${apiKey}`)
  }
  console.log(
    `\nGET conversations/{id} while reports run; medians of ${ROUNDS} rounds; aim: p99 at most ${AIM} times\n`,
  )
  for (const connections of CONNECTIONS) {
    const load = () => runLoad({ port, connections, durationMs: DURATION_MS, next })
    const rounds: { quiet: number; busy: number; reports: number }[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const quiet = await load()
      const asking = askForReports(port, addresses)
      const busy = await load()
      rounds.push({ quiet: quiet.p99, busy: busy.p99, reports: await asking.stop() })
    }
    const counted = rounds.slice(1)
    const [quiet, busy] = [median(counted.map((round) => round.quiet)), median(counted.map((round) => round.busy))]
    const reports = median(counted.map((round) => round.reports)) / (DURATION_MS / 1_000)
    console.log(
      `${String(connections).padStart(2)} connections: p99 ${quiet.toFixed(2)} ms, with ${reports.toFixed(0)} reports a second ` +
        `${busy.toFixed(2)} ms: ${(busy / quiet).toFixed(1)} times${busy / quiet > AIM ? ' !' : ''}`,
    )
  }
}
