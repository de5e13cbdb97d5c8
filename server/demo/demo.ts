// Filling a desk with a demonstration: people, knowledge base, and a year of conversations.
import { z } from 'zod'
import { lockUntilCommit } from '../db/differences.ts'
import { isFolderLocked } from '../db/lock.ts'
import type { Database } from '../db/open.ts'
import type { Reader, Tx } from '../db/write.ts'
import { rollFacts } from '../desk/metrics/roll.ts'
import { rollLoad } from '../desk/metrics/roll-load.ts'
import { rollStretches } from '../desk/presence/online-days.ts'
import { getSettings } from '../desk/settings/settings.ts'
import { rollClocks } from '../desk/sla/roll.ts'
import { Conflict } from '../lib/errors.ts'
import { newSecret } from '../lib/ids.ts'
import { hashPassword } from '../lib/password.ts'
import { type Cast, emailOf, makeCast } from './cast.ts'
import { fillKnowledgeBase } from './knowledge.ts'
import { loadHistory } from './load.ts'
import { loadOnThreads } from './long-load.ts'
import { agents } from './people.ts'
import { loadPresence } from './presence.ts'
import { storeHere } from './stores.ts'
import { teamFor } from './team.ts'

export interface DemoOptions {
  conversations: number
  /** How many agents work there; undefined: as many as so many conversations need. */
  agents?: number | undefined
  /** Undefined: one for each time that the demonstration is loaded. */
  seed: number | undefined
  /** Adds to what is there already. */
  again: boolean
  dataFolder: string
  onProgress?: (conversations: number) => void
}

export interface DemoResult {
  seed: number
  /** Somebody to sign in as. */
  email: string
  /** Of every agent of the demonstration; undefined: they were there already, with the one that they have. */
  password: string | undefined
}

const markSchema = z.object({ runs: z.number(), conversations: z.number() })
type Mark = z.infer<typeof markSchema>

const MARK = 'demo'
const DEMO_LOCK = 7_305_115

/** Above this, conversations are short, and on SQLite threads of their own make and store them. */
const MANY = 20_000

/** Parts in which a transaction of many conversations goes from one thread to the other: small ones are soon forgotten. */
const TOGETHER = 8

/** Throws Conflict when the desk has a demonstration, or conversations of its own, and `again` was not asked for. */
export async function loadDemo(database: Database, options: DemoOptions): Promise<DemoResult> {
  const password = newSecret().slice(0, 16)
  const passwordHash = await hashPassword(password)
  const { cast, before } = await database.write(async (tx) => {
    await lockUntilCommit(tx, DEMO_LOCK)
    const mark = await findMark(tx)
    if (!options.again) await assertFresh(tx, mark)
    const runs = (mark?.runs ?? 0) + 1
    await putMark(tx, { runs, conversations: (mark?.conversations ?? 0) + options.conversations })
    return { cast: await makeCast(tx, teamFor(options.conversations, options.agents), passwordHash), before: mark }
  })
  const seed = options.seed ?? (before?.runs ?? 0) + 1
  if (!before) await fillKnowledgeBase(database, cast, seed)
  await loadConversations(database, cast, seed, options)
  // Beside a server, which waits for each transaction, in small portions; it would come to it by itself, but later.
  const portion = isShared(database, options) ? 2_000 : 100_000
  await rollFacts(database, { portion })
  await rollLoad(database, { portion })
  await rollClocks(database, { portion })
  await rollStretches(database, { portion })
  const [first] = agents
  return { seed, email: emailOf(first), password: before ? undefined : password }
}

async function assertFresh(db: Reader, mark: Mark | undefined): Promise<void> {
  if (mark)
    throw new Conflict(
      `The demonstration is loaded already, with ${mark.conversations} conversations. To add more: npx deskhand demo --again`,
    )
  if (await db.selectFrom('conversations').select('id').limit(1).executeTakeFirst())
    throw new Conflict(
      'This desk has conversations of its own, and the demonstration would stand among them. If that is what you want: npx deskhand demo --again',
    )
}

async function findMark(db: Reader): Promise<Mark | undefined> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', MARK).executeTakeFirst()
  return row && markSchema.parse(JSON.parse(row.value))
}

async function putMark(tx: Tx, mark: Mark): Promise<void> {
  const value = JSON.stringify(mark)
  await tx
    .insertInto('settings')
    .values({ key: MARK, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

const isShared = ({ engine }: Database, { dataFolder }: DemoOptions): boolean =>
  engine === 'sqlite' && isFolderLocked(dataFolder)

async function loadConversations(database: Database, cast: Cast, seed: number, options: DemoOptions): Promise<void> {
  const { conversations, dataFolder, onProgress } = options
  const isMany = conversations > MANY
  // A server on the same file waits for each transaction, so they are short, and it gets its turn between them.
  const shared = isShared(database, options)
  const history = {
    seed,
    conversations,
    agents: options.agents,
    until: Date.now(),
    zone: (await getSettings(database.reader)).timezone,
    isShort: isMany,
    portionSize: shared ? 400 : 8_000,
  }
  const pause = shared ? 120 : 0
  const storeSlowly = storeHere(database, pause)
  await loadPresence(database.reader, cast, storeSlowly, history)
  if (isMany && database.engine === 'sqlite') {
    const isFresh = !shared && !options.again
    const together = shared ? 1 : TOGETHER
    const portions = { ...history, portionSize: history.portionSize / together }
    return loadOnThreads({ dataFolder, pause, isFresh, together, cast, options: portions }, onProgress)
  }
  await loadHistory(database.reader, cast, storeSlowly, {
    ...history,
    ...(onProgress && { onProgress }),
  })
}
