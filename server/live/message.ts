// What goes over a stream: written out once for all who get it, in the form of each transport.

export class Message {
  /** The listener is up to date as of this number; undefined: says nothing about that. */
  readonly number: number | undefined
  readonly json: string
  #socket: Buffer | undefined
  #lines: Buffer | undefined

  constructor(json: string, number?: number) {
    this.json = json
    this.number = number
  }

  /** The text of a WebSocket message. */
  get socket(): Buffer {
    this.#socket ??= Buffer.from(this.json)
    return this.#socket
  }

  /** The lines of a server-sent event. JSON has no line breaks of its own. */
  get lines(): Buffer {
    this.#lines ??= Buffer.from(`${this.number === undefined ? '' : `id: ${this.number}\n`}data: ${this.json}\n\n`)
    return this.#lines
  }
}

/** What the stream says about itself. Its types have no dot; those of events have. */
export function aboutStream(type: string, fields: Readonly<Record<string, unknown>>, number?: number): Message {
  const numbered = number === undefined ? {} : { number }
  return new Message(JSON.stringify({ type, ...numbered, ...fields, at: new Date().toISOString() }), number)
}

export interface EventText {
  seq: number
  type: string
  at: number
  conversationId: string | null
  /** JSON. */
  data: string
}

/** An event; its data is JSON already. */
export const eventMessage = ({ seq, type, at, conversationId, data }: EventText): Message =>
  new Message(
    `{"number":${seq},"type":${JSON.stringify(type)},"conversationid":${JSON.stringify(conversationId)},` +
      `"at":"${new Date(at).toISOString()}","data":${data}}`,
    seq,
  )
