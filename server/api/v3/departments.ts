// /api/v3/departments
import { z } from 'zod'
import { departmentDraftSchema, departmentPatchSchema, departmentSchema } from '../../../contract/v3/departments.ts'
import { instantText } from '../../../contract/v3/kinds.ts'
import type { Reader } from '../../db/write.ts'
import { listAgentsIn } from '../../desk/agents/agents.ts'
import { membersByDepartment, setAgentsOf } from '../../desk/agents/membership.ts'
import {
  addDepartment,
  changeDepartment,
  type Department,
  getDepartmentEvenDeleted,
  listDepartments,
  removeDepartment,
} from '../../desk/departments/departments.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (department: Department, agents: readonly string[]): z.input<typeof departmentSchema> => ({
  departmentid: department.id,
  name: department.name,
  description: department.description,
  position: department.position,
  agents: [...agents],
  is_deleted: department.deleted_at !== null,
  datecreated: instantText(department.created_at),
})

const viewOf = async (db: Reader, id: string) => {
  const agents = await listAgentsIn(db, id)
  return view(
    await getDepartmentEvenDeleted(db, id),
    agents.map((agent) => agent.id),
  )
}

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/departments',
    summary: 'All departments in their order, without deleted ones.',
    answer: z.object({ departments: z.array(departmentSchema) }),
    handle: async ({ app }) => {
      const db = app.database.reader
      const members = await membersByDepartment(db)
      const departments = await listDepartments(db)
      return { departments: departments.map((department) => view(department, members.get(department.id) ?? [])) }
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/departments',
    summary: 'Creates a department. For administrators.',
    body: departmentDraftSchema,
    answer: departmentSchema,
    handle: async ({ app, actor, body }) =>
      app.database.write(async (tx) => {
        const { id } = await addDepartment(tx, actor, body)
        await setAgentsOf(tx, id, body.agents ?? [])
        return viewOf(tx, id)
      }),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/departments/:id',
    summary: 'One department, even if it was deleted.',
    path: byId,
    answer: departmentSchema,
    handle: async ({ app, path }) => viewOf(app.database.reader, path.id),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/departments/:id',
    summary: 'Changes a department and who works in it. For administrators.',
    path: byId,
    body: departmentPatchSchema,
    answer: departmentSchema,
    handle: async ({ app, actor, path, body }) =>
      app.database.write(async (tx) => {
        const { id } = await changeDepartment(tx, actor, path.id, body)
        if (body.agents) await setAgentsOf(tx, id, body.agents)
        return viewOf(tx, id)
      }),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/departments/:id',
    summary: 'Deletes a department in which nothing is unresolved. For administrators.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeDepartment(tx, actor, path.id))
      return DONE
    },
  }),
]
