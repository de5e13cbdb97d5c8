// /api/widget/live
import { z } from 'zod'
import { widgetLiveQuery } from '../../../contract/widget/live.ts'
import { findVisitor } from '../../desk/chats/visitors.ts'
import { enterBySocket, offeredToken } from '../../live/enter.ts'
import { NotSignedIn } from '../v3/refusal.ts'
import { openWidget, SENT } from './route.ts'

export const routes = [
  openWidget({
    method: 'GET',
    url: '/api/widget/live',
    summary:
      'A WebSocket with what happens in his chats. His token comes as a subprotocol beside `deskhand`: no header can.',
    query: widgetLiveQuery,
    answer: z.unknown(),
    answerType: 'text/plain',
    findsVisitor: true,
    limit: { perAddress: 600 },
    handle: async ({ query, ...door }) => {
      const token = offeredToken(door.request)
      const visitor = token && (await findVisitor(door.app.database.reader, token))
      if (!visitor) throw new NotSignedIn("Offer the protocols 'deskhand' and the visitor's token.")
      await enterBySocket(door, { kind: 'visitor', visitorId: visitor.id }, query)
      return SENT
    },
  }),
]
