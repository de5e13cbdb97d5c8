// What a write pays for reports: messages and conversations with facts and steps of the load, and where these are thrown
// away; then what adding them up costs.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { sqliteHandleOf } from '../server/db/dialects/sqlite-handle.ts'
import { type Database, openDatabase } from '../server/db/open.ts'
import { systemActor } from '../server/desk/actor.ts'
import { getConversationForChange, openConversation } from '../server/desk/conversations/conversation.ts'
import { postMessage } from '../server/desk/conversations/messages.ts'
import { rollFacts } from '../server/desk/metrics/roll.ts'
import { rollLoad } from '../server/desk/metrics/roll-load.ts'
import { rollAll } from './reports.ts'

const ROUNDS = 7
const WRITES = 1_500
/** Writes that come at once: they share a flush, which would hide what they cost. */
const TOGETHER = 64
const AIM = 1 / 3

const MESSAGE = { body: 'The printer on the second floor burns. '.repeat(8), isHtml: false, text: 'The printer burns' }

interface Side {
  database: Database
  conversations: string[]
  customer: { id: string; user_id: string }
  agentId: string
  next: number
}

async function opened(folder: string, isStored: boolean): Promise<Side> {
  const database = await openDatabase({ dataFolder: folder })
  await rollAll(database)
  const db = database.reader
  const conversations = await db
    .selectFrom('conversations')
    .select('id')
    .where('status', 'in', ['A', 'R'])
    .limit(20_000)
    .execute()
  const customer = await db
    .selectFrom('customers')
    .select(['id', 'user_id'])
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow()
  const agent = await db.selectFrom('agents').select('id').where('deleted_at', 'is', null).executeTakeFirstOrThrow()
  if (!isStored)
    await database.write(async (tx) => {
      for (const table of ['facts', 'load_changes', 'load_stays'])
        sqliteHandleOf(tx)?.raw.exec(
          `create trigger no_${table} before insert on ${table} begin select raise(ignore); end`,
        )
    })
  return { database, conversations: conversations.map(({ id }) => id), customer, agentId: agent.id, next: 0 }
}

type Work = (side: Side) => Promise<unknown>

const answer: Work = ({ database, conversations, agentId, next }) =>
  database.write(async (tx) =>
    postMessage(tx, await getConversationForChange(tx, systemActor, conversations[next % conversations.length] ?? ''), {
      author: { kind: 'agent', userId: agentId },
      message: MESSAGE,
      isNote: false,
      at: Date.now(),
    }),
  )

const ask: Work = ({ database, conversations, customer, next }) =>
  database.write(async (tx) =>
    postMessage(tx, await getConversationForChange(tx, systemActor, conversations[next % conversations.length] ?? ''), {
      author: { kind: 'customer', userId: customer.user_id },
      message: MESSAGE,
      isNote: false,
      at: Date.now(),
    }),
  )

const open: Work = ({ database, customer }) =>
  database.write((tx) =>
    openConversation(tx, {
      author: { kind: 'customer', userId: customer.user_id },
      customerId: customer.id,
      departmentId: 'default',
      subject: 'Printer',
      channel: 'E',
      message: MESSAGE,
      at: Date.now(),
    }),
  )

async function microseconds(side: Side, work: Work): Promise<number> {
  const start = performance.now()
  for (let done = 0; done < WRITES; done += TOGETHER)
    await Promise.all(
      Array.from({ length: TOGETHER }, () => {
        side.next++
        return work(side)
      }),
    )
  return ((performance.now() - start) * 1_000) / WRITES
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0

/** Prints a line for each kind of write. The copies are made in `folder` and removed. */
export async function benchWriteShare(demo: string, folder: string): Promise<void> {
  const copies = mkdtempSync(join(folder, 'writes-'))
  for (const name of ['all', 'bare']) cpSync(demo, join(copies, name), { recursive: true })
  const [all, bare] = [await opened(join(copies, 'all'), true), await opened(join(copies, 'bare'), false)]
  try {
    console.log(
      `\nwhat writes pay for reports; medians of ${ROUNDS} rounds of ${WRITES} writes; aim: at most a third\n`,
    )
    for (const [name, work] of Object.entries({
      'new conversation': open,
      "customer's message": ask,
      "agent's answer": answer,
    })) {
      const times: { all: number; bare: number; rolled: number }[] = []
      for (let round = 0; round <= ROUNDS; round++) {
        const [whole, less] = [await microseconds(all, work), await microseconds(bare, work)]
        const start = performance.now()
        await rollFacts(all.database)
        await rollLoad(all.database)
        times.push({ all: whole, bare: less, rolled: ((performance.now() - start) * 1_000) / WRITES })
      }
      const counted = times.slice(1)
      const [whole, less, rolled] = (['all', 'bare', 'rolled'] as const).map((key) =>
        median(counted.map((time) => time[key])),
      )
      if (whole === undefined || less === undefined || rolled === undefined) continue
      const share = (whole - less) / whole
      const withRolling = (whole + rolled - less) / (whole + rolled)
      console.log(
        `${name.padEnd(20)} ${whole.toFixed(0).padStart(5)} µs a write, ${less.toFixed(0)} without facts and load: ${(100 * share).toFixed(0)} %` +
          `; adding up ${rolled.toFixed(0)} µs later: ${(100 * withRolling).toFixed(0)} %${withRolling > AIM ? ' !' : ''}`,
      )
    }
  } finally {
    await Promise.all([all.database.close(), bare.database.close()])
    rmSync(copies, { recursive: true, force: true })
  }
}
