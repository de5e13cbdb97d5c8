// Refusals as our own API says them: `{"error": {"code", "message", "field"}}` with the usual HTTP status.
import { Conflict, Invalid, NotAllowed, NotFound, Refusal, TooMany, Unavailable } from '../../lib/errors.ts'

export interface RefusedV3 {
  status: number
  response: { error: { code: string; message: string; field?: string } }
  retryAfter?: number
}

/** No key and no session, or wrong ones: 401 in our own API. */
export class NotSignedIn extends Refusal {
  readonly status = 401
  constructor(message: string) {
    super('not_signed_in', message)
  }
}

/** The answer for anything thrown. What is not a refusal is a defect: nothing of it is shown but the request's id. */
export function refusedV3(error: unknown, requestId: string): RefusedV3 {
  if (!(error instanceof Refusal))
    return {
      status: 500,
      response: {
        error: {
          code: 'internal',
          message: `Internal error. The log of the server says more under request id ${requestId}.`,
        },
      },
    }
  const { code, message } = error
  if (error instanceof Invalid)
    return { status: 400, response: { error: { code, message: `${error.field}: ${message}`, field: error.field } } }
  if (error instanceof TooMany)
    return { status: 429, response: { error: { code, message } }, retryAfter: error.retryAfter }
  return { status: statusOf(error), response: { error: { code, message } } }
}

function statusOf(error: Refusal): number {
  if (error instanceof NotFound) return 404
  if (error instanceof NotAllowed) return 403
  if (error instanceof Conflict) return 409
  if (error instanceof Unavailable) return 503
  if ('status' in error && typeof error.status === 'number') return error.status
  return 400
}
