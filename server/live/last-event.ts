// The number with which an EventSource that was cut off comes back.
import type { FastifyRequest } from 'fastify'
import { Invalid } from '../lib/errors.ts'

/** Undefined: it comes for the first time. */
export function numberOf({ headers }: Pick<FastifyRequest, 'headers'>): number | undefined {
  const text = headers['last-event-id']
  if (text === undefined || text === '') return undefined
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text))
    throw new Invalid('Last-Event-ID', 'must be the number of an event')
  return Number(text)
}
