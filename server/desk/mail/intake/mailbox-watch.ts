// Watches over the mailboxes: each one that is active is fetched by one process, and follows changes of its settings.
import { hostname } from 'node:os'
import { newId } from '../../../lib/ids.ts'
import { claimMailbox, noteFetched, noteTrouble, releaseMailboxes, renewLeases } from '../../mailboxes/fetching.ts'
import { folderNames, type IncomingSettings, incomingOf, type Mailbox } from '../../mailboxes/mailbox.ts'
import { listFetched } from '../../mailboxes/mailboxes.ts'
import { troubleOf } from '../../mailboxes/trouble.ts'
import type { MailDesk } from '../mail-desk.ts'
import { followFolders } from './imap.ts'
import { NotMine, needsLease } from './imap-position.ts'

export interface WatchOptions {
  /** Largest mail that is taken, in bytes. */
  sizeLimit: number
  /** How long a mailbox belongs to a process that is not heard of. */
  leaseMs?: number
  /** The pause after so many failures in a row. */
  pauseMs?: (failures: number, isSignIn: boolean) => number
}

export interface MailboxWatch {
  /** Looks at once whether mailboxes were added, changed or removed. */
  refresh(): void
  /** Ends all connections and gives the mailboxes free. */
  stop(): Promise<void>
}

const LEASE_MS = 30_000
/** Folders that have a connection of their own; providers allow some ten for all programs together. */
const CONNECTIONS = 3
const STOP_PATIENCE_MS = 10_000

/** 1 s, 2 s, 4 s … up to 5 minutes; with a wrong password from one minute on, since many servers lock out who keeps trying. */
const defaultPause = (failures: number, isSignIn: boolean): number =>
  Math.min(2 ** (failures - 1) * (isSignIn ? 60_000 : 1_000), isSignIn ? 1_800_000 : 300_000)

interface Fetching {
  changedAt: number
  abort: AbortController
  done: Promise<void>
}

export function startMailboxWatch(desk: MailDesk, options: WatchOptions): MailboxWatch {
  const owner = `${hostname()}:${process.pid}:${newId()}`
  const leaseMs = options.leaseMs ?? LEASE_MS
  const { database, log } = desk
  const running = new Map<string, Fetching>()
  let isStopped = false
  let again = false
  let looking: Promise<void> | undefined

  const look = async (): Promise<void> => {
    do {
      again = false
      const mailboxes = await listFetched(database.reader)
      const wanted = new Map(mailboxes.map((mailbox) => [mailbox.id, mailbox]))
      const kept = needsLease(database.reader)
        ? await renewLeases(database, [...running.keys()], owner, Date.now() + leaseMs)
        : new Set(running.keys())
      for (const [id, { changedAt }] of [...running])
        if (!kept.has(id) || wanted.get(id)?.changed_at !== changedAt) await end(id)
      for (const mailbox of mailboxes) if (!isStopped && !running.has(mailbox.id)) await begin(mailbox)
    } while (again && !isStopped)
  }

  const begin = async (mailbox: Mailbox): Promise<void> => {
    const settings = incomingOf(mailbox)
    if (!settings) return
    if (needsLease(database.reader) && !(await claimMailbox(database, mailbox.id, owner, Date.now(), leaseMs))) return
    const abort = new AbortController()
    const done = fetchMailbox(desk, options, { mailbox, settings, owner }, abort.signal).catch((error: unknown) => {
      if (!(error instanceof NotMine))
        log.error({ err: error, mailbox: mailbox.id }, 'a mailbox is not fetched any more')
      // It is begun anew at the next look, if it is still ours to fetch.
      running.delete(mailbox.id)
    })
    running.set(mailbox.id, { changedAt: mailbox.changed_at, abort, done })
  }

  const end = async (id: string): Promise<void> => {
    const fetching = running.get(id)
    fetching?.abort.abort()
    await fetching?.done
    running.delete(id)
  }

  const refresh = (): void => {
    again = true
    if (isStopped || looking) return
    looking = look()
      .catch((error: unknown) => log.warn({ err: error }, 'the mailboxes could not be read'))
      .finally(() => {
        looking = undefined
        if (again) refresh()
      })
  }

  const timer = setInterval(refresh, leaseMs / 3)
  timer.unref()
  refresh()
  return {
    refresh,
    async stop() {
      isStopped = true
      clearInterval(timer)
      const ids = [...running.keys()]
      for (const { abort } of running.values()) abort.abort()
      let patience: NodeJS.Timeout | undefined
      await Promise.race([
        Promise.all([looking, ...[...running.values()].map(({ done }) => done)]),
        new Promise((resolve) => {
          patience = setTimeout(resolve, STOP_PATIENCE_MS)
        }),
      ])
      clearTimeout(patience)
      if (needsLease(database.reader) && ids.length > 0) await releaseMailboxes(database, ids, owner).catch(() => {})
    },
  }
}

interface Mine {
  mailbox: Mailbox
  settings: IncomingSettings
  owner: string
}

/** Fetches one mailbox until the signal, over as many connections as it needs. Throws NotMine when it was taken over. */
async function fetchMailbox(desk: MailDesk, options: WatchOptions, mine: Mine, until: AbortSignal): Promise<void> {
  // If one of the connections has to end, all have to.
  const failed = new AbortController()
  const signal = AbortSignal.any([until, failed.signal])
  const { settings } = mine
  const names = folderNames(settings)
  const groups = names.slice(0, CONNECTIONS).map((folder) => [folder])
  groups.at(-1)?.push(...names.slice(CONNECTIONS))
  const failures = new Map<string, number>()
  const note = noteBook(desk, mine.mailbox)
  const follow = async (folders: readonly string[], group: number): Promise<void> => {
    let failed = 0
    let wasRead = false
    while (!signal.aborted) {
      try {
        const onRead = async (trouble: string | undefined): Promise<void> => {
          failed = 0
          wasRead = true
          await note(group, trouble)
        }
        await followFolders({ desk, ...mine, folders, sizeLimit: options.sizeLimit, failures, signal, onRead })
      } catch (error) {
        if (error instanceof NotMine) throw error
        failed++
        const trouble = troubleOf(error, 'incoming', settings)
        desk.log.warn({ mailbox: mine.mailbox.id, trouble: trouble.says }, 'a mailbox cannot be fetched now')
        const isSignIn = trouble.field === 'password' || trouble.field === 'refresh_token'
        // A connection that ends once is nothing that anybody has to know of.
        if (failed > 1 || isSignIn || !wasRead)
          await note(group, trouble.says).catch((failure: unknown) =>
            desk.log.warn({ err: failure }, 'the trouble of a mailbox could not be noted'),
          )
        await pause((options.pauseMs ?? defaultPause)(failed, isSignIn), signal)
      }
    }
  }
  const all = groups.map((folders, group) => follow(folders, group))
  try {
    await Promise.all(all)
  } finally {
    failed.abort()
    await Promise.allSettled(all)
  }
}

const SEEN_EVERY_MS = 60_000

/** Notes how each connection of a mailbox goes, and writes no more than what others want to know. */
function noteBook(
  { database }: MailDesk,
  mailbox: Mailbox,
): (group: number, trouble: string | undefined) => Promise<void> {
  const troubles = new Map<number, string>()
  let written: string | undefined = mailbox.trouble ?? undefined
  let seenAt = 0
  return async (group, trouble) => {
    if (trouble === undefined) troubles.delete(group)
    else troubles.set(group, trouble)
    // One that works must not hide that another does not.
    const [first] = [...troubles.values()]
    const now = Date.now()
    if (first !== undefined) {
      if (first !== written) await noteTrouble(database, mailbox.id, first)
    } else if (written !== undefined || now - seenAt >= SEEN_EVERY_MS) {
      await noteFetched(database, mailbox.id, now)
      seenAt = now
    }
    written = first
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    function end(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
  })
