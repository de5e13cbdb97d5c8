// Suggestions: ideas of customers, each with a conversation in which it is answered.
import type { Reader, Tx } from '../../db/write.ts'
import { NotFound } from '../../lib/errors.ts'
import { openConversation } from '../conversations/conversation.ts'
import type { Author } from '../conversations/messages.ts'
import { DEFAULT_DEPARTMENT } from '../departments/departments.ts'
import type { PreparedContent } from './content.ts'
import { addEntry, type Entry } from './entries.ts'

export interface SuggestionCategory {
  id: number
  title: string
  /** Titles from the top category down, ` / ` between them; below the knowledge base itself, its name comes first. */
  path: string
}

/** All categories that take suggestions, in the order in which they were added. */
export async function listSuggestionCategories(db: Reader): Promise<SuggestionCategory[]> {
  const rows = await suggestionCategoriesQuery(db).execute()
  const titles = await titlesOf(
    db,
    rows.flatMap(({ treepath }) => ancestorsIn(treepath)),
  )
  return rows.map(({ id, title, treepath, name }) => {
    const above = ancestorsIn(treepath).map((ancestor) => titles.get(ancestor) ?? '')
    return { id, title, path: [...(above.length > 0 ? above : [name]), title].join(' / ') }
  })
}

export const suggestionCategoriesQuery = (db: Reader) =>
  db
    .selectFrom('kb_entries')
    .innerJoin('knowledgebases', 'knowledgebases.id', 'kb_entries.kb_id')
    .select(['kb_entries.id', 'kb_entries.title', 'kb_entries.treepath', 'knowledgebases.name'])
    .where('rtype', '=', 'G')
    .where('rstatus', '=', 'P')
    .orderBy('kb_entries.id')

const ancestorsIn = (treepath: string): number[] => treepath.split('|').slice(1).map(Number)

async function titlesOf(db: Reader, ids: readonly number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('kb_entries')
    .select(['id', 'title'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map(({ id, title }) => [id, title]))
}

/** A published suggestion category by id or url code. */
export async function getSuggestionCategory(db: Reader, identifier: string): Promise<Entry> {
  const categories = db.selectFrom('kb_entries').selectAll().where('rtype', '=', 'G').where('rstatus', '=', 'P')
  const byId = /^\d{1,15}$/.test(identifier)
    ? await categories.where('id', '=', Number(identifier)).executeTakeFirst()
    : undefined
  const category = byId ?? (await categories.where('urlcode', '=', identifier).executeTakeFirst())
  if (!category) throw new NotFound(`Parameter 'category' names no suggestion category: '${identifier}' not found`)
  return category
}

export interface SuggestionDraft {
  /** Who suggests. */
  author: Author
  /** The customer in whose name the conversation is. */
  customerId: string
  category: Entry
  subject: string
  /** Plain text, and the same as HTML. */
  message: PreparedContent
}

/** Adds a suggestion: an entry that others can find, and a new conversation for the department of its category. */
export async function addSuggestion(tx: Tx, draft: SuggestionDraft): Promise<Entry> {
  const conversation = await openConversation(tx, {
    author: draft.author,
    customerId: draft.customerId,
    departmentId: await departmentFor(tx, draft.category),
    subject: draft.subject,
    channel: 'S',
    message: { body: draft.message.text, isHtml: false, text: draft.message.text },
    mail: 'none',
  })
  return addEntry(tx, {
    rtype: 'S',
    parentId: draft.category.id,
    title: draft.subject,
    content: draft.message,
    conversationId: conversation.id,
    authorId: draft.author.userId,
  })
}

/** The department may have been deleted since the category was set up: somebody must still answer. */
async function departmentFor(tx: Tx, category: Entry): Promise<string> {
  const department = await tx
    .selectFrom('departments')
    .select('id')
    .where('id', '=', category.department_id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  return department?.id ?? DEFAULT_DEPARTMENT
}
