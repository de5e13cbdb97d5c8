// What came with a request, checked by the schema of its call.
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { parsePairs } from '../../http/input.ts'
import { Invalid } from '../../lib/errors.ts'

export const queryOf = (request: FastifyRequest): unknown => {
  const query: unknown = request.query
  const text =
    typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string' ? query.text : ''
  return parsePairs(text)
}

/** Throws Invalid with the name of the first field at fault. */
export function parse(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const path = issue?.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : (issue?.path ?? [])
  const field = path.map(String).join('.') || 'body'
  throw new Invalid(
    field,
    issue?.code === 'unrecognized_keys' ? 'is not a field of this call' : (issue?.message ?? 'is wrong'),
  )
}
