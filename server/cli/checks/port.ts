// Who answers on the port of the server.
import { createConnection } from 'node:net'
import { z } from 'zod'
import type { Config } from '../../config.ts'
import { findHolder, isFolderLocked } from '../../db/lock.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const PATIENCE_MS = 5_000

/** How API v1 answers a caller without a key: the same on every Deskhand. */
const signature = z.object({ response: z.object({ errormessage: z.literal('Api key is not found in request') }) })

export async function checkPort({ host, port, dataFolder, databaseUrl }: Config): Promise<Finding> {
  const holder = databaseUrl === undefined && isFolderLocked(dataFolder) ? findHolder(dataFolder) : undefined
  if (holder) {
    if (await isDeskhand(holder.url)) return ok('server', `runs as process ${holder.pid} and answers on ${holder.url}`)
    return fail(
      'server',
      `process ${holder.pid} does not answer on ${holder.url}`,
      'Look into its log, and restart it.',
    )
  }
  if (port === 0) return ok('port', 'any free one')
  const reachable = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host
  if (!(await isAnswered(reachable, port))) return ok('port', `${port} on ${host} is free`)
  if (await isDeskhand(`http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`))
    return databaseUrl === undefined
      ? warn('port', `${port} is taken by a Deskhand with another data folder`, 'Set PORT to another number.')
      : ok('server', `answers on port ${port}`)
  return fail('port', `${port} on ${host} is taken by another program`, 'Stop it, or set PORT to another number.')
}

function isAnswered(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: PATIENCE_MS })
    const end = (answered: boolean): void => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

async function isDeskhand(url: string): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/api/tags`, { signal: AbortSignal.timeout(PATIENCE_MS) })
    return signature.safeParse(await reply.json()).success
  } catch {
    return false
  }
}
