// /api/v3/customersgroups
import { z } from 'zod'
import {
  customersGroupDraftSchema,
  customersGroupPatchSchema,
  customersGroupSchema,
} from '../../../contract/v3/customersgroups.ts'
import { instantText } from '../../../contract/v3/kinds.ts'
import {
  addGroup,
  type CustomerGroup,
  changeGroup,
  getGroup,
  listGroups,
  removeGroup,
} from '../../desk/customers/groups.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (group: CustomerGroup): z.input<typeof customersGroupSchema> => ({
  id: group.id,
  name: group.name,
  color: group.color,
  bg_color: group.bg_color,
  datecreated: instantText(group.created_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/customersgroups',
    summary: 'All groups of customers and companies, by name.',
    answer: z.object({ groups: z.array(customersGroupSchema) }),
    handle: async ({ app }) => ({ groups: (await listGroups(app.database.reader)).map(view) }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/customersgroups',
    summary: 'Creates a group.',
    body: customersGroupDraftSchema,
    answer: customersGroupSchema,
    handle: async ({ app, body }) =>
      view(await app.database.write((tx) => addGroup(tx, { ...body, bgColor: body.bg_color }))),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/customersgroups/:id',
    summary: 'One group.',
    path: byId,
    answer: customersGroupSchema,
    handle: async ({ app, path }) => view(await getGroup(app.database.reader, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/customersgroups/:id',
    summary: 'Changes a group.',
    path: byId,
    body: customersGroupPatchSchema,
    answer: customersGroupSchema,
    handle: async ({ app, path, body }) =>
      view(await app.database.write((tx) => changeGroup(tx, path.id, { ...body, bgColor: body.bg_color }))),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/customersgroups/:id',
    summary: 'Deletes a group; its members stay, without it.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, path }) => {
      await app.database.write((tx) => removeGroup(tx, path.id))
      return DONE
    },
  }),
]
