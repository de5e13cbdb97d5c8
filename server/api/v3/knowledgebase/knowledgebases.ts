// /api/v3/knowledgebase/knowledgebases
import { z } from 'zod'
import { instantText } from '../../../../contract/v3/kinds.ts'
import {
  knowledgebaseDraftSchema,
  knowledgebasePatchSchema,
  knowledgebaseQuerySchema,
  knowledgebaseSchema,
} from '../../../../contract/v3/knowledgebase.ts'
import {
  addKnowledgebase,
  changeKnowledgebase,
  getKnowledgebase,
  type Knowledgebase,
  listKnowledgebases,
  removeKnowledgebase,
} from '../../../desk/knowledge/knowledgebases.ts'
import { byId, DONE, deletedSchema, v3 } from '../route.ts'

const view = (row: Knowledgebase): z.input<typeof knowledgebaseSchema> => ({
  kb_id: row.id,
  name: row.name,
  position: row.position,
  datecreated: instantText(row.created_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/knowledgebase/knowledgebases',
    summary: 'Knowledge bases in their order.',
    query: knowledgebaseQuerySchema,
    answer: z.object({ knowledgebases: z.array(knowledgebaseSchema) }),
    handle: async ({ app, query }) => ({
      knowledgebases: (await listKnowledgebases(app.database.reader, query)).map(view),
    }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/knowledgebase/knowledgebases',
    summary: 'Adds a knowledge base. Administrators only.',
    body: knowledgebaseDraftSchema,
    answer: knowledgebaseSchema,
    handle: async ({ app, actor, body }) => view(await app.database.write((tx) => addKnowledgebase(tx, actor, body))),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/knowledgebase/knowledgebases/:id',
    summary: 'One knowledge base.',
    path: byId,
    answer: knowledgebaseSchema,
    handle: async ({ app, path }) => view(await getKnowledgebase(app.database.reader, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/knowledgebase/knowledgebases/:id',
    summary: 'Renames a knowledge base or moves it in the order. Administrators only.',
    path: byId,
    body: knowledgebasePatchSchema,
    answer: knowledgebaseSchema,
    handle: async ({ app, actor, path, body }) =>
      view(await app.database.write((tx) => changeKnowledgebase(tx, actor, path.id, body))),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/knowledgebase/knowledgebases/:id',
    summary: 'Deletes a knowledge base that has no entries. Administrators only.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeKnowledgebase(tx, actor, path.id))
      return DONE
    },
  }),
]
