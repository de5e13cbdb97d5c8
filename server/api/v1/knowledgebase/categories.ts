// POST /api/knowledgebase/categories
import { z } from 'zod'
import { int, needed, oneOf, text } from '../../../../contract/v1/params.ts'
import { addEntry } from '../../../desk/knowledge/entries.ts'
import { v1 } from '../route.ts'
import { categoryRecord } from '../wire/knowledgebase.ts'

export const routes = [
  v1(
    'POST',
    '/api/knowledgebase/categories',
    z.object({
      title: needed(),
      kb_id: text(),
      parent_entry_id: int(),
      rtype: oneOf('C', 'Q', 'G'),
      access: oneOf('I', 'P'),
      rorder: int(),
      keywords: text(10_000),
      departmentid: text(),
      description: text(100_000),
    }),
    async ({ app, params, zone }) => {
      const category = await app.database.write((tx) =>
        addEntry(tx, {
          rtype: params.rtype ?? 'C',
          kbId: params.kb_id,
          parentId: params.parent_entry_id,
          title: params.title,
          access: params.access,
          rorder: params.rorder,
          keywords: params.keywords,
          departmentId: params.departmentid,
          description: params.description,
        }),
      )
      return categoryRecord(category, zone)
    },
  ),
]
