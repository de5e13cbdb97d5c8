// A stop that finishes what is under way: until then new requests are told to come back, not refused a connection.
import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { Unavailable } from '../lib/errors.ts'

/** Makes `server.close()` answer what has been taken, and 503 what comes meanwhile, before it stops listening. */
export function finishBeforeClosing(server: FastifyInstance): void {
  const underWay = new Set<ServerResponse>()
  let closing = false
  let allDone = (): void => {}
  server.addHook('onRequest', async (_request, { raw }) => {
    if (closing) throw new Unavailable('Deskhand is shutting down. Try again in a moment.')
    underWay.add(raw)
    const done = (): void => {
      underWay.delete(raw)
      if (underWay.size === 0) allDone()
    }
    // A client that hangs up finishes nothing.
    raw.once('finish', done).once('close', done)
  })
  server.addHook('preClose', async () => {
    closing = true
    if (underWay.size === 0) return
    await new Promise<void>((resolve) => {
      allDone = resolve
    })
  })
}
