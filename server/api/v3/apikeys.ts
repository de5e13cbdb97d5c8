// /api/v3/apikeys
import { z } from 'zod'
import { apiKeyDraftSchema, apiKeyPatchSchema, apiKeySchema, newApiKeySchema } from '../../../contract/v3/apikeys.ts'
import { instantText, instantTextOrNull } from '../../../contract/v3/kinds.ts'
import {
  type ApiKey,
  addApiKey,
  changeApiKey,
  getApiKey,
  listApiKeys,
  revokeApiKey,
  rightsOf,
} from '../../desk/keys/keys.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (key: ApiKey): z.input<typeof apiKeySchema> => ({
  id: key.id,
  name: key.name,
  rights: rightsOf(key),
  rate_limit: key.rate_limit,
  datecreated: instantText(key.created_at),
  datelastused: instantTextOrNull(key.last_used_at),
  daterevoked: instantTextOrNull(key.revoked_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/apikeys',
    summary: 'All API keys, revoked ones included. The keys themselves are not shown. For administrators.',
    answer: z.object({ apikeys: z.array(apiKeySchema) }),
    handle: async ({ app, actor }) => ({ apikeys: (await listApiKeys(app.database.reader, actor)).map(view) }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/apikeys',
    summary: 'Creates an API key and shows it this once. For administrators; one with full rights for owners.',
    body: apiKeyDraftSchema,
    answer: newApiKeySchema,
    handle: async ({ app, actor, body }) => {
      const { key, ...row } = await app.database.write((tx) =>
        addApiKey(tx, actor, { name: body.name, rights: body.rights, rateLimit: body.rate_limit ?? null }),
      )
      return { ...view(row), key }
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/apikeys/:id',
    summary: 'One API key. For administrators.',
    path: byId,
    answer: apiKeySchema,
    handle: async ({ app, actor, path }) => view(await getApiKey(app.database.reader, actor, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/apikeys/:id',
    summary: 'Changes the name, the rights or the rate limit of an API key. For administrators.',
    path: byId,
    body: apiKeyPatchSchema,
    answer: apiKeySchema,
    handle: async ({ app, actor, path, body }) =>
      view(
        await app.database.write((tx) =>
          changeApiKey(tx, actor, path.id, { name: body.name, rights: body.rights, rateLimit: body.rate_limit }),
        ),
      ),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/apikeys/:id',
    summary: 'Revokes an API key for good. For administrators.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => revokeApiKey(tx, actor, path.id))
      return DONE
    },
  }),
]
