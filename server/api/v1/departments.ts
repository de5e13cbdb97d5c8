// GET /api/departments · GET /api/departments/:departmentid
import { z } from 'zod'
import { needed } from '../../../contract/v1/params.ts'
import { type Department, getDepartmentEvenDeleted, listDepartments } from '../../desk/departments/departments.ts'
import { OFFLINE, type Presets, readPresets } from '../../desk/presence/presets.ts'
import { v1 } from './route.ts'

const departmentRow = (department: Department, { byDepartment }: Presets) => ({
  departmentid: department.id,
  name: department.name,
  description: department.description,
  onlinestatus: OFFLINE,
  presetstatus: byDepartment.get(department.id) ?? OFFLINE,
  deleted: department.deleted_at === null ? 'N' : 'Y',
})

export const routes = [
  v1('GET', '/api/departments', z.object({}), async ({ app }) => {
    const db = app.database.reader
    const presets = await readPresets(db)
    return { departments: (await listDepartments(db)).map((department) => departmentRow(department, presets)) }
  }),

  // A deleted department has left the list, and old conversations still name it.
  v1('GET', '/api/departments/:departmentid', z.object({ departmentid: needed() }), async ({ app, params }) => {
    const db = app.database.reader
    return departmentRow(await getDepartmentEvenDeleted(db, params.departmentid), await readPresets(db))
  }),
]
