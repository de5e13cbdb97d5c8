// /api/v3/live
import { liveQuery, streamSchema } from '../../../contract/v3/live.ts'
import { enterBySocket, identify } from '../../live/enter.ts'
import { NotSignedIn } from './refusal.ts'
import { v3 } from './route.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/live',
    summary:
      'A WebSocket with everything that happens and that the caller may see. An agent is online while it is open.',
    findsActor: true,
    query: liveQuery,
    answer: streamSchema,
    answerType: 'text/plain',
    handle: async ({ query: { ticket, ...wishes }, ...door }) => {
      const identity = await identify(door, ticket)
      if (!identity) throw new NotSignedIn("Sign in, send an API key in the header 'apikey', or take a ticket.")
      await enterBySocket(door, identity, wishes)
      return ''
    },
  }),
]
