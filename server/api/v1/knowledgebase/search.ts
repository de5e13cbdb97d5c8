// GET /api/knowledgebase/search
import { z } from 'zod'
import { searchText } from '../../../../contract/v1/knowledgebase.ts'
import { int, text } from '../../../../contract/v1/params.ts'
import { getEntry } from '../../../desk/knowledge/entries.ts'
import { getKnowledgebase } from '../../../desk/knowledge/knowledgebases.ts'
import { searchEntries } from '../../../desk/knowledge/search.ts'
import { v1 } from '../route.ts'
import { foundRow } from '../wire/knowledgebase.ts'

export const routes = [
  v1(
    'GET',
    '/api/knowledgebase/search',
    z.object({ query: searchText(), top_article_id: int(), kb_id: text(), limit: int(500) }),
    async ({ app, params, zone }) => {
      const db = app.database.reader
      const entries = await searchEntries(db, {
        query: params.query,
        kbId: params.kb_id,
        // 0 is the root: everything lies below it.
        top: params.top_article_id ? await getEntry(db, params.top_article_id) : undefined,
        limit: params.limit ?? 10,
      })
      // Looked at only now: where something was found, there is a knowledge base, and searches are many.
      if (entries.length === 0 && params.kb_id !== undefined) await getKnowledgebase(db, params.kb_id)
      const publicUrl = app.publicUrl()
      const rows = entries.map((entry) => foundRow(entry, publicUrl, zone))
      // The newer document calls them entries, the older one articles.
      return { entries: rows, articles: rows }
    },
  ),
]
