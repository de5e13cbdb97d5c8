// Where SQLite and PostgreSQL want different SQL. One function a difference; each has a test on both.
import { createHash } from 'node:crypto'
import { type Expression, PostgresAdapter, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { Engine } from './engine.ts'
import type { Tables } from './schema.ts'
import type { Reader } from './write.ts'

export function engineOf(db: Reader): Engine {
  return db.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite'
}

/** `a,b,c` of a column over the rows of a group, in the given order; null without rows. */
export function joinedText(
  db: Reader,
  column: Expression<string>,
  order: Expression<unknown>,
): RawBuilder<string | null> {
  return engineOf(db) === 'postgres'
    ? sql<string | null>`string_agg(${column}, ',' order by ${order})`
    : sql<string | null>`group_concat(${column}, ',' order by ${order})`
}

/**
 * Keeps others from changing the rows that a query finds until the transaction ends. SQLite has one writer: nothing to do.
 */
export function lockForChange<Q extends { forUpdate(): Q }>(db: Reader, query: Q): Q {
  return engineOf(db) === 'postgres' ? query.forUpdate() : query
}

/** Serialises transactions that ask for the same number, from here to their end. SQLite has one writer: nothing to do. */
export async function lockUntilCommit(db: Reader, number: number): Promise<void> {
  if (engineOf(db) === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(number)})`.execute(db)
}

/**
 * Serialises transactions that ask for one of the same texts, from here to their end. `group` keeps the texts of one
 * purpose from those of another. SQLite has one writer: nothing to do.
 */
export async function lockTextsUntilCommit(db: Reader, group: number, texts: readonly string[]): Promise<void> {
  if (engineOf(db) !== 'postgres' || texts.length === 0) return
  const keys = texts.map((text) => createHash('sha256').update(text).digest().readInt32BE())
  // In order, all of them: two that lock the same ones in another order would wait for each other.
  const sorted = `{${[...new Set(keys)].sort((a, b) => a - b).join()}}`
  await sql`select pg_advisory_xact_lock(${sql.lit(group)}, key) from unnest(${sorted}::int[]) as key`.execute(db)
}

/** A LIKE pattern (`%` any text, `_` one character) for `YYYY-MM-DD HH:MM:SS` in a time zone. */
export interface LocalPattern {
  zone: string
  like: string
}

/** Whether an instant, written as local date and time, matches a pattern. `local_text` is ours: see dialects/sqlite.ts. */
export function matchesLocalPattern(
  db: Reader,
  instant: Expression<unknown>,
  { zone, like }: LocalPattern,
): RawBuilder<SqlBool> {
  return engineOf(db) === 'postgres'
    ? sql<SqlBool>`to_char(to_timestamp(${instant} / 1000) at time zone ${zone}, 'YYYY-MM-DD HH24:MI:SS') like ${like}`
    : sql<SqlBool>`local_text(${instant}, ${zone}) like ${like}`
}

const instants = { facts: 'at', load_changes: 'at', sla_clocks: 'closed_at' } as const
type Slicable = keyof typeof instants

/**
 * The rows of a table by an instant of theirs, each with the `position` of the slice of time that it falls in: slice 0 goes
 * from the first bound up to the second, and so on. Rows outside of all are left out.
 *
 * SQLite goes to the index once for each slice. PostgreSQL would misjudge such a join by a thousand times, and has a
 * function that finds the slice of each row of the whole range. The bounds are one parameter: the text does not grow.
 */
export function sliced<Table extends Slicable>(db: Reader, table: Table, bounds: readonly number[]) {
  const at = sql.ref(`rows.${instants[table]}`)
  const slices = bounds.slice(1).map((before, index) => [bounds[index] ?? before, before])
  const rows =
    engineOf(db) === 'postgres'
      ? sql<Sliced<Table>>`(select rows.*, width_bucket(${at}, ${`{${bounds.join()}}`}::bigint[]) - 1 as position
          from ${sql.table(table)} as rows where ${at} >= ${bounds[0] ?? 0} and ${at} < ${bounds.at(-1) ?? 0})`
      : sql<Sliced<Table>>`(select rows.*, slices.key as position
          from json_each(${JSON.stringify(slices)}) as slices cross join ${sql.table(table)} as rows
          where ${at} >= json_extract(slices.value, '$[0]') and ${at} < json_extract(slices.value, '$[1]'))`
  return rows.as<'sliced'>('sliced')
}

type Sliced<Table extends Slicable> = Selectable<Tables[Table]> & { position: number }

/** The first instant of the month in UTC in which an instant lies. */
export function monthInUtc(db: Reader, instant: Expression<unknown>): RawBuilder<number> {
  return engineOf(db) === 'postgres'
    ? sql<number>`cast(extract(epoch from date_trunc('month', to_timestamp(${instant} / 1000.0) at time zone 'UTC')) * 1000 as bigint)`
    : // Whole seconds only: months begin with one, and so do the hours that this is asked for.
      sql<number>`cast(strftime('%s', ${instant} / 1000, 'unixepoch', 'start of month') as integer) * 1000`
}

/** A part of a range of time; `position` says for which row of the report. */
export interface Piece {
  position: number
  unit: string
  from: number
  before: number
}

/**
 * Pieces as rows with the columns `position`, `unit`, `low` and `high`. One parameter: the text does not grow. The limit
 * tells PostgreSQL how many these are: it would take a handful for a hundred, and translate the query to machine code for
 * ten times as long as it takes to answer it.
 */
export function piecesAsRows(db: Reader, pieces: readonly Piece[]): RawBuilder<unknown> {
  const text = JSON.stringify(pieces.map(({ position, unit, from, before }) => [position, unit, from, before]))
  return engineOf(db) === 'postgres'
    ? sql`select cast(value ->> 0 as bigint) as position, value ->> 1 as unit, cast(value ->> 2 as bigint) as low,
        cast(value ->> 3 as bigint) as high from jsonb_array_elements(cast(${text} as jsonb)) as given (value)
        limit ${sql.lit(pieces.length)}`
    : sql`select json_extract(value, '$[0]') as position, json_extract(value, '$[1]') as unit,
        json_extract(value, '$[2]') as low, json_extract(value, '$[3]') as high from json_each(${text})`
}

/** Texts as rows with the column `id`. */
export function textsAsRows(db: Reader, texts: readonly string[]): RawBuilder<unknown> {
  const text = JSON.stringify(texts)
  return engineOf(db) === 'postgres'
    ? sql`select id from jsonb_array_elements_text(cast(${text} as jsonb)) as given (id)`
    : sql`select value as id from json_each(${text})`
}

/**
 * For each row before it, those of a table that a condition finds by an index, in this order. PostgreSQL, which cannot know
 * how few these are, would rather read the table whole.
 */
export function lookedUp(db: Reader, table: 'rollups' | 'facts', condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return engineOf(db) === 'postgres'
    ? sql`cross join lateral (select * from ${sql.table(table)} where ${condition} offset 0) as ${sql.ref(table)} where true`
    : sql`cross join ${sql.table(table)} where ${condition}`
}

/** Lets nobody else write to a table until the transaction ends; reading goes on. SQLite has one writer: nothing to do. */
export async function lockAgainstWrites(db: Reader, table: 'load_days'): Promise<void> {
  if (engineOf(db) === 'postgres') await sql`lock table ${sql.table(table)} in exclusive mode`.execute(db)
}
