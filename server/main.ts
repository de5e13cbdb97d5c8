// `deskhand serve`: opens, listens, says what a newcomer needs, and closes cleanly.
import { createServer } from 'node:net'
import { build, type RunningApp } from './app.ts'
import type { Config } from './config.ts'
import { type FolderLock, findHolder, lockFolder } from './db/lock.ts'
import { explainSqlite } from './db/opening-errors.ts'
import { type Inlets, openInlets } from './desk/mail/intake/inlet.ts'
import { answerNotYet } from './http/not-yet.ts'
import { giveBackMemory } from './lib/give-back-memory.ts'
import { SetupError } from './lib/setup-error.ts'
import { credentials, welcome } from './welcome.ts'

/** How long a stop waits for requests that are under way. */
const STOP_PATIENCE_MS = 30_000
/** A start on existing data is done by then; one that migrates may not be. */
const QUICK_START_MS = 1_000
/** How long it waits for what callers have not finished sending, and for what is slow: container engines kill after 10 s. */
const CONNECTIONS_PATIENCE_MS = 7_000
/** A terminal and npm can each hand on the same Ctrl-C: only a later one means that somebody has lost patience. */
const SAME_SIGNAL_MS = 500

const CALM_MS = 1_000

/** Serves until SIGTERM or SIGINT, then finishes what is in flight. Throws SetupError when it cannot start. */
export async function serve(config: Config): Promise<void> {
  const lock = config.databaseUrl === undefined ? takeLock(config.dataFolder) : undefined
  try {
    // Before anything is created: a first start that fails must not have used up the only showing of its password.
    await assertPortFree(config)
    const app = await whileNotYet(config, async () => {
      const built = await build(config, { worker: true })
      // All that can be done before is, so that the port is free for no longer than a moment.
      await built.http.ready()
      return built
    })
    const inlets = await listen(app)
    stopOnSignals(app, inlets, lock)
    lock?.note({ pid: process.pid, url: app.publicUrl() })
    process.stdout.write(welcome(app))
    // Once the first answers are given: a start shall be quick before it is small.
    setTimeout(giveBackMemory, CALM_MS).unref()
  } catch (error) {
    lock?.release()
    throw error
  }
}

/** Does work that clients have to wait for; if it takes long, they are told. */
async function whileNotYet<T>(config: Config, work: () => Promise<T>): Promise<T> {
  const answering = answerNotYet(config, QUICK_START_MS)
  try {
    return await work()
  } finally {
    await answering.stop()
  }
}

async function listen(app: RunningApp): Promise<Inlets> {
  const { config, firstStart } = app
  try {
    await app.http.listen({ port: config.port, host: config.host })
    return await openInlets(app, config.inlet)
  } catch (error) {
    if (firstStart) process.stdout.write(credentials(firstStart, config))
    await app.close()
    throw explainListening(error, config)
  }
}

function takeLock(dataFolder: string): FolderLock {
  let lock: FolderLock | undefined
  try {
    lock = lockFolder(dataFolder)
  } catch (error) {
    throw explainSqlite(error, dataFolder)
  }
  if (lock) return lock
  const holder = findHolder(dataFolder)
  throw new SetupError(
    `Another server uses the data folder '${dataFolder}'${holder ? ` (process ${holder.pid}, ${holder.url})` : ''}. Stop it first, or set DESKHAND_DATA to another folder.`,
  )
}

function stopOnSignals(app: RunningApp, inlets: Inlets, lock: FolderLock | undefined): void {
  let stoppingSince: number | undefined
  const stop = (): void => {
    const now = Date.now()
    if (stoppingSince === undefined) {
      stoppingSince = now
      void finish(app, inlets, lock)
    } else if (now - stoppingSince > SAME_SIGNAL_MS) {
      process.exit(1)
    }
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  process.on('uncaughtException', (error) => {
    app.log.fatal({ err: error }, 'a defect ended the server')
    process.exit(1)
  })
}

async function finish(app: RunningApp, inlets: Inlets, lock: FolderLock | undefined): Promise<void> {
  setTimeout(() => {
    app.log.error('some requests were not finished in time')
    process.exit(1)
  }, STOP_PATIENCE_MS).unref()
  setTimeout(() => {
    app.log.warn('connections with unfinished requests are cut off')
    app.http.server.closeAllConnections()
  }, CONNECTIONS_PATIENCE_MS).unref()
  try {
    // Both wait for those who are still sending: side by side, or a container engine would lose patience.
    await Promise.all([app.http.close(), inlets.close()])
    await app.close()
    lock?.release()
    process.exit(0)
  } catch (error) {
    app.log.error({ err: error }, 'the server did not close cleanly')
    process.exit(1)
  }
}

async function assertPortFree(config: Config): Promise<void> {
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject)
      probe.listen({ port: config.port, host: config.host }, resolve)
    })
  } catch (error) {
    throw explainListening(error, config)
  }
  await new Promise((resolve) => probe.close(resolve))
}

/** Why the server cannot listen, in words for the administrator. */
function explainListening(error: unknown, { host, port }: Config): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return new SetupError(
      `Port ${port} on ${host} is in use by another program. Stop it, or set PORT to another number.`,
    )
  if (code === 'EACCES')
    return new SetupError(
      `This user may not listen on port ${port}. Set PORT to 1024 or above, behind a reverse proxy.`,
    )
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new SetupError(
      `This machine has no address '${host}'. Set HOST to 127.0.0.1, or to 0.0.0.0 for every network.`,
    )
  return error
}
