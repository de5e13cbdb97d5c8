// /api/widget/visitor/sign
import { signSchema, visitorSchema } from '../../../../contract/widget/visitors.ts'
import { isNewSign, seeVisitor } from '../../../desk/chats/visitors.ts'
import { widget } from '../route.ts'
import { visitorWire } from '../wire/visitor.ts'

export const routes = [
  widget({
    method: 'POST',
    url: '/api/widget/visitor/sign',
    summary: 'A sign of life: he is on the site, and on this page. Every 30 seconds, unless his live stream is open.',
    body: signSchema,
    answer: visitorSchema,
    handle: async ({ app, visitor, body }) => {
      if (isNewSign(visitor, body.page)) await app.database.write((tx) => seeVisitor(tx, visitor.id, body.page))
      return visitorWire(app.database.reader, visitor)
    },
  }),
]
