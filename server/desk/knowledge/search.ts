// Full-text search in what readers may find. index-rows.ts says what is indexed and why results come in order.
import { CompiledQuery, type Expression, type Selectable, sql } from 'kysely'
import { engineOf } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { ENTRY_MASK, type Indexed, indexRows, MAX_ROWS_PER_ENTRY, spotsOf } from './index-rows.ts'
import { isShown } from './letters.ts'
import type { KbEntryRow } from './tables.ts'
import { pathIn } from './tree.ts'
import { queryWords } from './words.ts'

type Entry = Selectable<KbEntryRow>

/** Brings the index in step with an entry that was changed; whoever writes one does this in the same transaction. */
export async function reindexEntry(tx: Tx, entry: IndexedEntry): Promise<void> {
  await unindex(tx, sql.join(spotsOf(entry.id)))
  await indexEntry(tx, entry)
}

type IndexedEntry = Indexed & Pick<Entry, 'rtype' | 'rstatus' | 'deleted_at'>

/** Puts a new entry into the index, if readers may find it. */
export async function indexEntry(tx: Tx, entry: IndexedEntry): Promise<void> {
  if (!isShown(entry)) return
  for (const { spot, words } of indexRows(entry)) {
    await (engineOf(tx) === 'postgres'
      ? sql`insert into kb_search (spot, words) values (${spot}, ${[...words].map(quoted).join(' ')}::tsvector)`
      : sql`insert into kb_search (rowid, words) values (${spot}, ${[...words].join(' ')})`
    ).execute(tx)
  }
}

/** Takes the entries whose numbers (a column `id`) a query gives out of the index. */
export async function unindexEntries(tx: Tx, ids: Expression<unknown>): Promise<void> {
  const bases = spotsOf(0).map((spot) => sql`select ${sql.lit(spot)} as spot`)
  await unindex(
    tx,
    sql`select gone.id + base.spot from (${ids}) as gone
      cross join (${sql.join(bases, sql` union all `)}) as base`,
  )
}

async function unindex(tx: Tx, spots: Expression<unknown>): Promise<void> {
  const column = engineOf(tx) === 'postgres' ? sql`spot` : sql`rowid`
  await sql`delete from kb_search where ${column} in (${spots})`.execute(tx)
}

export interface SearchFilter {
  query: string
  kbId?: string | undefined
  /** Only this entry and what lies below it. */
  top?: { id: number; treepath: string } | undefined
  /** Only what visitors may read. */
  publicOnly?: boolean | undefined
  limit: number
}

const foundColumns = [
  'id',
  'kb_id',
  'rtype',
  'rstatus',
  'access',
  'access_inherited',
  'urlcode',
  'treepath',
  'title',
  'content',
  'content_text',
  'conversation_id',
  'votes',
  'changed_at',
] as const
export type FoundEntry = Pick<Entry, (typeof foundColumns)[number]>

/**
 * The entries that have all words of the query, the last one as the beginning of a word. Best first: all words in the
 * title, then with keywords, then with what the text is about, then anywhere; newest first among equals.
 * Any text is a query; one without words finds nothing.
 */
export async function searchEntries(db: Reader, filter: SearchFilter): Promise<FoundEntry[]> {
  const words = queryWords(filter.query)
  if (words.length === 0 || filter.limit === 0) return []
  const { rows } = await db.executeQuery(searchQuery(db, words, filter))
  return rows
}

/** The statement of a search. Its text depends on the filters only, and is made once for each combination. */
export function searchQuery(db: Reader, words: readonly string[], filter: SearchFilter): CompiledQuery<FoundEntry> {
  const { kbId, top, publicOnly, limit } = filter
  const engine = engineOf(db)
  const key = `${engine} ${kbId === undefined ? '' : 'kb'} ${top ? 'top' : ''} ${publicOnly ? 'public' : ''}`
  let text = texts.get(key)
  if (text === undefined) {
    text = searchText(engine === 'postgres', filter)
    texts.set(key, text)
  }
  const path = top ? pathIn(top) : ''
  const parameters = [
    engine === 'postgres' ? postgresMatch(words) : sqliteMatch(words),
    ...(kbId === undefined ? [] : [kbId]),
    ...(top ? [top.id, path, `${path}|`, `${path}}`] : []),
    limit * MAX_ROWS_PER_ENTRY,
    limit,
  ]
  return CompiledQuery.raw(text, parameters) as CompiledQuery<FoundEntry>
}

const texts = new Map<string, string>()

function searchText(isPostgres: boolean, { kbId, top, publicOnly }: SearchFilter): string {
  let count = 0
  // `+?`: see StablePlanCompiler in db/dialects/sqlite.ts.
  const value = (type = ''): string => (isPostgres ? `$${++count}${type}` : '+?')
  const spot = isPostgres ? 'kb_search.spot' : 'kb_search.rowid'
  const match = isPostgres ? `kb_search.words @@ ${value('::tsquery')}` : `kb_search match ${value()}`
  const conditions = [
    match,
    ...(kbId === undefined ? [] : [`scope.kb_id = ${value()}`]),
    ...(top
      ? [
          `(scope.id = ${value('::bigint')} or scope.treepath = ${value()}
            or (scope.treepath >= ${value()} and scope.treepath < ${value()}))`,
        ]
      : []),
    ...(publicOnly ? [`scope.access_inherited = 'P'`] : []),
  ]
  // SQLite must walk through the matches and look at each entry. The other way round it would search once for each entry.
  const join = isPostgres ? 'join' : 'cross join'
  const scope = conditions.length > 1 ? `${join} kb_entries scope on scope.id = (${spot} & ${ENTRY_MASK})` : ''
  return `
    select ${foundColumns.map((column) => `entry.${column}`).join(', ')}
    from (
      select id, max(spot) as best from (
        select ${spot} & ${ENTRY_MASK} as id, ${spot} as spot from kb_search ${scope}
        where ${conditions.join(' and ')}
        order by ${spot} desc limit ${value('::bigint')}
      ) as hits group by id order by best desc limit ${value('::bigint')}
    ) as found join kb_entries entry on entry.id = found.id
    order by found.best desc`
}

// Words are letters and digits only: nothing in them could be read as an operator. Quoted, AND is a word like any other.
const sqliteMatch = (words: readonly string[]): string => `${words.map((word) => `"${word}"`).join(' ')}*`
const quoted = (word: string): string => `'${word}'`
const postgresMatch = (words: readonly string[]): string => `${words.map(quoted).join(' & ')}:*`
