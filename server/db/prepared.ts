// Queries for hot paths, built and compiled once for each engine. Building one with Kysely takes longer than SQLite
// takes to answer it.
import type { Compilable, CompiledQuery } from 'kysely'
import { engineOf } from './differences.ts'
import type { Engine } from './engine.ts'
import type { Reader } from './write.ts'

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
export function prepared<Args extends readonly unknown[], Row>(
  build: (db: Reader, ...args: Args) => Compilable<Row>,
): (db: Reader, ...args: Args) => Promise<Row[]> {
  const byEngine = new Map<Engine, Prepared>()

  const prepare = (db: Reader): Prepared => {
    const placeholders = Array.from({ length: build.length - 1 }, (_, position) => new Placeholder(position))
    // To the builder an argument is a value to pass on; whether it is a text or a placeholder never shows.
    const query = build(db, ...(placeholders as readonly unknown[] as Args)).compile()
    const positions = query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? parameter.position : undefined,
    )
    return { query, positions }
  }

  return async (db, ...args) => {
    const engine = engineOf(db)
    let ready = byEngine.get(engine)
    if (!ready) {
      ready = prepare(db)
      byEngine.set(engine, ready)
    }
    const { query, positions } = ready
    const parameters = positions.map((position, n) => (position === undefined ? query.parameters[n] : args[position]))
    const { rows } = await db.executeQuery<Row>({ ...query, parameters })
    return rows
  }
}
