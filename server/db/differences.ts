// Where SQLite and PostgreSQL want different SQL. One function a difference; each has a test on both.
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

/**
 * Pairs of whole numbers as rows of a table `spans`: `position` counts from 0. As JSON, so that the text of the query does
 * not grow with their number.
 */
export function spanTable(db: Reader, spans: readonly { from: number; before: number }[]) {
  const json = JSON.stringify(spans.map(({ from, before }) => [from, before]))
  const rows =
    engineOf(db) === 'postgres'
      ? sql<SpanRow>`(select position - 1 as position, (pair ->> 0)::bigint as starts, (pair ->> 1)::bigint as ends
          from jsonb_array_elements(${json}::jsonb) with ordinality as pairs (pair, position))`
      : sql<SpanRow>`(select key as position, json_extract(value, '$[0]') as starts, json_extract(value, '$[1]') as ends
          from json_each(${json}))`
  return rows.as<'spans'>('spans')
}

interface SpanRow {
  position: number
  starts: number
  ends: number
}
