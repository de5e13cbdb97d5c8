// /api/v3/live/tickets
import { instantText } from '../../../../contract/v3/kinds.ts'
import { liveTicketSchema } from '../../../../contract/v3/live.ts'
import { addLiveTicket } from '../../../desk/sessions/live-tickets.ts'
import { identify } from '../../../live/enter.ts'
import { NotSignedIn } from '../refusal.ts'
import { v3 } from '../route.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/live/tickets',
    summary: 'A ticket that opens one live stream within half a minute, for clients that cannot send headers with it.',
    findsActor: true,
    answer: liveTicketSchema,
    handle: async (door) => {
      const identity = await identify(door)
      if (!identity) throw new NotSignedIn("Sign in, or send an API key in the header 'apikey'.")
      const { ticket, expiresAt } = await door.app.database.write((tx) => addLiveTicket(tx, identity))
      return { ticket, dateexpires: instantText(expiresAt) }
    },
  }),
]
