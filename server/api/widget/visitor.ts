// /api/widget/visitor
import { introductionSchema, visitorSchema } from '../../../contract/widget/visitors.ts'
import { introduce } from '../../desk/chats/identity.ts'
import { widget } from './route.ts'
import { visitorWire } from './wire/visitor.ts'

export const routes = [
  widget({
    method: 'GET',
    url: '/api/widget/visitor',
    summary: 'The visitor as he introduced himself, and his last chat.',
    answer: visitorSchema,
    handle: ({ app, visitor }) => visitorWire(app.database.reader, visitor),
  }),
  widget({
    method: 'PATCH',
    url: '/api/widget/visitor',
    summary: 'Says his name and his address, as they stand in a form before the chat.',
    body: introductionSchema,
    answer: visitorSchema,
    limit: { perVisitor: 10, perAddress: 60 },
    handle: ({ app, visitor, body }) =>
      app.database.write(async (tx) => visitorWire(tx, await introduce(tx, visitor.id, body))),
  }),
]
