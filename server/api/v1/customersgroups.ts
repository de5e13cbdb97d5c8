// GET, POST /api/customersgroups · GET, PUT, DELETE /api/customersgroups/:groupid
import { z } from 'zod'
import { color, needed, text } from '../../../contract/v1/params.ts'
import { addGroup, changeGroup, getGroup, listGroups, removeGroup } from '../../desk/customers/groups.ts'
import { v1 } from './route.ts'
import { OK } from './wire/envelope.ts'

const byId = z.object({ groupid: needed() })

export const routes = [
  v1('GET', '/api/customersgroups', z.object({}), async ({ app }) => ({
    groups: (await listGroups(app.database.reader)).map(({ id, name }) => ({ id, name })),
  })),

  v1(
    'POST',
    '/api/customersgroups',
    z.object({ name: needed(255), color: color(), bg_color: color() }),
    async ({ app, params }) => {
      const group = await app.database.write((tx) => addGroup(tx, { ...params, bgColor: params.bg_color }))
      return { ...OK, id: group.id, name: group.name, color: group.color, bg_color: group.bg_color }
    },
  ),

  v1('GET', '/api/customersgroups/:groupid', byId, async ({ app, params }) => {
    const group = await getGroup(app.database.reader, params.groupid)
    return { id: group.id, name: group.name, color: group.color, bg_color: group.bg_color }
  }),

  v1(
    'PUT',
    '/api/customersgroups/:groupid',
    byId.extend({ name: text(255), color: color(), bg_color: color() }),
    async ({ app, params }) => {
      await app.database.write((tx) => changeGroup(tx, params.groupid, { ...params, bgColor: params.bg_color }))
      return OK
    },
  ),

  v1('DELETE', '/api/customersgroups/:groupid', byId, async ({ app, params }) => {
    await app.database.write((tx) => removeGroup(tx, params.groupid))
    return OK
  }),
]
