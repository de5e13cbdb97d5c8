// Fetching by IMAP: one connection follows a group of folders. The server tells of new mail (IDLE), or is asked now and then.
import type { ImapFlow } from 'imapflow'
import { imapClient, type Login, PATIENCE } from '../../mailboxes/connect.ts'
import { type IncomingSettings, type Mailbox, secretsOf } from '../../mailboxes/mailbox.ts'
import { accessToken, forgetToken } from '../../mailboxes/oauth.ts'
import { MailServerTrouble } from '../../mailboxes/trouble.ts'
import type { MailDesk } from '../mail-desk.ts'
import { type FolderReader, readFolder } from './imap-folder.ts'

export interface Following {
  desk: MailDesk
  mailbox: Mailbox
  settings: IncomingSettings
  /** The first is the one that the server tells about; the others are looked at now and then. */
  folders: readonly string[]
  owner: string
  sizeLimit: number
  failures: Map<string, number>
  /** Ends it. */
  signal: AbortSignal
  /** All folders have been read to their ends. `trouble`: but for one that is not there. */
  onRead(trouble: string | undefined): Promise<void>
}

/** IDLE can fail in silence (a folder that is replaced, a router that forgets connections): so often it is looked at anyway. */
const IDLE_LOOK_MS = 4 * 60_000

/** Reads and follows the folders until the signal. Throws what troubleOf understands when the connection is lost. */
export async function followFolders(following: Following): Promise<void> {
  const { signal } = following
  if (signal.aborted) return
  const client = await openClient(following)
  const end = (): void => client.close()
  signal.addEventListener('abort', end)
  try {
    if (!signal.aborted) await readAndWait(following, client)
  } catch (error) {
    // Whoever stops it has cut the connection.
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', end)
    client.close()
  }
}

/** A client that is signed in. */
async function openClient(following: Following, isSecondTry = false): Promise<ImapFlow> {
  const { desk, mailbox, settings, sizeLimit } = following
  const login = await loginFor(following)
  const client = await imapClient(settings, login, PATIENCE, sizeLimit + 1_000_000)
  try {
    await client.connect()
    return client
  } catch (error) {
    client.close()
    const isRefused = error instanceof Error && 'authenticationFailed' in error
    if (settings.auth !== 'oauth2' || !isRefused || isSecondTry) throw error
    // It was revoked before its time.
    await forgetToken(desk, mailbox.id, 'incoming')
    return openClient(following, true)
  }
}

/** With what a mailbox signs in at the server that its mail is fetched from. */
export async function loginFor({
  desk,
  mailbox,
  settings,
}: Pick<Following, 'desk' | 'mailbox' | 'settings'>): Promise<Login> {
  if (settings.auth === 'none' || settings.user === '') return undefined
  if (settings.auth === 'oauth2') return { accessToken: await accessToken(desk, mailbox.id, 'incoming') }
  return { password: secretsOf(desk.installation.secret, mailbox).incoming?.password ?? '' }
}

async function readAndWait(following: Following, client: ImapFlow): Promise<void> {
  const { folders, signal, settings } = following
  const reader: FolderReader = { ...following, client, isStopped: () => signal.aborted }
  const news = newsOf(client)
  const others = folders.slice(1)
  let hasIdle = client.capabilities.has('IDLE')
  for (;;) {
    // The first one last: it stays selected, and is what the server tells about.
    const missing: string[] = []
    for (const folder of [...others, ...folders.slice(0, 1)]) {
      news.forget()
      if (!(await readIfThere(reader, folder))) missing.push(folder)
      if (signal.aborted) return
    }
    await following.onRead(missing.length > 0 ? missingText(missing) : undefined)
    const pollMs = settings.pollSeconds * 1_000
    const isIdling = hasIdle && missing.length === 0
    const wait = news.next(isIdling ? Math.min(IDLE_LOOK_MS, pollMs) : pollMs)
    // The next command ends it.
    if (isIdling)
      void client.idle().then(
        (answer) => {
          if (answer !== false || client.isClosed) return
          // The server says that it can, and cannot.
          hasIdle = false
          news.wake()
        },
        () => {},
      )
    await wait
    if (signal.aborted) return
  }
}

const missingText = (folders: readonly string[]): string =>
  `There is no folder ${folders.map((folder) => `'${folder}'`).join(', ')}. The others are fetched.`

/** False: it does not exist. That must not keep the others from being read. */
async function readIfThere(reader: FolderReader, folder: string): Promise<boolean> {
  try {
    await readFolder(reader, folder)
    return true
  } catch (error) {
    if (error instanceof Error && 'mailboxMissing' in error && error.mailboxMissing === true && reader.client.usable)
      return false
    throw error
  }
}

interface News {
  /** What was told until now is about to be read. */
  forget(): void
  wake(): void
  /** Resolves when the server tells of something, or after that time; throws when the connection ends. */
  next(ms: number): Promise<void>
}

function newsOf(client: ImapFlow): News {
  let isTold = false
  let isEnded = false
  let failure: unknown
  let notify = (): void => {}
  const tell = (): void => {
    isTold = true
    notify()
  }
  client.on('exists', tell)
  client.on('error', (error: unknown) => {
    failure = error
    isEnded = true
    notify()
  })
  client.on('close', () => {
    isEnded = true
    notify()
  })
  return {
    forget() {
      isTold = false
    },
    wake: tell,
    async next(ms) {
      if (!isTold && !isEnded && !client.isClosed) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>((resolve) => {
          notify = resolve
          timer = setTimeout(resolve, ms)
        })
        clearTimeout(timer)
        notify = () => {}
      }
      if (isEnded || client.isClosed)
        throw failure instanceof Error ? failure : new MailServerTrouble('host', 'The server has ended the connection.')
    },
  }
}
