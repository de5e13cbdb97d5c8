// Storing a portion of history in one transaction.
import { sql } from 'kysely'
import { engineOf } from '../db/differences.ts'
import type { Reader, Tx } from '../db/write.ts'
import { addCounts } from '../desk/departments/counts.ts'
import { addToLoadRollups } from '../desk/metrics/load-rollups.ts'
import { lockPosition, movePosition } from '../desk/metrics/positions.ts'
import { addToRollups } from '../desk/metrics/rollups.ts'
import { enqueueNotice } from '../desk/sla/notices.ts'
import { recordEvent } from '../events/record.ts'
import { withCodes } from './codes.ts'
import { insertRows } from './insert.ts'
import { reserveSeqs } from './seqs.ts'
import type { Sums } from './sums.ts'
import { cellsOf, type Portion, rowCount, shapes, type TableKey, type Turn, tableKeys, type Value } from './tables.ts'

// Should a code be taken, the next attempt draws others.
const tried = new WeakSet<Portion>()

/** May run again when the transaction has to: the portion stays as it is. */
export async function storePortion(tx: Tx, portion: Portion): Promise<void> {
  const customers = numbered(portion, 'customers', await reserveSeqs(tx, 'customers', rowCount(portion, 'customers')))
  const groupSeqs = await reserveSeqs(tx, 'message_groups', rowCount(portion, 'groups'))
  const filled: Portion = {
    ...portion,
    customers,
    customerSearch: engineOf(tx) === 'sqlite' ? searchRows({ ...portion, customers }) : [],
    conversations: tried.has(portion) ? withCodes(portion).conversations : portion.conversations,
    groups: numbered(portion, 'groups', groupSeqs),
    messages: numbered(portion, 'messages', groupSeqs),
    chats: numbered(portion, 'chats', groupSeqs),
    calls: numbered(portion, 'calls', groupSeqs),
    ratings: numbered(portion, 'ratings', groupSeqs),
  }
  tried.add(portion)
  for (const key of tableKeys) await insertRows(tx, shapes[key], filled[key])
  await storeRest(tx, restOf(portion))
}

/** What a portion brings beside its rows. */
export interface Rest extends Pick<Portion, 'counts' | 'turns'> {
  conversations: number
  /** When clocks that still run have something to say: once for each second. */
  notices: readonly number[]
}

export const restOf = (portion: Portion): Rest => ({
  counts: portion.counts,
  turns: portion.turns,
  conversations: rowCount(portion, 'conversations'),
  notices: noticesIn(portion),
})

export async function storeRest(tx: Tx, { counts, turns, conversations, notices }: Rest): Promise<void> {
  await addCounts(tx, counts)
  await addTurns(tx, turns)
  for (const at of notices) await enqueueNotice(tx, at)
  // One for all: whoever shows lists looks again. Nobody has to be told of a thousand single messages of the past.
  recordEvent(tx, { type: 'demo.loaded', data: { conversations } })
}

/** The numbers of the newest fact and of the newest step of the load. */
export interface Newest {
  facts: number
  load: number
}

/**
 * Stores what all facts and steps after these numbers add up to; those up to them are added from the rows themselves. Leaves
 * everything as it is where they cannot be, or some were added up already: then the rest is, too, by desk/metrics/roll.ts and roll-load.ts.
 */
export async function storeSums(tx: Tx, sums: Sums, before: Newest): Promise<void> {
  // Made anew when the transaction has to run again: see portions().
  const portions = sums.portions()
  if (!portions) return
  if ((await lockPosition(tx, 'facts')) > 0 || (await lockPosition(tx, 'load')) > 0) return
  const newest = await newestOf(tx)
  for (const portion of portions)
    for (const key of ['rollups', 'loadCourses', 'loadSums'] as const) await insertRows(tx, shapes[key], portion[key])
  await addToRollups(tx, sql`seq <= ${before.facts}`)
  await movePosition(tx, 'facts', newest.facts)
  await addToLoadRollups(tx, 0, before.load, newest.load)
  await movePosition(tx, 'load', newest.load)
}

/** 0: there is none. */
export async function newestOf(db: Reader): Promise<Newest> {
  const newest = async (table: 'facts' | 'load_changes'): Promise<number> => {
    const query = db.selectFrom(table).select((eb) => eb.fn.max('seq').as('seq'))
    return (await query.executeTakeFirst())?.seq ?? 0
  }
  return { facts: await newest('facts'), load: await newest('load_changes') }
}

/** Notes who was asked when, unless he was asked later. */
async function addTurns(tx: Tx, turns: readonly Turn[]): Promise<void> {
  for (const turn of turns)
    await tx
      .insertInto('agent_turns')
      .values({ ...turn })
      .onConflict((conflict) =>
        conflict
          .columns(['department_id', 'service', 'agent_id'])
          .doUpdateSet({ at: sql`case when excluded.at > agent_turns.at then excluded.at else agent_turns.at end` }),
      )
      .execute()
}

function noticesIn(portion: Portion): number[] {
  const seconds = new Set<number>()
  for (const [at] of cellsOf(portion, 'clocks', 'notice_at'))
    if (typeof at === 'number') seconds.add(Math.floor(at / 1_000) * 1_000)
  return [...seconds].sort((a, b) => a - b)
}

/** Puts the numbers that the database gave out where the place in the portion stands. */
function numbered(portion: Portion, key: TableKey, seqs: readonly number[]): Value[] {
  const values = portion[key].slice()
  for (let i = 0; i < values.length; i += shapes[key].columns.length) values[i] = seqs[Number(values[i])] ?? null
  return values
}

const searchRows = (portion: Portion): Value[] =>
  Array.from(cellsOf(portion, 'customers', 'seq', 'email_key', 'firstname_key', 'lastname_key')).flat()
