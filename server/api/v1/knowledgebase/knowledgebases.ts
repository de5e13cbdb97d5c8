// GET /api/knowledgebase/knowledgebases
import { z } from 'zod'
import { int } from '../../../../contract/v1/params.ts'
import { listKnowledgebases } from '../../../desk/knowledge/knowledgebases.ts'
import { v1 } from '../route.ts'

export const routes = [
  v1(
    'GET',
    '/api/knowledgebase/knowledgebases',
    z.object({ limit: int(500), offset: int() }),
    async ({ app, params }) => {
      const page = { limit: params.limit ?? 10, offset: params.offset ?? 0 }
      const rows = await listKnowledgebases(app.database.reader, page)
      return { knowledgebases: rows.map(({ id, name }) => ({ kb_id: id, name })) }
    },
  ),
]
