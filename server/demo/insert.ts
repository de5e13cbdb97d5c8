// Storing many rows: few statements, each prepared once.
import { CompiledQuery } from 'kysely'
import { engineOf } from '../db/differences.ts'
import type { Tx } from '../db/write.ts'
import type { TableShape, Value } from './tables.ts'

export async function insertRows(tx: Tx, shape: TableShape, values: readonly Value[]): Promise<void> {
  if (values.length === 0) return
  if (engineOf(tx) === 'postgres') await insertAsArrays(tx, shape, values)
  else await insertAsLists(tx, shape, values)
}

// More rows in a statement save little; SQLite takes 32,766 values at most.
const ROWS_PER_STATEMENT = 50

export const namesOf = ({ columns, constants }: TableShape): string =>
  [...columns, ...constants].map(([name]) => name).join()

const statements = new Map<string, string>()

function listStatement(shape: TableShape, rows: number): string {
  const key = `${shape.name} ${rows}`
  let text = statements.get(key)
  if (text === undefined) {
    const row = `(${[...shape.columns.map(() => '?'), ...shape.constants.map(([, sql]) => sql)].join()})`
    text = `insert into ${shape.name} (${namesOf(shape)}) values ${Array(rows).fill(row).join()}`
    statements.set(key, text)
  }
  return text
}

async function insertAsLists(tx: Tx, shape: TableShape, values: readonly Value[]): Promise<void> {
  const width = shape.columns.length
  const whole = values.length - (values.length % (ROWS_PER_STATEMENT * width))
  await insertInSteps(tx, listStatement(shape, ROWS_PER_STATEMENT), values, 0, whole, ROWS_PER_STATEMENT * width)
  // The rest one by one: a statement for every possible number of rows would fill the cache of prepared ones.
  await insertInSteps(tx, listStatement(shape, 1), values, whole, values.length, width)
}

async function insertInSteps(
  tx: Tx,
  statement: string,
  values: readonly Value[],
  from: number,
  to: number,
  step: number,
): Promise<void> {
  for (let start = from; start < to; start += step)
    await tx.executeQuery(CompiledQuery.raw(statement, values.slice(start, start + step)))
}

/** One array a column: the statement is the same for any number of rows. */
async function insertAsArrays(tx: Tx, shape: TableShape, values: readonly Value[]): Promise<void> {
  const width = shape.columns.length
  const arrays: Value[][] = shape.columns.map(() => [])
  for (let i = 0; i < values.length; i++) arrays[i % width]?.push(values[i] ?? null)
  const parameters = shape.columns.map(([, kind], i) => `$${i + 1}::${kind}[]`).join()
  const constants = shape.constants.map(([, sql]) => `, ${sql}`).join('')
  await tx.executeQuery(
    CompiledQuery.raw(
      `insert into ${shape.name} (${namesOf(shape)}) select rows.*${constants} from unnest(${parameters}) as rows`,
      arrays,
    ),
  )
}
