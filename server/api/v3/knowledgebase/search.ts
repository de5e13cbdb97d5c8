// GET /api/v3/knowledgebase/search
import { z } from 'zod'
import { instantText } from '../../../../contract/v3/kinds.ts'
import { kbFoundSchema, kbSearchQuerySchema } from '../../../../contract/v3/knowledgebase.ts'
import { addressOf } from '../../../desk/knowledge/address.ts'
import { getEntry } from '../../../desk/knowledge/entries.ts'
import { type FoundEntry, searchEntries } from '../../../desk/knowledge/search.ts'
import { v3 } from '../route.ts'

const PREVIEW_LENGTH = 300

const viewFor =
  (publicUrl: string) =>
  (entry: FoundEntry): z.input<typeof kbFoundSchema> => ({
    kb_id: entry.kb_id,
    kb_entry_id: String(entry.id),
    rtype: entry.rtype,
    rstatus: entry.rstatus,
    access_inherited: entry.access_inherited,
    treepath: entry.treepath,
    title: entry.title,
    preview: entry.content_text.slice(0, PREVIEW_LENGTH).replace(/\s+/g, ' ').trim().toWellFormed(),
    conversationid: entry.conversation_id,
    datechanged: instantText(entry.changed_at),
    url: addressOf(publicUrl, entry),
  })

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/knowledgebase/search',
    summary: 'What readers may find about some words, best first.',
    query: kbSearchQuerySchema,
    answer: z.object({ entries: z.array(kbFoundSchema) }),
    handle: async ({ app, query }) => {
      const db = app.database.reader
      const entries = await searchEntries(db, {
        query: query.query,
        kbId: query.kb_id,
        top: query.top_entry_id ? await getEntry(db, query.top_entry_id) : undefined,
        publicOnly: query.access === 'P',
        limit: query.limit,
      })
      return { entries: entries.map(viewFor(app.publicUrl())) }
    },
  }),
]
