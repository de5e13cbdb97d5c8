// Clients of the live stream: what comes over a WebSocket or as server-sent events, collected.
import type { AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import type { TestDesk } from './desk.ts'
import { TEST_KEY } from './first-start.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape; each assertion is the check.
export type LiveMessage = any

export interface LiveClient {
  /** Which the server has chosen of those that were offered. */
  protocol: string
  messages: LiveMessage[]
  /** Those about the desk: not `hello` and the like. */
  events(): LiveMessage[]
  /** Waits until a message is there for which something holds. */
  seen(holds: (message: LiveMessage) => boolean): Promise<LiveMessage>
  say(text: string | Buffer): void
  /** Stops reading, as somebody does who is too slow. */
  pause(): void
  resume(): void
  close(): void
  closed: Promise<{ code: number; reason: string }>
}

/** The address of a desk that listens; from the second call on it listens already. */
export async function listening(desk: TestDesk): Promise<string> {
  if (!desk.app.http.server.listening) await desk.app.http.listen({ port: 0, host: '127.0.0.1' })
  // Listening on a port, it has an address of this kind.
  const { port } = desk.app.http.server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

/** A handshake that was refused. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, body: string) {
    super(`${status} ${body}`)
    this.status = status
  }
}

export interface Connecting {
  path?: string
  query?: Record<string, string | number>
  headers?: Record<string, string>
  protocols?: string[]
}

/** Opens a WebSocket, with TEST_KEY unless headers say otherwise. Rejects with `Refused`. */
export function openSocket(url: string, connecting: Connecting = {}): Promise<LiveClient> {
  const { path = '/api/v3/live', query = {}, headers = { apikey: TEST_KEY }, protocols = [] } = connecting
  const pairs = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]))
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}?${pairs}`, protocols, { headers })
  const messages: LiveMessage[] = []
  const waiting = new Set<() => void>()
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)))
    for (const look of waiting) look()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) })),
  )
  const client: LiveClient = {
    get protocol() {
      return socket.protocol
    },
    messages,
    events: () => eventsIn(messages),
    seen: (holds) => waitFor(messages, waiting, holds),
    say: (text) => socket.send(text),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close: () => socket.close(),
    closed,
  }
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(client))
    socket.on('error', reject)
    socket.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => reject(new Refused(response.statusCode ?? 0, body)))
    })
  })
}

/** Opens a stream of server-sent events. Rejects with `Refused`. */
export async function openEvents(url: string, connecting: Connecting = {}): Promise<LiveClient & { ids: number[] }> {
  const { path = '/api/v3/live/events', query = {}, headers = { apikey: TEST_KEY } } = connecting
  const pairs = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]))
  const abort = new AbortController()
  const reply = await fetch(`${url}${path}?${pairs}`, { headers, signal: abort.signal })
  if (reply.status !== 200 || !reply.body) throw new Refused(reply.status, await reply.text())
  if (!reply.headers.get('content-type')?.startsWith('text/event-stream')) throw new Error('no event stream')
  const messages: LiveMessage[] = []
  const ids: number[] = []
  const waiting = new Set<() => void>()
  const { body } = reply
  const read = async (): Promise<{ code: number; reason: string }> => {
    let rest = ''
    try {
      for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const id = /^id: (\d+)$/m.exec(block)?.[1]
          if (id !== undefined) ids.push(Number(id))
          const data = /^data: (.*)$/m.exec(block)?.[1]
          if (data !== undefined) messages.push(JSON.parse(data))
        }
        for (const look of waiting) look()
      }
    } catch {}
    const last = messages.at(-1)
    return last?.type === 'close' ? { code: last.code, reason: last.reason } : { code: 1006, reason: '' }
  }
  return {
    protocol: '',
    messages,
    ids,
    events: () => eventsIn(messages),
    seen: (holds) => waitFor(messages, waiting, holds),
    say: () => {},
    pause: () => {},
    resume: () => {},
    close: () => abort.abort(),
    closed: read(),
  }
}

const eventsIn = (messages: readonly LiveMessage[]): LiveMessage[] =>
  messages.filter(({ type }) => String(type).includes('.'))

const PATIENCE_MS = 20_000

function waitFor(
  messages: readonly LiveMessage[],
  waiting: Set<() => void>,
  holds: (message: LiveMessage) => boolean,
): Promise<LiveMessage> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(patience)
      waiting.delete(look)
      settle()
    }
    const look = (): void => {
      const found = messages.find(holds)
      if (found !== undefined) end(() => resolve(found))
    }
    const patience = setTimeout(
      () => end(() => reject(new Error(`did not come; there was ${JSON.stringify(messages).slice(0, 2_000)}`))),
      PATIENCE_MS,
    )
    waiting.add(look)
    look()
  })
}
