// The queries behind a function of the desk, so that a test can look at their plans.
import { type CompiledQuery, Kysely } from 'kysely'
import type { Tables } from '../server/db/schema.ts'
import type { Reader } from '../server/db/write.ts'
import type { TestDesk } from './desk.ts'

/** Runs `work` on the desk's database and returns every query that it asked. */
export async function queriesOf(desk: TestDesk, work: (db: Reader) => Promise<unknown>): Promise<CompiledQuery[]> {
  const { reader } = desk.app.database
  if (!(reader instanceof Kysely)) throw new Error('the reading handle is no Kysely: this helper needs another way in')
  const db: Kysely<Tables> = reader
  const queries: CompiledQuery[] = []
  const executor = db.getExecutor()
  await work(
    db.withPlugin({
      transformQuery({ node, queryId }) {
        queries.push(executor.compileQuery(node, queryId))
        return node
      },
      transformResult: async ({ result }) => result,
    }),
  )
  return queries
}
