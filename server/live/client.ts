// What clients say over a WebSocket, and what they are answered.
import { z } from 'zod'
import { aboutStream, type Message } from './message.ts'

const said = z.strictObject({ type: z.literal('ping') })

/** The answer to a text; undefined: what came was no text. */
export function answerTo(text: string | undefined, cursor: number): Message {
  if (said.safeParse(parse(text)).success) return aboutStream('pong', {}, cursor)
  return aboutStream('error', {
    code: 'invalid',
    message: 'Not understood: the only message from a client is {"type":"ping"}.',
  })
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
