// GET, POST /api/tags · GET, PUT, DELETE /api/tags/:tagid
import { z } from 'zod'
import { color, needed, text } from '../../../contract/v1/params.ts'
import { addTag, changeTag, getTag, listTags, removeTag } from '../../desk/tags/tags.ts'
import { v1 } from './route.ts'
import { OK } from './wire/envelope.ts'

export const routes = [
  v1('GET', '/api/tags', z.object({}), async ({ app }) => ({
    tags: (await listTags(app.database.reader)).map(({ id, name }) => ({ id, name })),
  })),

  v1(
    'POST',
    '/api/tags',
    z.object({ name: needed(255), color: color(), bg_color: color() }),
    async ({ app, params }) => {
      const tag = await app.database.write((tx) => addTag(tx, { ...params, bgColor: params.bg_color }))
      return { ...OK, id: tag.id, name: tag.name, color: tag.color, bg_color: tag.bg_color }
    },
  ),

  v1('GET', '/api/tags/:tagid', z.object({ tagid: needed() }), async ({ app, params }) => {
    const tag = await getTag(app.database.reader, params.tagid)
    // The document shows null for a tag that is not archived.
    return {
      id: tag.id,
      name: tag.name,
      is_archived: tag.is_archived ? 'Y' : null,
      color: tag.color,
      bg_color: tag.bg_color,
    }
  }),

  v1(
    'PUT',
    '/api/tags/:tagid',
    z.object({ tagid: needed(), name: text(255), color: color(), bg_color: color() }),
    async ({ app, params }) => {
      await app.database.write((tx) => changeTag(tx, params.tagid, { ...params, bgColor: params.bg_color }))
      return OK
    },
  ),

  v1('DELETE', '/api/tags/:tagid', z.object({ tagid: needed() }), async ({ app, params }) => {
    await app.database.write((tx) => removeTag(tx, params.tagid))
    return OK
  }),
]
