// /api/widget/visitors
import { newVisitorSchema, visitorDraftSchema } from '../../../contract/widget/visitors.ts'
import { addVisitor } from '../../desk/chats/visitors.ts'
import { openWidget } from './route.ts'
import { visitorWire } from './wire/visitor.ts'

export const routes = [
  openWidget({
    method: 'POST',
    url: '/api/widget/visitors',
    summary: 'Makes a visitor: once for each browser, which keeps the `token`. It is told this once.',
    body: visitorDraftSchema,
    answer: newVisitorSchema,
    limit: { perAddress: 60 },
    handle: ({ app, body }) =>
      app.database.write(async (tx) => {
        const { visitor, token } = await addVisitor(tx, body)
        return { ...(await visitorWire(tx, visitor)), token }
      }),
  }),
]
