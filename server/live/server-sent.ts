// A stream as server-sent events, for clients without WebSocket.
import type { ServerResponse } from 'node:http'
import { aboutStream, type Message } from './message.ts'
import { CLOSE_PATIENCE_MS, type Closing, type Transport } from './transport.ts'

/** How long an EventSource waits before it connects again. */
const RETRY_MS = 3_000

export class ServerSentTransport implements Transport {
  readonly #response: ServerResponse
  #isClosing = false

  /** `headers` stand in the answer beside those of a stream. */
  constructor(response: ServerResponse, headers: Readonly<Record<string, string | number | string[] | undefined>>) {
    this.#response = response
    // Writing to somebody who has just hung up is no defect.
    response.on('error', () => {})
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value)
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      // nginx would keep events until its buffer is full.
      'x-accel-buffering': 'no',
    })
    response.write(`retry: ${RETRY_MS}\n\n`)
  }

  send({ lines }: Message): void {
    if (!this.#isClosing) this.#response.write(lines)
  }

  cork(): void {
    this.#response.cork()
  }

  uncork(): void {
    this.#response.uncork()
  }

  buffered(): number {
    return this.#response.writableLength
  }

  /** Nothing to do: what a heartbeat sends to somebody who is gone ends the connection. */
  probe(): void {}

  close({ code, reason }: Closing): void {
    if (this.#isClosing) return
    this.send(aboutStream('close', { code, reason }))
    this.#isClosing = true
    this.#response.end()
    const patience = setTimeout(() => this.#response.destroy(), CLOSE_PATIENCE_MS)
    this.#response.once('close', () => clearTimeout(patience))
  }

  onGone(gone: () => void): void {
    this.#response.once('close', gone)
  }
}
