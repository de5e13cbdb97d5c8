// GET /api/knowledgebase/entries · DELETE /api/knowledgebase/entries/:entry_id
import { z } from 'zod'
import { treePath } from '../../../../contract/v1/knowledgebase.ts'
import { datetime, int, needed, text } from '../../../../contract/v1/params.ts'
import { entryIdOf, removeEntry } from '../../../desk/knowledge/entries.ts'
import { getKnowledgebase } from '../../../desk/knowledge/knowledgebases.ts'
import { listEntries } from '../../../desk/knowledge/list.ts'
import { v1 } from '../route.ts'
import { fromWall } from '../wire/dates.ts'
import { OK } from '../wire/envelope.ts'
import { entryRow } from '../wire/knowledgebase.ts'

export const routes = [
  v1(
    'GET',
    '/api/knowledgebase/entries',
    z.object({
      limit: int(500),
      offset: int(),
      kb_id: text(),
      tree_path: treePath(),
      parent_entry_id: int(),
      entry_id: int(),
      date_changed: datetime(),
    }),
    async ({ app, params, zone }) => {
      const db = app.database.reader
      if (params.kb_id !== undefined) await getKnowledgebase(db, params.kb_id)
      const entries = await listEntries(db, {
        kbId: params.kb_id,
        path: params.tree_path,
        parentId: params.parent_entry_id,
        id: params.entry_id,
        // From the start of the second, or of the day: whoever asks for what changed since his last look misses nothing.
        changedFrom: params.date_changed && fromWall(params.date_changed, zone),
        limit: params.limit ?? 50,
        offset: params.offset ?? 0,
      })
      return { entries: entries.map((entry) => entryRow(entry, zone)) }
    },
  ),

  v1('DELETE', '/api/knowledgebase/entries/:entry_id', z.object({ entry_id: needed() }), async ({ app, params }) => {
    const id = entryIdOf(params.entry_id)
    await app.database.write((tx) => removeEntry(tx, id))
    return OK
  }),
]
