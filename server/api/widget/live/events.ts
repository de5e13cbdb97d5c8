// /api/widget/live/events
import { z } from 'zod'
import { widgetLiveQuery } from '../../../../contract/widget/live.ts'
import { enterByEvents } from '../../../live/enter.ts'
import { numberOf } from '../../../live/last-event.ts'
import { SENT, widget } from '../route.ts'

export const routes = [
  widget({
    method: 'GET',
    url: '/api/widget/live/events',
    summary: 'The same as server-sent events, for `fetch` with the header.',
    query: widgetLiveQuery,
    answer: z.unknown(),
    answerType: 'text/event-stream',
    limit: { perVisitor: 60 },
    handle: async ({ visitor, query, ...door }) => {
      const after = numberOf(door.request) ?? query.after
      await enterByEvents(door, { kind: 'visitor', visitorId: visitor.id }, { after })
      return SENT
    },
  }),
]
