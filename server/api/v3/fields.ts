// /api/v3/fields: what custom fields there are
import { z } from 'zod'
import { fieldDraftSchema, fieldEntitySchema, fieldPatchSchema, fieldSchema } from '../../../contract/v3/fields.ts'
import { instantText } from '../../../contract/v3/kinds.ts'
import {
  addField,
  changeField,
  type FieldDefinition,
  fieldOptions,
  getField,
  listFields,
  removeField,
} from '../../desk/fields/fields.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (field: FieldDefinition): z.input<typeof fieldSchema> => ({
  id: field.id,
  code: field.code,
  name: field.name,
  entity: fieldSchema.shape.entity.parse(field.entity),
  type: fieldSchema.shape.type.parse(field.type),
  options: fieldOptions(field),
  position: field.position,
  datecreated: instantText(field.created_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/fields',
    summary: 'The definitions of custom fields, in the order in which forms show them.',
    query: z.object({ entity: fieldEntitySchema.optional() }),
    answer: z.object({ fields: z.array(fieldSchema) }),
    handle: async ({ app, query }) => ({ fields: (await listFields(app.database.reader, query.entity)).map(view) }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/fields',
    summary: 'Defines a custom field. Administrators only.',
    body: fieldDraftSchema,
    answer: fieldSchema,
    handle: async ({ app, actor, body }) =>
      view(await app.database.write((tx) => addField(tx, actor, { ...body, type: body.type ?? 'text' }))),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/fields/:id',
    summary: 'One definition.',
    path: byId,
    answer: fieldSchema,
    handle: async ({ app, path }) => view(await getField(app.database.reader, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/fields/:id',
    summary: 'Changes a definition; its code and what it belongs to stay. Administrators only.',
    path: byId,
    body: fieldPatchSchema,
    answer: fieldSchema,
    handle: async ({ app, actor, path, body }) =>
      view(await app.database.write((tx) => changeField(tx, actor, path.id, body))),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/fields/:id',
    summary: 'Removes a definition. Values that were entered stay. Administrators only.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeField(tx, actor, path.id))
      return DONE
    },
  }),
]
