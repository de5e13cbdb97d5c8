// The queries behind a function of the desk, so that a test can look at their plans.
import { type CompiledQuery, Kysely } from 'kysely'
import type { Tables } from '../server/db/schema.ts'
import type { Reader } from '../server/db/write.ts'
import type { TestDesk } from './desk.ts'

/** Runs `work` on the desk's database and returns every query that it asked, built on the spot or prepared. */
export async function queriesOf(desk: TestDesk, work: (db: Reader) => Promise<unknown>): Promise<CompiledQuery[]> {
  const { reader } = desk.app.database
  if (!(reader instanceof Kysely)) throw new Error('the reading handle is no Kysely: this helper needs another way in')
  const db: Kysely<Tables> = reader
  const queries: CompiledQuery[] = []
  const executor = db.getExecutor()
  const watched = db.withPlugin({
    transformQuery({ node, queryId }) {
      const query = executor.compileQuery(node, queryId)
      // While a query is prepared, placeholders stand for its arguments: nothing is asked yet.
      if (!query.parameters.some((parameter) => typeof parameter === 'object' && parameter !== null))
        queries.push(query)
      return node
    },
    transformResult: async ({ result }) => result,
  })
  // Prepared queries are compiled already: they pass by the plugin, and through here.
  const execute: Reader['executeQuery'] = (query, options) => {
    queries.push('compile' in query ? query.compile() : query)
    return db.executeQuery(query, options)
  }
  await work(Object.assign(watched, { executeQuery: execute }))
  return queries
}
