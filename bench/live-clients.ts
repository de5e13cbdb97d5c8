// Many clients of a live stream, and how long what they hear was under way.
import { WebSocket } from 'ws'

export interface Clients {
  /** Begins to count. */
  reset(): void
  heard(): { count: number; bytes: number; p50: number; p99: number; max: number }
  close(): Promise<void>
}

const AT = '"at":"'

/** Opens a stream for each address with headers, and waits until all have been greeted. */
export async function openClients(
  wanted: readonly { url: string; headers: Record<string, string> }[],
): Promise<Clients> {
  let delays: number[] = []
  let bytes = 0
  const sockets: WebSocket[] = []
  // Some at a time: handshakes are not what is measured.
  for (let from = 0; from < wanted.length; from += 50)
    await Promise.all(
      wanted.slice(from, from + 50).map(
        ({ url, headers }) =>
          new Promise<void>((resolve, reject) => {
            const socket = new WebSocket(url, { headers, perMessageDeflate: false })
            sockets.push(socket)
            socket.on('error', reject)
            socket.once('message', () => {
              resolve()
              socket.on('message', (data) => {
                const text = String(data)
                // What the stream says about itself has types without a dot.
                if (!/"type":"\w+\./.test(text)) return
                const at = text.indexOf(AT) + AT.length
                delays.push(Date.now() - Date.parse(text.slice(at, at + 24)))
                bytes += text.length
              })
            })
          }),
      ),
    )
  return {
    reset() {
      delays = []
      bytes = 0
    },
    heard() {
      const sorted = [...delays].sort((a, b) => a - b)
      const quantile = (share: number): number =>
        sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
      return { count: sorted.length, bytes, p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) }
    },
    async close() {
      await Promise.all(
        sockets.map(
          (socket) =>
            new Promise<void>((resolve) => {
              socket.once('close', () => resolve())
              socket.close()
            }),
        ),
      )
    },
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms))

/** Does work so many times a second, evenly, whether or not the last one is done. */
export async function steadily(perSecond: number, seconds: number, work: (n: number) => Promise<void>): Promise<void> {
  const begin = performance.now()
  const running: Promise<void>[] = []
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = begin + (n * 1_000) / perSecond
    const wait = due - performance.now()
    if (wait > 0) await pause(wait)
    running.push(work(n))
  }
  await Promise.all(running)
}
