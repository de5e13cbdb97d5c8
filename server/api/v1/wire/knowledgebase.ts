// Knowledge base entries as API v1 shows them. What is not there is an empty text here, never null.
import { addressWithoutScheme } from '../../../desk/knowledge/address.ts'
import type { Entry } from '../../../desk/knowledge/entries.ts'
import type { FoundEntry } from '../../../desk/knowledge/search.ts'
import { toDate } from './dates.ts'

/** An entry in a list. */
export const entryRow = (entry: Entry, zone: string) => ({
  kb_id: entry.kb_id,
  kb_entry_id: String(entry.id),
  parent_entry_id: parentOf(entry),
  rtype: entry.rtype,
  rstatus: entry.rstatus,
  access: entry.access,
  access_inherited: entry.access_inherited,
  urlcode: entry.urlcode,
  treepath: entry.treepath,
  rorder: String(entry.rorder),
  title: entry.title,
  metadescription: entry.metadescription,
  keywords: entry.keywords,
  content: entry.content,
  conversationid: entry.conversation_id ?? '',
  departmentid: entry.department_id ?? '',
  views: String(entry.views),
  votes: String(entry.votes),
  datecreated: toDate(entry.created_at, zone),
  datechanged: toDate(entry.changed_at, zone),
  deleted: entry.deleted_at === null ? 'N' : 'Y',
  description: entry.description,
})

/** What creating a category answers. */
export const categoryRecord = (entry: Entry, zone: string) => {
  const row = entryRow(entry, zone)
  return {
    kb_id: row.kb_id,
    kb_entry_id: row.kb_entry_id,
    parent_entry_id: row.parent_entry_id,
    urlcode: row.urlcode,
    title: row.title,
    treepath: row.treepath,
    rtype: row.rtype,
    rstatus: row.rstatus,
    access: row.access,
    access_inherited: row.access_inherited,
    rorder: row.rorder,
    keywords: row.keywords,
    datecreated: row.datecreated,
    datechanged: row.datechanged,
    departmentid: row.departmentid,
    views: row.views,
    description: row.description,
  }
}

/** The document shows an empty text for what lies directly under a knowledge base. */
const parentOf = ({ parent_id }: Entry): string => (parent_id === 0 ? '' : String(parent_id))

/** A search result. */
export const foundRow = (entry: FoundEntry, publicUrl: string, zone: string) => ({
  kb_id: entry.kb_id,
  kb_entry_id: String(entry.id),
  rtype: entry.rtype,
  rstatus: entry.rstatus,
  access: entry.access,
  access_inherited: entry.access_inherited,
  urlcode: entry.urlcode,
  treepath: entry.treepath,
  title: entry.title,
  title_clear: entry.title,
  content_text: entry.content_text,
  content_simple_html: entry.content,
  conversationid: entry.conversation_id ?? '',
  votesCount: String(entry.votes),
  datechanged: toDate(entry.changed_at, zone),
  url: addressWithoutScheme(publicUrl, entry),
})
