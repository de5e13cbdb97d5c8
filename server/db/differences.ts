// Where SQLite and PostgreSQL want different SQL. One function a difference; each has a test on both.
import { createHash } from 'node:crypto'
import { type Expression, PostgresAdapter, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Engine } from './engine.ts'
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
  /** -1: it is taken away from the others. */
  sign?: 1 | -1
}

/**
 * Pieces as rows with the columns `position`, `unit`, `low`, `high` and `sign`. One parameter: the text does not grow. The limit
 * tells PostgreSQL how many these are: it would take a handful for a hundred, and translate the query to machine code for
 * ten times as long as it takes to answer it.
 */
export function piecesAsRows(db: Reader, pieces: readonly Piece[]): RawBuilder<unknown> {
  const text = JSON.stringify(
    pieces.map(({ position, unit, from, before, sign = 1 }) => [position, unit, from, before, sign]),
  )
  return engineOf(db) === 'postgres'
    ? sql`select cast(value ->> 0 as bigint) as position, value ->> 1 as unit, cast(value ->> 2 as bigint) as low,
        cast(value ->> 3 as bigint) as high, cast(value ->> 4 as bigint) as sign from jsonb_array_elements(cast(${text} as jsonb)) as given (value)
        limit ${sql.lit(pieces.length)}`
    : sql`select json_extract(value, '$[0]') as position, json_extract(value, '$[1]') as unit,
        json_extract(value, '$[2]') as low, json_extract(value, '$[3]') as high, json_extract(value, '$[4]') as sign from json_each(${text})`
}

/** Texts as rows with the column `id`. */
export function textsAsRows(db: Reader, texts: readonly string[]): RawBuilder<unknown> {
  const text = JSON.stringify(texts)
  return engineOf(db) === 'postgres'
    ? sql`select id from jsonb_array_elements_text(cast(${text} as jsonb)) as given (id)`
    : sql`select value as id from json_each(${text})`
}

type LookedUp = 'rollups' | 'facts' | 'sla_rollups' | 'sla_clocks' | 'load_changes' | 'load_courses' | 'load_sums'

/**
 * For each row before it, those of a table that a condition finds by an index, in this order. PostgreSQL, which cannot know
 * how few these are, would rather read the table whole.
 */
export function lookedUp(db: Reader, table: LookedUp, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return engineOf(db) === 'postgres'
    ? sql`cross join lateral (select * from ${sql.table(table)} where ${condition} offset 0) as ${sql.ref(table)} where true`
    : sql`cross join ${sql.table(table)} where ${condition}`
}

/**
 * The condition on rows that come after a position, which a row of `rolled` tells. The upper bound lets nothing out: with a lower
 * one alone, PostgreSQL takes a third of the table for what it finds, and reads it whole; with both, a two-hundredth.
 */
export const afterPosition = (seq: Expression<unknown>, table: RawBuilder<unknown>): RawBuilder<SqlBool> =>
  sql<SqlBool>`${seq} > (select seq from rolled) and ${seq} <= (select max(seq) from ${table})`
