// Up to which number the rows of a table are settled: committed or given up, so that none can turn up later.
import { sql } from 'kysely'
import { engineOf } from './differences.ts'
import type { Reader } from './write.ts'

const PATIENCE_MS = 20_000
const PAUSE_MS = 20

/** Tables whose rows are added up in the order of their numbers. */
type Numbered = 'facts' | 'load_changes' | 'sla_clocks' | 'online_stretches'

/**
 * The highest number up to which no row can still turn up; undefined if that could not be found out soon enough.
 *
 * PostgreSQL gives numbers out before the commit, so that a smaller one can be committed later than a larger one. Whoever
 * has drawn a number and not yet ended holds a lock on the table, which forbids nothing to anybody. Therefore: first
 * the number, then who holds this lock, and once these have ended the number is settled. Nobody has to wait for us.
 */
export async function settledNumber(db: Reader, table: Numbered): Promise<number | undefined> {
  const highest = await highestNumber(db, table)
  if (engineOf(db) === 'sqlite') return highest
  const open = new Set(await writersOf(db, table))
  const patience = Date.now() + PATIENCE_MS
  while (open.size > 0) {
    if (Date.now() > patience) return undefined
    await new Promise((resume) => setTimeout(resume, PAUSE_MS))
    const still = new Set(await writersOf(db, table))
    for (const writer of open) if (!still.has(writer)) open.delete(writer)
  }
  return highest
}

async function highestNumber(db: Reader, table: Numbered): Promise<number> {
  // Of those that can be seen: a higher one that cannot be seen yet waits for the next time.
  const row = await db.selectFrom(table).select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row?.seq ?? 0
}

async function writersOf(db: Reader, table: string): Promise<string[]> {
  const { rows } = await sql<{ writer: string }>`
    select virtualtransaction as writer from pg_locks
    where locktype = 'relation' and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())
      and relation = cast(cast(${table} as text) as regclass)`.execute(db)
  return rows.map(({ writer }) => writer)
}
