// GET /api/departments · GET /api/departments/:departmentid
import { z } from 'zod'
import { needed } from '../../../contract/v1/params.ts'
import type { Reader } from '../../db/write.ts'
import { type Department, getDepartmentEvenDeleted, listDepartments } from '../../desk/departments/departments.ts'
import { OFFLINE } from '../../desk/presence/services.ts'
import { readPresets, readStatuses } from '../../desk/presence/status.ts'
import { v1 } from './route.ts'

const readBoth = async (db: Reader) => ({ presets: await readPresets(db), statuses: await readStatuses(db) })

const departmentRow = (department: Department, { presets, statuses }: Awaited<ReturnType<typeof readBoth>>) => ({
  departmentid: department.id,
  name: department.name,
  description: department.description,
  onlinestatus: statuses.byDepartment.get(department.id) ?? OFFLINE,
  presetstatus: presets.byDepartment.get(department.id) ?? OFFLINE,
  deleted: department.deleted_at === null ? 'N' : 'Y',
})

export const routes = [
  v1('GET', '/api/departments', z.object({}), async ({ app }) => {
    const db = app.database.reader
    const both = await readBoth(db)
    return { departments: (await listDepartments(db)).map((department) => departmentRow(department, both)) }
  }),

  // A deleted department has left the list, and old conversations still name it.
  v1('GET', '/api/departments/:departmentid', z.object({ departmentid: needed() }), async ({ app, params }) => {
    const db = app.database.reader
    return departmentRow(await getDepartmentEvenDeleted(db, params.departmentid), await readBoth(db))
  }),
]
