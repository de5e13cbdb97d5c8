// WebSocket handshakes go the way of every request: limits, addresses behind a proxy, routes and refusals are the same.
// Only a route that wants a WebSocket takes the connection over.
import { type IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'

export interface Upgrade {
  socket: Socket
  /** What came right behind the handshake. */
  head: Buffer
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>()

/** The connection of a request that asks for a WebSocket; undefined: it asks for something else. */
export const upgradeOf = (request: IncomingMessage): Upgrade | undefined => upgrades.get(request)

/**
 * For Node: other upgrades are ignored, as HTTP allows. Java's client offers HTTP/2 with every request, and each would lose
 * its body here.
 */
export const isHandshake = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean =>
  method === 'GET' && headers.upgrade?.trim().toLowerCase() === 'websocket'

export function routeUpgrades(server: FastifyInstance): void {
  // Without this, Node would take every request with an Upgrade header out of HTTP: older ones cannot choose.
  if (!('shouldUpgradeCallback' in server.server)) return
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!(socket instanceof Socket)) {
      socket.destroy()
      return
    }
    // Node has let go of it: a client that hangs up must not end the process.
    socket.on('error', () => socket.destroy())
    upgrades.set(request, { socket, head })
    const response = new ServerResponse(request)
    // After a refusal nothing more is read: what else was sent is no second request.
    response.shouldKeepAlive = false
    response.once('finish', () => socket.end(() => socket.destroy()))
    response.assignSocket(socket)
    server.routing(request, response)
  })
}
