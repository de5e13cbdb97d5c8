// Refusals as API v1 says them: which HTTP status, which words.
import { Invalid, NotAllowed, NotFound, Refusal, TooMany, Unavailable } from '../../../lib/errors.ts'
import type { WireObject } from './envelope.ts'

/** A refusal that has a status of its own in the document: no key, wrong key, body too large. */
export class WireRefusal extends Refusal {
  readonly status: number
  constructor(status: number, code: string, message: string) {
    super(code, message)
    this.status = status
  }
}

export const noKey = (): WireRefusal => new WireRefusal(400, 'no_key', 'Api key is not found in request')
export const wrongKey = (): WireRefusal => new WireRefusal(401, 'wrong_key', 'Invalid api key')
export const badBody = (message: string): WireRefusal => new WireRefusal(400, 'bad_body', message)
export const bodyTooLarge = (): WireRefusal =>
  new WireRefusal(
    413,
    'body_too_large',
    'The request body is larger than this server reads (setting DESKHAND_BODY_LIMIT)',
  )

export interface Refused {
  status: number
  body: WireObject
  retryAfter?: number
}

/** The answer for anything thrown. What is not a refusal is a defect: nothing of it is shown but the request's id. */
export function refused(error: unknown, requestId: string): Refused {
  if (error instanceof TooMany) return { ...answer(429, error.message, error.code), retryAfter: error.retryAfter }
  if (error instanceof Invalid) return answer(500, `Parameter '${error.field}' ${error.message}`, error.code)
  if (error instanceof Refusal) return answer(statusOf(error), error.message, error.code)
  return answer(500, 'Internal error. The log of the server says more under this request id.', requestId)
}

function statusOf(error: Refusal): number {
  if (error instanceof WireRefusal) return error.status
  if (error instanceof NotFound) return 404
  if (error instanceof NotAllowed) return 401
  if (error instanceof Unavailable) return 503
  return 500
}

const answer = (status: number, errormessage: string, debugmessage: string): Refused => ({
  status,
  body: { status: 'ERROR', statuscode: status, errormessage, debugmessage },
})
