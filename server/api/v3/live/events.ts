// /api/v3/live/events
import { liveQuery, streamSchema } from '../../../../contract/v3/live.ts'
import { enterByEvents, identify } from '../../../live/enter.ts'
import { numberOf } from '../../../live/last-event.ts'
import { NotSignedIn } from '../refusal.ts'
import { v3 } from '../route.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/live/events',
    summary:
      'The same as server-sent events, for clients without WebSocket. `Last-Event-ID` counts for more than `after`.',
    findsActor: true,
    query: liveQuery,
    answer: streamSchema,
    answerType: 'text/event-stream',
    handle: async ({ query: { ticket, ...wishes }, ...door }) => {
      const identity = await identify(door, ticket)
      if (!identity) throw new NotSignedIn("Sign in, send an API key in the header 'apikey', or take a ticket.")
      const after = numberOf(door.request) ?? wishes.after
      await enterByEvents(door, identity, { ...wishes, after })
      return ''
    },
  }),
]
