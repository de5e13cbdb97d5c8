import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

const number = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the number of an event')
  .transform(Number)

const presence = z.enum(['yes', 'no'], 'must be yes or no').default('yes')

export const liveQuery = z.strictObject({
  after: number
    .optional()
    .describe('Go on after the event with this number. Without it, the stream begins with what happens now.'),
  presence: presence.describe('`no`: this stream does not make its agent online. Those of API keys never do.'),
  ticket: plainText(200).optional().describe('From `POST /api/v3/live/tickets`, for clients that cannot send headers.'),
})

export const liveTicketSchema = z
  .object({
    ticket: z.string().describe('Opens one stream, once.'),
    dateexpires: instant(),
  })
  .meta({ id: 'LiveTicket' })

export const streamSchema = z
  .string()
  .describe('A stream of JSON messages that ends with the connection. The messages are described in docs/live.md.')
