// GET /api/knowledgebase/articles
import { z } from 'zod'
import { treePath } from '../../../../contract/v1/knowledgebase.ts'
import { int, text } from '../../../../contract/v1/params.ts'
import { addressWithoutScheme } from '../../../desk/knowledge/address.ts'
import { getKnowledgebase } from '../../../desk/knowledge/knowledgebases.ts'
import { listEntries } from '../../../desk/knowledge/list.ts'
import { v1 } from '../route.ts'
import { entryRow } from '../wire/knowledgebase.ts'

export const routes = [
  // The older name of the list of entries: categories stand in it too.
  v1(
    'GET',
    '/api/knowledgebase/articles',
    z.object({
      limit: int(500),
      offset: int(),
      kb_id: text(),
      tree_path: treePath(),
      parent_id: int(),
      article_id: int(),
    }),
    async ({ app, params, zone }) => {
      const db = app.database.reader
      if (params.kb_id !== undefined) await getKnowledgebase(db, params.kb_id)
      const entries = await listEntries(db, {
        kbId: params.kb_id,
        path: params.tree_path,
        parentId: params.parent_id,
        id: params.article_id,
        limit: params.limit ?? 10,
        offset: params.offset ?? 0,
      })
      const publicUrl = app.publicUrl()
      return {
        articles: entries.map((entry) => ({ ...entryRow(entry, zone), url: addressWithoutScheme(publicUrl, entry) })),
      }
    },
  ),
]
