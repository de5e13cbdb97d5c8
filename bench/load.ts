// A load generator for one core: keeps `connections` requests in flight on raw sockets and measures each.
import { connect, type Socket } from 'node:net'

export interface LoadResult {
  /** Answers with status 200 per second. */
  perSecond: number
  /** Milliseconds. */
  p50: number
  p99: number
  errors: number
}

export interface Load {
  port: number
  connections: number
  durationMs: number
  /** The next request as bytes; called once for each. */
  next: () => Buffer
}

/** Runs a load and waits for its end. */
export async function runLoad({ port, connections, durationMs, next }: Load): Promise<LoadResult> {
  const latencies: number[] = []
  let errors = 0
  const start = performance.now()
  const end = start + durationMs
  await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
          let sentAt = 0
          let received = Buffer.alloc(0)
          const send = (): void => {
            sentAt = performance.now()
            if (sentAt >= end) return void socket.end()
            socket.write(next())
          }
          socket.on('connect', send)
          socket.on('data', (chunk) => {
            received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
            const length = answerLength(received)
            if (length === undefined || received.length < length) return
            latencies.push(performance.now() - sentAt)
            if (received.toString('latin1', 9, 12) !== '200') errors++
            received = received.subarray(length)
            send()
          })
          socket.on('close', () => resolve())
          socket.on('error', reject)
        }),
    ),
  )
  const seconds = (performance.now() - start) / 1000
  latencies.sort((a, b) => a - b)
  const quantile = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return { perSecond: (latencies.length - errors) / seconds, p50: quantile(0.5), p99: quantile(0.99), errors }
}

const HEAD_END = Buffer.from('\r\n\r\n')

/** Length of the whole answer, once its head is there. Both servers send a Content-Length. */
function answerLength(bytes: Buffer): number | undefined {
  const head = bytes.indexOf(HEAD_END)
  if (head < 0) return undefined
  const match = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, head))
  return match ? head + 4 + Number(match[1]) : undefined
}

/** A GET, or a POST with an urlencoded body, as bytes. */
export function requestBytes(method: 'GET' | 'POST', path: string, body?: Record<string, string>): Buffer {
  if (!body) return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  const form = new URLSearchParams(body).toString()
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(form)}\r\n\r\n${form}`,
  )
}
