// Entries of knowledge bases: categories, articles, forums with topics, suggestion categories with suggestions.
import type { Selectable } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, Invalid, NotFound } from '../../lib/errors.ts'
import { newUrlCode } from '../../lib/ids.ts'
import { getDepartment } from '../departments/departments.ts'
import type { PreparedContent } from './content.ts'
import { DEFAULT_KNOWLEDGEBASE } from './ids.ts'
import { getKnowledgebase } from './knowledgebases.ts'
import { type Access, type EntryStatus, type EntryType, isContribution, mayLieIn, placesOf } from './letters.ts'
import { indexEntry, reindexEntry, unindexEntries } from './search.ts'
import type { KbEntryRow } from './tables.ts'
import { depthOf, isBelow, levelsBelow, lockTree, MAX_DEPTH, orderAtTop, pathIn, ROOT, settleBelow } from './tree.ts'

export type Entry = Selectable<KbEntryRow>

/** An entry by id; what was deleted is not there. */
export async function getEntry(db: Reader, id: number): Promise<Entry> {
  const row = await db
    .selectFrom('kb_entries')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw new NotFound(`Knowledge base entry '${id}' not found`)
  return row
}

/** The number that an identifier in an address stands for. What is no number names nothing. */
export function entryIdOf(identifier: string): number {
  if (!/^\d{1,15}$/.test(identifier)) throw new NotFound(`Knowledge base entry '${identifier}' not found`)
  return Number(identifier)
}

/** What may be set when an entry is made and later. */
export interface EntryFields {
  title: string
  rstatus?: EntryStatus | undefined
  access?: Access | undefined
  /** Smaller comes first. At the top unless said otherwise. */
  rorder?: number | undefined
  keywords?: string | undefined
  metadescription?: string | undefined
  description?: string | undefined
  /** From content.ts. */
  content?: PreparedContent | undefined
  /** Which department answers what is asked in this forum or suggested in this category. Null: the default one. */
  departmentId?: string | null | undefined
}

export interface EntryDraft extends EntryFields {
  rtype: EntryType
  /** Without it, that of the parent, else the default one. */
  kbId?: string | undefined
  /** 0: directly under the knowledge base. */
  parentId?: number | undefined
  conversationId?: string | undefined
  authorId?: string | undefined
}

export async function addEntry(tx: Tx, draft: EntryDraft): Promise<Entry> {
  await lockTree(tx)
  const place = await placeFor(tx, draft.rtype, draft)
  assertStatus(draft.rtype, draft.rstatus)
  if (draft.departmentId) await getDepartment(tx, draft.departmentId)
  const now = Date.now()
  const access = draft.access ?? 'P'
  const row = {
    ...columnsOf(place, access),
    rtype: draft.rtype,
    rstatus: draft.rstatus ?? (draft.rtype === 'S' ? 'N' : 'P'),
    access,
    urlcode: await freeUrlCode(tx),
    rorder: draft.rorder ?? (await orderAtTop(tx, place.kbId, place.parent?.id ?? ROOT)),
    title: titleOf(draft.title),
    metadescription: draft.metadescription ?? '',
    keywords: draft.keywords ?? '',
    content: draft.content?.html ?? '',
    content_text: draft.content?.text ?? '',
    description: draft.description ?? '',
    conversation_id: draft.conversationId ?? null,
    department_id: draft.departmentId ?? null,
    author_id: draft.authorId ?? null,
    views: 0,
    votes: 0,
    created_at: now,
    changed_at: now,
    deleted_at: null,
  }
  const { id } = await tx.insertInto('kb_entries').values(row).returning('id').executeTakeFirstOrThrow()
  const entry: Entry = { ...row, id }
  await indexEntry(tx, entry)
  recordEvent(tx, { type: 'kbentry.added', data: eventData(entry) })
  return entry
}

export interface EntryPatch extends Partial<EntryFields> {
  /** Moves the entry with everything below it. */
  parentId?: number | undefined
  /** Moves it to another knowledge base: to its top level unless `parentId` says where. */
  kbId?: string | undefined
}

/** What the search index is made of. Moving or reordering an entry leaves it as it is. */
const SEARCHED = ['title', 'keywords', 'metadescription', 'description', 'content_text', 'rstatus'] as const

/** Changes what the patch names. */
export async function changeEntry(tx: Tx, id: number, patch: EntryPatch): Promise<Entry> {
  await lockTree(tx)
  const before = await getEntry(tx, id)
  const place = await placeAfter(tx, before, patch)
  assertStatus(before.rtype, patch.rstatus)
  if (patch.departmentId) await getDepartment(tx, patch.departmentId)
  const now = Date.now()
  const access = patch.access ?? before.access
  const entry: Entry = {
    ...before,
    ...(place && columnsOf(place, access)),
    access,
    rstatus: patch.rstatus ?? before.rstatus,
    rorder: patch.rorder ?? (place ? await orderAtTop(tx, place.kbId, place.parent?.id ?? ROOT) : before.rorder),
    title: patch.title === undefined ? before.title : titleOf(patch.title),
    metadescription: patch.metadescription ?? before.metadescription,
    keywords: patch.keywords ?? before.keywords,
    content: patch.content?.html ?? before.content,
    content_text: patch.content?.text ?? before.content_text,
    description: patch.description ?? before.description,
    department_id: patch.departmentId === undefined ? before.department_id : patch.departmentId,
    changed_at: now,
  }
  if (!place) entry.access_inherited = inherited(access, await parentOf(tx, before))
  const { id: _id, ...columns } = entry
  await tx.updateTable('kb_entries').set(columns).where('id', '=', id).execute()
  if (place || entry.access_inherited !== before.access_inherited) await settleBelow(tx, id, now)
  if (SEARCHED.some((column) => entry[column] !== before[column])) await reindexEntry(tx, entry)
  recordEvent(tx, { type: place ? 'kbentry.moved' : 'kbentry.changed', data: eventData(entry) })
  return entry
}

/**
 * Deletes an entry. A topic or suggestion stays in lists as deleted; anything else is gone, with everything below it.
 * Conversations that came from a suggestion stay.
 */
export async function removeEntry(tx: Tx, id: number): Promise<void> {
  await lockTree(tx)
  const entry = await getEntry(tx, id)
  if (isContribution(entry.rtype)) {
    const now = Date.now()
    const gone = { ...entry, deleted_at: now, changed_at: now }
    await tx.updateTable('kb_entries').set({ deleted_at: now, changed_at: now }).where('id', '=', id).execute()
    await reindexEntry(tx, gone)
  } else {
    const below = tx
      .selectFrom('kb_entries')
      .select('id')
      .where((where) => isBelow(where, pathIn(entry)))
    await unindexEntries(tx, below.unionAll(tx.selectFrom('kb_entries').select('id').where('id', '=', id)))
    await tx
      .deleteFrom('kb_entries')
      .where((where) => isBelow(where, pathIn(entry)))
      .execute()
    await tx.deleteFrom('kb_entries').where('id', '=', id).execute()
  }
  recordEvent(tx, { type: 'kbentry.removed', data: eventData(entry) })
}

interface Place {
  kbId: string
  parent: Entry | undefined
}

/** Where a draft says it belongs. */
async function placeFor(
  tx: Tx,
  rtype: string,
  where: { kbId?: string | undefined; parentId?: number | undefined },
): Promise<Place> {
  const parent = where.parentId ? await findParent(tx, where.parentId) : undefined
  if (!mayLieIn(rtype, parent?.rtype))
    throw new Invalid('parent_entry_id', `must name ${placesOf(rtype as EntryType)} for an entry of type ${rtype}`)
  if (parent && where.kbId !== undefined && where.kbId !== parent.kb_id)
    throw new Invalid('parent_entry_id', `must be in knowledge base '${where.kbId}': it is in '${parent.kb_id}'`)
  const kbId = parent?.kb_id ?? where.kbId ?? DEFAULT_KNOWLEDGEBASE
  await getKnowledgebase(tx, kbId)
  if (depthOf(pathIn(parent)) > MAX_DEPTH)
    throw new Invalid('parent_entry_id', `lies too deep: a tree may have ${MAX_DEPTH} levels`)
  return { kbId, parent }
}

/** Where a patch moves an entry to; undefined if it stays where it is. */
async function placeAfter(tx: Tx, entry: Entry, patch: EntryPatch): Promise<Place | undefined> {
  if (patch.parentId === undefined && (patch.kbId === undefined || patch.kbId === entry.kb_id)) return undefined
  const place = await placeFor(tx, entry.rtype, {
    kbId: patch.kbId ?? (patch.parentId ? undefined : entry.kb_id),
    parentId: patch.parentId,
  })
  if (place.kbId === entry.kb_id && (place.parent?.id ?? ROOT) === entry.parent_id) return undefined
  const path = pathIn(place.parent)
  if (path === pathIn(entry) || path.startsWith(`${pathIn(entry)}|`))
    throw new Invalid('parent_entry_id', 'must not be the entry itself or anything below it')
  if (depthOf(path) + (await levelsBelow(tx, entry)) > MAX_DEPTH)
    throw new Invalid(
      'parent_entry_id',
      `lies too deep for what is below the entry: a tree may have ${MAX_DEPTH} levels`,
    )
  return place
}

async function findParent(tx: Tx, id: number): Promise<Entry> {
  const parent = await parentOf(tx, { parent_id: id })
  if (!parent || parent.deleted_at !== null)
    throw new NotFound(`Parameter 'parent_entry_id' names no entry: '${id}' not found`)
  return parent
}

const parentOf = (db: Reader, { parent_id }: { parent_id: number }): Promise<Entry | undefined> =>
  db.selectFrom('kb_entries').selectAll().where('id', '=', parent_id).executeTakeFirst()

const inherited = (access: string, parent: Entry | undefined): string =>
  access === 'I' || parent?.access_inherited === 'I' ? 'I' : 'P'

const columnsOf = ({ kbId, parent }: Place, access: string) => ({
  kb_id: kbId,
  parent_id: parent?.id ?? ROOT,
  treepath: pathIn(parent),
  access_inherited: inherited(access, parent),
})

/** What holds others is there or not yet; only what somebody wrote goes through stages. */
function assertStatus(rtype: string, rstatus: EntryStatus | undefined): void {
  if (rstatus !== undefined && ['C', 'Q', 'G'].includes(rtype) && rstatus !== 'P' && rstatus !== 'D')
    throw new Invalid('rstatus', 'must be P or D for a category or forum')
}

function titleOf(text: string): string {
  const title = text.trim()
  if (title === '') throw new Invalid('title', 'must not be blank')
  return title
}

const CODE_ATTEMPTS = 100

async function freeUrlCode(tx: Tx): Promise<string> {
  for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt++) {
    const urlcode = newUrlCode()
    const taken = await tx.selectFrom('kb_entries').select('id').where('urlcode', '=', urlcode).executeTakeFirst()
    if (!taken) return urlcode
  }
  throw new Conflict('There are no six-digit codes left for new entries: delete some first.')
}

const eventData = (entry: Entry) => ({ kb_id: entry.kb_id, kb_entry_id: String(entry.id), rtype: entry.rtype })
