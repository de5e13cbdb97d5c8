// The answer to what is no HTTP request: an unknown method, headers too large, a client that stopped in the middle.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { contentTypes, envelope } from '../api/v1/wire/envelope.ts'
import { refused, WireRefusal } from '../api/v1/wire/refusal.ts'

const TIMED_OUT = new WireRefusal(408, 'request_timeout', 'The request did not arrive in time')
const TOO_LARGE = new WireRefusal(431, 'headers_too_large', 'The address and headers of the request are too large')
const NO_HTTP = new WireRefusal(400, 'bad_request', 'The request is not valid HTTP')

/** Says so and hangs up. Neither address nor format are known, so that it is API v1's default: JSON. */
export async function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): Promise<void> {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, body } = refused(refusalOf(error.code), '')
  const text = await envelope('json', body)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${contentTypes.json}\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    () => socket.destroy(),
  )
}

function refusalOf(code: string | undefined): WireRefusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return TIMED_OUT
  return code === 'HPE_HEADER_OVERFLOW' ? TOO_LARGE : NO_HTTP
}
