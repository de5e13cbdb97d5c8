// How a client gets in: who he is, whether there is room, and the connection of his choice.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocketServer } from 'ws'
import type { App } from '../app.ts'
import { redeemLiveTicket } from '../desk/sessions/live-tickets.ts'
import { findSession, hashOfToken } from '../desk/sessions/sessions.ts'
import type { Actors } from '../http/actor.ts'
import { networkOf } from '../http/client-network.ts'
import { assertOurPage } from '../http/same-origin.ts'
import { sessionToken } from '../http/session-cookie.ts'
import { upgradeOf } from '../http/upgrades.ts'
import { Invalid } from '../lib/errors.ts'
import { answerTo } from './client.ts'
import { type Identity, type Insider, standingsOf } from './identity.ts'
import { PER_AGENT, PER_KEY, PER_VISITOR } from './limits.ts'
import type { Listener } from './listener.ts'
import type { Transport } from './transport.ts'

/** A message from a client is a few words: whoever sends more means no good. */
const MAX_INCOMING_BYTES = 4_096

export interface Door {
  app: App
  request: FastifyRequest
  reply: FastifyReply
}

export interface Wishes {
  after?: number | undefined
  presence?: 'yes' | 'no'
}

/** Where agents and programs ask. */
export interface InsidersDoor extends Door {
  actors: Actors
}

/** Who asks for a stream or a ticket: by a key, by a session, or by the ticket. Undefined: nobody that we know. */
export async function identify(door: InsidersDoor, ticket?: string): Promise<Insider | undefined> {
  const identity = await claimOf(door, ticket)
  // The agent or the key behind it may be gone.
  return identity && (await standingsOf(door.app.database.reader, [identity]))[0] && identity
}

async function claimOf(
  { app, actors, request }: InsidersDoor,
  ticket: string | undefined,
): Promise<Insider | undefined> {
  if (ticket !== undefined) {
    const giveBack = actors.signIns.takeToken(networkOf(request))
    const holder = await app.database.write((tx) => redeemLiveTicket(tx, ticket))
    if (holder) giveBack()
    return holder
  }
  const key = request.headers.apikey
  if (typeof key === 'string' && key !== '') {
    const actor = await actors.ofKeyForCalls(key, networkOf(request))
    return actor && { kind: 'key', keyId: actor.keyId }
  }
  const token = sessionToken(request, 'agent', app.publicUrl())
  if (token === undefined) return undefined
  const session = await findSession(app.database.reader, token)
  if (session?.kind !== 'agent') return undefined
  // Browsers send the cookie with handshakes that other sites begin, and do not keep the answers from them.
  assertOurPage(request, app.publicUrl())
  return { kind: 'session', agentId: session.user_id, tokenHash: hashOfToken(token) }
}

/** Turns a handshake into a stream. Refusals before it are answered as those of every call. */
export async function enterBySocket(door: Door, identity: Identity, wishes: Wishes): Promise<void> {
  const upgrade = upgradeOf(door.request.raw)
  if (!upgrade) throw new Invalid('Upgrade', "must be 'websocket'; without WebSocket, use /api/v3/live/events")
  const release = takePlace(door, identity)
  const { SocketTransport } = await import('./socket.ts')
  const sockets = await webSockets()
  door.reply.hijack()
  upgrade.socket.once('close', release)
  if (upgrade.socket.destroyed) return release()
  sockets.handleUpgrade(door.request.raw, upgrade.socket, upgrade.head, (socket) => {
    let listener: Listener | undefined
    const transport = new SocketTransport(socket, upgrade.socket, (text) => {
      if (listener) listener.send(answerTo(text, listener.cursor))
    })
    listener = open(door, identity, transport, wishes)
  })
}

/** Turns an answer into a stream of server-sent events. */
export async function enterByEvents(door: Door, identity: Identity, wishes: Wishes): Promise<void> {
  const release = takePlace(door, identity)
  const { raw } = door.reply
  // Only asked what the answer would be like.
  if (door.request.method === 'HEAD') {
    release()
    await door.reply.type('text/event-stream; charset=utf-8').send('')
    return
  }
  const { ServerSentTransport } = await import('./server-sent.ts')
  const headers = door.reply.getHeaders()
  door.reply.hijack()
  raw.once('close', release)
  if (raw.destroyed || raw.socket?.destroyed) return release()
  open(door, identity, new ServerSentTransport(raw, headers), wishes)
}

const open = ({ app }: Door, identity: Identity, transport: Transport, { after, presence }: Wishes): Listener =>
  app.live.open({ identity, transport, after, isPresent: presence === 'yes' })

/** Counts a stream against its limits. Gives what takes it back. */
function takePlace({ app, request }: Door, identity: Identity): () => void {
  app.live.assertOpen()
  // Visitors must not take the places of agents at the same address.
  const group = identity.kind === 'visitor' ? 'visitors' : 'insiders'
  const address = { whose: 'this address', id: `${group} at ${networkOf(request)}`, most: app.config.liveLimit }
  return app.live.limits.take([ownLimit(identity), address])
}

function ownLimit(identity: Identity) {
  if (identity.kind === 'session') return { whose: 'this agent', id: `agent ${identity.agentId}`, most: PER_AGENT }
  return identity.kind === 'key'
    ? { whose: 'this API key', id: `key ${identity.keyId}`, most: PER_KEY }
    : { whose: 'this visitor', id: `visitor ${identity.visitorId}`, most: PER_VISITOR }
}

/** What a visitor's handshake offers beside his token: browsers can send no other header with it. */
const PROTOCOL = 'deskhand'

/** The token in `Sec-WebSocket-Protocol: deskhand, TOKEN`; undefined: there is none. */
export function offeredToken({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((text) => text.trim())
  return offered.includes(PROTOCOL) ? offered.find((text) => text !== PROTOCOL) : undefined
}

let loaded: Promise<WebSocketServer> | undefined

/** Loaded by the first who comes: a desk that nobody watches does without it. */
function webSockets(): Promise<WebSocketServer> {
  loaded ??= import('ws').then(
    ({ WebSocketServer }) =>
      new WebSocketServer({
        noServer: true,
        clientTracking: false,
        perMessageDeflate: false,
        maxPayload: MAX_INCOMING_BYTES,
        // The other one that a visitor offers is his token, which must not be said aloud.
        handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
      }),
  )
  return loaded
}
