// The knowledge base as everybody sees it: what is public with all that lies above it, published, and not deleted.
import { type SqlBool, sql } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { NotFound } from '../../lib/errors.ts'

/** What pages need to list and to link an entry. */
export interface PageLink {
  id: number
  kb_id: string
  rtype: string
  urlcode: string
  title: string
  description: string
}

export interface PublicPage extends PageLink {
  /** Sanitised HTML. */
  content: string
  metadescription: string
  keywords: string
  changed_at: number
  kb_name: string
  /** From the top to the parent; what readers may not find is left out. */
  path: PageLink[]
  children: PageLink[]
}

const LINK = [
  'kb_entries.id',
  'kb_entries.kb_id',
  'kb_entries.rtype',
  'kb_entries.urlcode',
  'kb_entries.title',
  'kb_entries.description',
] as const

/** More than this under one parent is no navigation any more. */
const MAX_CHILDREN = 1_000

/** What isShown in letters.ts says, and public: for the database, since lists must not collect what they then drop. */
const isVisible = sql<SqlBool>`kb_entries.deleted_at is null and kb_entries.access_inherited = 'P'
  and case when kb_entries.rtype in ('R', 'S') then kb_entries.rstatus not in ('D', 'I') else kb_entries.rstatus = 'P' end`

const visibleLinks = (db: Reader) => db.selectFrom('kb_entries').select(LINK).where(isVisible)

/** The page behind a url code, with the way to it and what is below. What is not for everybody does not exist here. */
export async function getPublicPage(db: Reader, urlcode: string): Promise<PublicPage> {
  const row = await db
    .selectFrom('kb_entries')
    .innerJoin('knowledgebases', 'knowledgebases.id', 'kb_entries.kb_id')
    .select([
      ...LINK,
      'kb_entries.content',
      'kb_entries.metadescription',
      'kb_entries.keywords',
      'kb_entries.changed_at',
      'kb_entries.treepath',
      'knowledgebases.name as kb_name',
    ])
    .where('kb_entries.urlcode', '=', urlcode)
    .where('knowledgebases.deleted_at', 'is', null)
    .where(isVisible)
    .executeTakeFirst()
  if (!row) throw new NotFound('There is no such page.')
  return { ...row, path: await listPath(db, row.treepath), children: await listPublicChildren(db, row.kb_id, row.id) }
}

/** The visible entries that a tree path names, in its order. */
async function listPath(db: Reader, treepath: string): Promise<PageLink[]> {
  const ids = treepath.split('|').map(Number)
  const rows = await visibleLinks(db).where('kb_entries.id', 'in', ids).execute()
  return ids.flatMap((id) => rows.find((row) => row.id === id) ?? [])
}

/** What stands directly under an entry, or (parent 0) at the top of a knowledge base. */
export const listPublicChildren = (db: Reader, kbId: string, parentId: number): Promise<PageLink[]> =>
  visibleLinks(db)
    .where('kb_entries.kb_id', '=', kbId)
    .where('kb_entries.parent_id', '=', parentId)
    .orderBy('kb_entries.rorder')
    .orderBy('kb_entries.id')
    .limit(MAX_CHILDREN)
    .execute()

export interface PublicKnowledgebase {
  id: string
  name: string
  entries: PageLink[]
}

/** The knowledge bases in which there is something to see, each with what stands at its top. */
export async function listPublicKnowledgebases(db: Reader): Promise<PublicKnowledgebase[]> {
  const bases = await db
    .selectFrom('knowledgebases')
    .select(['id', 'name'])
    .where('deleted_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute()
  const filled: PublicKnowledgebase[] = []
  for (const base of bases) filled.push({ ...base, entries: await listPublicChildren(db, base.id, 0) })
  return filled.filter(({ entries }) => entries.length > 0)
}

/** Adds to the views of entries, by id. Called for many requests at once: see http/page-views.ts. */
export async function noteViews(tx: Tx, views: ReadonlyMap<number, number>): Promise<void> {
  for (const [id, count] of views) {
    await tx
      .updateTable('kb_entries')
      .set((eb) => ({ views: eb('views', '+', count) }))
      .where('id', '=', id)
      .execute()
  }
}
