// The composition root: database, settings, jobs and routes become one server. Tests and main both call build().
import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { openReports, type Reports } from './api/thread/reports.ts'
import { widgetMessage } from './api/widget/wire/chat.ts'
import { bootstrap, type FirstStart } from './bootstrap.ts'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/open.ts'
import { type FileStore, openFileStore } from './desk/files/store.ts'
import { freeClaimed } from './desk/mail/accepting/claim.ts'
import { type MailboxWatch, startMailboxWatch } from './desk/mail/intake/mailbox-watch.ts'
import { type Languages, readLanguages } from './desk/mail/words/languages.ts'
import { applyEnvironmentMailbox } from './desk/mailboxes/from-environment.ts'
import { getSettings, type Installation, type Settings } from './desk/settings/settings.ts'
import { followEvents, lastEventNumber } from './events/read.ts'
import { buildServer } from './http/server.ts'
import { jobHandlers } from './job-handlers.ts'
import { startWorker } from './jobs/queue.ts'
import { Live } from './live/live.ts'

/** What every part of the server may need. */
export interface App {
  config: Config
  database: Database
  installation: Installation
  /** The stored settings with the environment's on top; follows changes made anywhere. */
  settings(): Settings
  /** Follows a change of settings at once; without it, a moment later. */
  readSettings(): Promise<void>
  files: FileStore
  /** The words of mails, by language. */
  mailLanguages: Languages
  /** Tells agents and programs what happens while it happens. */
  live: Live
  /** Answers reports where others do not wait for them. */
  reports: Reports
  log: Logger
  /** Public address without a final slash. */
  publicUrl(): string
}

export interface RunningApp extends App {
  http: FastifyInstance
  /** What the first start made up; undefined on existing data. */
  firstStart: FirstStart | undefined
  /** Finishes what is in flight, then closes everything. */
  close(): Promise<void>
}

export interface BuildOptions {
  /** Works through jobs. Tests drain the queue themselves. */
  worker: boolean
  log?: Logger
}

/** Opens everything that a configuration names. Nothing listens yet: see main.ts. */
export async function build(config: Config, options: BuildOptions): Promise<RunningApp> {
  // Standard output is for people (see welcome.ts); written at once, so that the last words before an end are not lost.
  const log = options.log ?? pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }))
  const database = await openDatabase({
    dataFolder: config.dataFolder,
    url: config.databaseUrl,
    poolSize: config.poolSize,
  })
  try {
    const { installation, firstStart } = await bootstrap(database, config)
    if (config.mailbox) await applyEnvironmentMailbox(database, installation.secret, config.mailbox)
    let current = await getSettings(database.reader)
    const files = await openFileStore(database, config.dataFolder)
    let port = config.port
    const begin = await lastEventNumber(database.reader)
    const live = new Live(database, log, begin, widgetMessage)
    const reports = openReports(database, config.dataFolder, {
      onFault: (error) => log.error({ err: error }, 'the thread that counts reports has died'),
    })
    const app: App = {
      config,
      database,
      installation,
      settings: () => (config.timezone === undefined ? current : { ...current, timezone: config.timezone }),
      readSettings: async () => {
        current = await getSettings(database.reader)
      },
      files,
      mailLanguages: await readLanguages(config.dataFolder),
      live,
      reports,
      log,
      publicUrl: () => config.publicUrl ?? localUrl(config.host, port),
    }
    // Before anything runs by itself: what cannot be built must not leave something running.
    const http = await buildServer(app)
    http.addHook('onListen', async () => {
      const [address] = http.addresses()
      if (typeof address === 'object') port = address.port
    })
    let watch: MailboxWatch | undefined
    const events = followEvents(
      database,
      begin,
      async (batch) => {
        if (batch.some(({ type }) => type === 'settings.changed')) await app.readSettings()
        if (batch.some(({ type }) => type === 'mailbox.changed')) watch?.refresh()
        await live.onEvents(batch)
      },
      (error) => log.warn({ err: error }, 'events could not be read'),
    )
    if (options.worker) await freeClaimed(database)
    const worker = options.worker ? startWorker(database, jobHandlers(app), log) : undefined
    if (options.worker) watch = startMailboxWatch(app, { sizeLimit: config.inlet.sizeLimit })
    return {
      ...app,
      http,
      firstStart,
      async close() {
        await http.close()
        await watch?.stop()
        await worker?.stop()
        await events.stop()
        await reports.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** An address under which this machine reaches the server. `0.0.0.0` and `::` are no addresses to call. */
const localUrl = (host: string, port: number): string =>
  `http://${['0.0.0.0', '::'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
