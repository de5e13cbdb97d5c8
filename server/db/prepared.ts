// Queries for hot paths, built and compiled once for each engine. Building one with Kysely takes longer than SQLite
// takes to answer it.
import { type Compilable, type CompiledQuery, type Insertable, sql } from 'kysely'
import { sqliteHandleOf } from './dialects/sqlite-handle.ts'
import { engineOf } from './differences.ts'
import type { Engine } from './engine.ts'
import type { Tables } from './schema.ts'
import type { Reader, Tx } from './write.ts'

/** Stands for an argument while a query is built; its place among the parameters shows where the argument goes. */
class Placeholder {
  readonly position: number
  constructor(position: number) {
    this.position = position
  }
}

interface Prepared {
  query: CompiledQuery
  /** For each parameter of the query, the argument that it is, or undefined for a constant. */
  positions: readonly (number | undefined)[]
}

/**
 * Prepares a query: `prepared((db, id: string) => db.selectFrom('tags').selectAll().where('id', '=', id))` gives a
 * function from a database and an id to rows. `build` sees placeholders instead of arguments: it may pass them to the
 * query and do nothing else with them.
 */
export function prepared<Args extends readonly unknown[], Row, Db extends Reader = Reader>(
  build: (db: Db, ...args: Args) => Compilable<Row>,
): (db: Db, ...args: Args) => Promise<Row[]> {
  const ready = onceForEachEngine((db: Db, placeholders: readonly Placeholder[]) =>
    // To the builder an argument is a value to pass on; whether it is a text or a placeholder never shows.
    build(db, ...(placeholders as readonly unknown[] as Args)).compile(),
  )
  return (db, ...args) => run<Row>(db, ready(db, build.length - 1), args)
}

const inserts = new Map<string, (db: Tx, count: number) => Prepared>()

/** Inserts rows that all have the same columns in the same order. */
export async function insertRows<Table extends keyof Tables>(
  tx: Tx,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
): Promise<void> {
  await insert(tx, table, rows, false)
}

/** Inserts a row into a table that numbers its rows, and gives the number. */
export async function insertNumbered<
  Table extends 'conversation_moves' | 'customers' | 'message_groups' | 'messages' | 'outbox' | 'ratings' | 'raw_mails',
>(tx: Tx, table: Table, row: Insertable<Tables[Table]>): Promise<number> {
  const [answer] = await insert(tx, table, [row], true)
  if (!answer) throw new Error(`the database gave no number to a row of ${table}`)
  return answer.seq
}

async function insert<Table extends keyof Tables>(
  tx: Tx,
  table: Table,
  rows: readonly Insertable<Tables[Table]>[],
  isNumbered: boolean,
): Promise<{ seq: number }[]> {
  const columns = Object.keys(rows[0] ?? {})
  const values = rows.flatMap((row) => Object.values(row))
  // Some rows at once, or very many: a shape that nobody meets twice is not worth keeping.
  const shape = `${table} ${rows.length} ${isNumbered} ${columns.join()}`
  let ready = inserts.get(shape)
  if (!ready) {
    ready = onceForEachEngine((db: Tx, placeholders) => compileInsert(db, table, columns, placeholders, isNumbered))
    if (rows.length <= 8) inserts.set(shape, ready)
  }
  return run(tx, ready(tx, values.length), values)
}

function compileInsert(
  tx: Tx,
  table: keyof Tables,
  columns: readonly string[],
  placeholders: readonly Placeholder[],
  isNumbered: boolean,
): CompiledQuery {
  const group = (from: number) => sql`(${sql.join(placeholders.slice(from, from + columns.length))})`
  const groups = Array.from({ length: placeholders.length / columns.length }, (_, row) => group(row * columns.length))
  const head = sql`insert into ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})`
  return sql`${head} values ${sql.join(groups)} ${isNumbered ? sql`returning seq` : sql``}`.compile(tx)
}

function onceForEachEngine<Db extends Reader>(
  compile: (db: Db, placeholders: readonly Placeholder[]) => CompiledQuery,
): (db: Db, count: number) => Prepared {
  const byEngine = new Map<Engine, Prepared>()
  return (db, count) => {
    const engine = engineOf(db)
    let ready = byEngine.get(engine)
    if (!ready) {
      const query = compile(
        db,
        Array.from({ length: count }, (_, position) => new Placeholder(position)),
      )
      const positions = query.parameters.map((parameter) =>
        parameter instanceof Placeholder ? parameter.position : undefined,
      )
      ready = { query, positions }
      byEngine.set(engine, ready)
    }
    return ready
  }
}

async function run<Row>(db: Reader, { query, positions }: Prepared, args: readonly unknown[]): Promise<Row[]> {
  const parameters = positions.map((position, n) => (position === undefined ? query.parameters[n] : args[position]))
  // On SQLite, past Kysely: there is nothing left for it to do, and its way takes as long as the query.
  const handle = sqliteHandleOf(db)
  if (handle) return handle.rows<Row>(query.sql, parameters)
  const { rows } = await db.executeQuery<Row>({ ...query, parameters })
  return rows
}
