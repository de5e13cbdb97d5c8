// The 72 calls of API v1 as both generations of its document name them, read from calls.json. Tests and descriptions
// are made from it; the routes answer without it.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const type = z.enum(['text', 'int', 'datetime', 'opdatetime', 'constlist', 'json', 'html', 'list', 'array'])
/** Letter → meaning; where the document gives no meaning, letter → letter. */
const values = z.record(z.string(), z.string())

const param = z.strictObject({
  /** In brackets where it stands in the path: `[tagid]`. */
  name: z.string(),
  type,
  /** Whether both generations, or the only one that has the call, demand it. */
  required: z.boolean(),
  values: values.optional(),
  description: z.string().optional(),
})

const field = z.strictObject({
  name: z.string(),
  type,
  /** The list whose items have this field; without it, the field stands directly under `response`. */
  of: z.string().optional(),
  values: values.optional(),
  description: z.string().optional(),
})

const call = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE']),
  path: z.string().regex(/^\/api\//),
  title: z.string(),
  generations: z.array(z.enum(['4.17', '5.x'])),
  params: z.array(param),
  returns: z.array(field),
})

export type ContractParam = z.infer<typeof param>
export type ContractField = z.infer<typeof field>
export type ContractCall = z.infer<typeof call>

export const calls: readonly ContractCall[] = z
  .strictObject({ calls: z.array(call) })
  .parse(JSON.parse(readFileSync(new URL('./calls.json', import.meta.url), 'utf8'))).calls

/** The address as routes write it: `/api/tags/:tagid`. */
export const routeUrl = (call: ContractCall): string => call.path.replace(/\[(\w+)\]/g, ':$1')

/** A parameter's name as it reaches a route: without the brackets of the path. */
export const bareName = (param: ContractParam): string => param.name.replace(/^\[|\]$/g, '')
