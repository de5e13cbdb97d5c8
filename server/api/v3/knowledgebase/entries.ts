// /api/v3/knowledgebase/entries
import { z } from 'zod'
import { instantText } from '../../../../contract/v3/kinds.ts'
import {
  kbEntryDraftSchema,
  kbEntryPatchSchema,
  kbEntryQuerySchema,
  kbEntrySchema,
} from '../../../../contract/v3/knowledgebase.ts'
import { userOf } from '../../../desk/actor.ts'
import { addressOf } from '../../../desk/knowledge/address.ts'
import { prepareContent } from '../../../desk/knowledge/content.ts'
import {
  addEntry,
  changeEntry,
  type Entry,
  type EntryPatch,
  entryIdOf,
  getEntry,
  removeEntry,
} from '../../../desk/knowledge/entries.ts'
import { listEntries } from '../../../desk/knowledge/list.ts'
import { byId, DONE, deletedSchema, v3 } from '../route.ts'

const viewFor =
  (publicUrl: string) =>
  (entry: Entry): z.input<typeof kbEntrySchema> => ({
    kb_id: entry.kb_id,
    kb_entry_id: String(entry.id),
    parent_entry_id: entry.parent_id === 0 ? null : String(entry.parent_id),
    rtype: entry.rtype,
    rstatus: entry.rstatus,
    access: entry.access,
    access_inherited: entry.access_inherited,
    urlcode: entry.urlcode,
    treepath: entry.treepath,
    rorder: entry.rorder,
    title: entry.title,
    metadescription: entry.metadescription,
    keywords: entry.keywords,
    content: entry.content,
    description: entry.description,
    conversationid: entry.conversation_id,
    departmentid: entry.department_id,
    views: entry.views,
    votes: entry.votes,
    datecreated: instantText(entry.created_at),
    datechanged: instantText(entry.changed_at),
    deleted: entry.deleted_at !== null,
    url: addressOf(publicUrl, entry),
  })

async function patchOf(body: z.output<typeof kbEntryPatchSchema>): Promise<EntryPatch> {
  const { kb_id, parent_entry_id, departmentid, content, ...others } = body
  return {
    ...others,
    kbId: kb_id,
    parentId: parent_entry_id,
    departmentId: departmentid,
    content: content === undefined ? undefined : await prepareContent(content),
  }
}

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/knowledgebase/entries',
    summary: 'Entries of knowledge bases: categories, articles, forums, topics, suggestions.',
    query: kbEntryQuerySchema,
    answer: z.object({ entries: z.array(kbEntrySchema) }),
    handle: async ({ app, query }) => {
      const entries = await listEntries(app.database.reader, {
        kbId: query.kb_id,
        parentId: query.parent_entry_id,
        type: query.rtype,
        status: query.rstatus,
        conversationId: query.conversationid,
        isDeleted: query.deleted === 'true',
        limit: query.limit,
        offset: query.offset,
      })
      return { entries: entries.map(viewFor(app.publicUrl())) }
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/knowledgebase/entries',
    summary: 'Adds an entry.',
    body: kbEntryDraftSchema,
    answer: kbEntrySchema,
    handle: async ({ app, actor, body }) => {
      const { rtype, title, ...others } = body
      const draft = { ...(await patchOf(others)), rtype, title }
      const authorId = actor.kind === 'agent' ? userOf(actor) : undefined
      return viewFor(app.publicUrl())(await app.database.write((tx) => addEntry(tx, { ...draft, authorId })))
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/knowledgebase/entries/:id',
    summary: 'One entry.',
    path: byId,
    answer: kbEntrySchema,
    handle: async ({ app, path }) => viewFor(app.publicUrl())(await getEntry(app.database.reader, entryIdOf(path.id))),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/knowledgebase/entries/:id',
    summary:
      'Changes an entry: its words, its place in the tree (with everything below it), its order, who may see it.',
    path: byId,
    body: kbEntryPatchSchema,
    answer: kbEntrySchema,
    handle: async ({ app, path, body }) => {
      const id = entryIdOf(path.id)
      const patch = await patchOf(body)
      return viewFor(app.publicUrl())(await app.database.write((tx) => changeEntry(tx, id, patch)))
    },
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/knowledgebase/entries/:id',
    summary: 'Deletes an entry with everything below it; topics and suggestions stay in lists as deleted.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, path }) => {
      const id = entryIdOf(path.id)
      await app.database.write((tx) => removeEntry(tx, id))
      return DONE
    },
  }),
]
