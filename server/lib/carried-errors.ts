// Errors between threads: a refusal arrives as the same refusal, a defect with the place where it happened. What threads say to
// each other is copied, and a copied error has lost its class and its fields.
import { Conflict, Invalid, NotAllowed, NotFound, Refusal, TooMany, Unavailable } from './errors.ts'

export interface CarriedError {
  /** Of a refusal; undefined: a defect. */
  code: string | undefined
  message: string
  field: string
  retryAfter: number
  stack: string | undefined
}

const refusals: Record<string, (error: CarriedError) => Refusal> = {
  not_found: ({ message }) => new NotFound(message),
  not_allowed: ({ message }) => new NotAllowed(message),
  invalid: ({ field, message }) => new Invalid(field, message),
  conflict: ({ message }) => new Conflict(message),
  too_many: ({ message, retryAfter }) => new TooMany(message, retryAfter),
  unavailable: ({ message }) => new Unavailable(message),
}

export const packError = (error: unknown): CarriedError => ({
  code: error instanceof Refusal ? error.code : undefined,
  message: error instanceof Error ? error.message : String(error),
  field: error instanceof Invalid ? error.field : '',
  retryAfter: error instanceof TooMany ? error.retryAfter : 0,
  stack: error instanceof Error ? error.stack : undefined,
})

export function unpackError(carried: CarriedError): Error {
  const { code, message, stack } = carried
  if (code !== undefined) return refusals[code]?.(carried) ?? new Refusal(code, message)
  const defect = new Error(message)
  if (stack !== undefined) defect.stack = stack
  return defect
}
