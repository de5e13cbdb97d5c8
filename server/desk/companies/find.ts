// Lists of companies.
import { type SqlBool, sql } from 'kysely'
import type { Reader } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import { escapeLike, fold } from '../../lib/fold.ts'
import type { Company } from './companies.ts'

/** Companies in the order in which they were added. Without a limit, all. */
export function listCompanies(db: Reader, page: { limit?: number | undefined; offset?: number | undefined } = {}) {
  const query = db
    .selectFrom('companies')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
  // SQLite has no offset without a limit.
  return query
    .limit(page.limit ?? Number.MAX_SAFE_INTEGER)
    .offset(page.offset ?? 0)
    .execute()
}

export interface CompanySearch {
  /** A part of the name, compared without regard to case. */
  search?: string | undefined
  /** From `companyCursor` of the last row of the page before. */
  cursor?: string | undefined
  limit: number
}

/** Where a search can be continued after this row. */
export const companyCursor = (row: Pick<Company, 'name_key' | 'id'>): string =>
  Buffer.from(JSON.stringify([row.name_key, row.id])).toString('base64url')

function parseCursor(cursor: string): { nameKey: string; id: string } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(parsed) && parsed.length === 2) {
      const [nameKey, id]: unknown[] = parsed
      if (typeof nameKey === 'string' && typeof id === 'string' && !`${nameKey}${id}`.includes('\0'))
        return { nameKey: nameKey.toWellFormed(), id: id.toWellFormed() }
    }
  } catch {}
  throw new Invalid('cursor', 'is not a cursor that this list has given out')
}

/** Companies by name. */
export function searchCompanies(db: Reader, { search, cursor, limit }: CompanySearch): Promise<Company[]> {
  let query = db
    .selectFrom('companies')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('name_key')
    .orderBy('id')
    .limit(limit)
  if (search !== undefined)
    query = query.where(sql<SqlBool>`name_key like ${`%${escapeLike(fold(search.trim()))}%`} escape '\\'`)
  if (cursor !== undefined) {
    const { nameKey, id } = parseCursor(cursor)
    query = query.where(sql<SqlBool>`(name_key, id) > (${nameKey}, ${id})`)
  }
  return query.execute()
}
