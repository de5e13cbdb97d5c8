// A stream over a WebSocket.
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Message } from './message.ts'
import { CLOSE_PATIENCE_MS, type Closing, closings, type Transport } from './transport.ts'

/** Messages that a client may send within a heartbeat. There is nothing to say but `ping`. */
const MAX_INCOMING = 60

export class SocketTransport implements Transport {
  readonly #socket: WebSocket
  readonly #stream: Duplex
  /** Probes without an answer. */
  #unanswered = 0
  #incoming = 0
  #isClosing = false

  /** `onText` gets what the client says. */
  constructor(socket: WebSocket, stream: Duplex, onText: (text: string | undefined) => void) {
    this.#socket = socket
    this.#stream = stream
    // A frame that is too large or broken: ws closes with the right code by itself.
    socket.on('error', () => {})
    socket.on('pong', () => {
      this.#unanswered = 0
    })
    socket.on('message', (data, isBinary) => {
      this.#unanswered = 0
      if (++this.#incoming > MAX_INCOMING) this.close(closings.tooMuch)
      else if (!this.#isClosing) onText(isBinary ? undefined : String(data))
    })
  }

  send({ socket }: Message): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(socket, { binary: false })
  }

  cork(): void {
    this.#stream.cork()
  }

  uncork(): void {
    this.#stream.uncork()
  }

  buffered(): number {
    return this.#socket.bufferedAmount
  }

  probe(): void {
    this.#incoming = 0
    if (this.#unanswered++ >= 2) this.#socket.terminate()
    else if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  close({ code, reason }: Closing): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#socket.close(code, reason)
    const patience = setTimeout(() => this.#socket.terminate(), CLOSE_PATIENCE_MS)
    this.#socket.once('close', () => clearTimeout(patience))
  }

  onGone(gone: () => void): void {
    this.#socket.once('close', gone)
  }
}
