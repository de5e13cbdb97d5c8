// /api/widget/online
import { instantText } from '../../../contract/v3/kinds.ts'
import { onlineQuerySchema, onlineSchema } from '../../../contract/widget/visitors.ts'
import { DEFAULT_DEPARTMENT, getDepartment } from '../../desk/departments/departments.ts'
import { isOnline } from '../../desk/presence/status.ts'
import { openWidget } from './route.ts'

export const routes = [
  openWidget({
    method: 'GET',
    url: '/api/widget/online',
    summary: 'Whether somebody is there to chat: shows a button or a form.',
    query: onlineQuerySchema,
    answer: onlineSchema,
    handle: async ({ app, query }) => {
      const db = app.database.reader
      const { id } = await getDepartment(db, query.department ?? DEFAULT_DEPARTMENT)
      return { isonline: await isOnline(db, 'T', id), time: instantText(Date.now()) }
    },
  }),
]
