// /api/v3/tags
import { z } from 'zod'
import { instantText } from '../../../contract/v3/kinds.ts'
import { tagDraftSchema, tagPatchSchema, tagSchema } from '../../../contract/v3/tags.ts'
import { addTag, changeTag, getTag, listTags, removeTag, type Tag } from '../../desk/tags/tags.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (tag: Tag): z.input<typeof tagSchema> => ({
  id: tag.id,
  name: tag.name,
  color: tag.color,
  bg_color: tag.bg_color,
  is_archived: tag.is_archived === 1,
  datecreated: instantText(tag.created_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/tags',
    summary: 'All tags by name, archived ones included.',
    answer: z.object({ tags: z.array(tagSchema) }),
    handle: async ({ app }) => ({ tags: (await listTags(app.database.reader)).map(view) }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/tags',
    summary: 'Creates a tag.',
    body: tagDraftSchema,
    answer: tagSchema,
    handle: async ({ app, body }) =>
      view(
        await app.database.write((tx) => addTag(tx, { ...body, bgColor: body.bg_color, isArchived: body.is_archived })),
      ),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/tags/:id',
    summary: 'One tag.',
    path: byId,
    answer: tagSchema,
    handle: async ({ app, path }) => view(await getTag(app.database.reader, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/tags/:id',
    summary: 'Changes a tag; archives it or takes it back.',
    path: byId,
    body: tagPatchSchema,
    answer: tagSchema,
    handle: async ({ app, path, body }) =>
      view(
        await app.database.write((tx) =>
          changeTag(tx, path.id, { ...body, bgColor: body.bg_color, isArchived: body.is_archived }),
        ),
      ),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/tags/:id',
    summary: 'Deletes a tag and takes it off every conversation.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, path }) => {
      await app.database.write((tx) => removeTag(tx, path.id))
      return DONE
    },
  }),
]
