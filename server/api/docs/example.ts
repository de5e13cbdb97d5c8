// A curl command for each call, with values that show what goes where.
import type { OpenApi, Operation, Parameter } from './openapi.ts'
import { nameOfRef, type Schema } from './schema.ts'

/** The command as it can be pasted into a shell that has the key in `$DESKHAND_KEY`, and a visitor's token in `$VISITOR`. */
export function curl(api: OpenApi, path: string, method: string, operation: Operation): string {
  const isV1 = operation.operationId.startsWith('v1_')
  const query = operation.parameters.filter((param) => param.in === 'query' && param.required)
  const pairs = query.map((param) => `${param.name}=${encodeURIComponent(textOfParameter(param))}`)
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => samples[name] ?? 'abcd1234')
  const url = `${api.servers[0]?.url ?? ''}${address}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`
  const parts = [
    method === 'get' ? '' : `-X ${method.toUpperCase()}`,
    `'${url}'`,
    headerOf(operation),
    ...(isV1 ? formOf(operation) : jsonOf(api, operation)),
  ]
  return `curl ${parts.filter(Boolean).join(' \\\n  ')}`
}

function headerOf({ security }: Operation): string {
  if (security.length === 0) return ''
  return security.some((scheme) => 'visitor' in scheme)
    ? '-H "Authorization: Bearer $VISITOR"'
    : '-H "apikey: $DESKHAND_KEY"'
}

function formOf({ requestBody }: Operation): string[] {
  const { properties = {}, required = [] } = requestBody?.content['application/x-www-form-urlencoded']?.schema ?? {}
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return names.map((name) => `--data-urlencode ${quoted(`${name}=${textFor(name, asSchema(properties[name]))}`)}`)
}

function jsonOf(api: OpenApi, { requestBody }: Operation): string[] {
  const schema = requestBody?.content['application/json']?.schema
  if (!schema) return []
  return ["-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(sampleOf(api, resolved(api, schema))))}`]
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export const resolved = (api: OpenApi, schema: Schema): Schema =>
  schema.$ref === undefined ? schema : (api.components.schemas[nameOfRef(schema.$ref)] ?? {})

export const asSchema = (part: Schema | boolean | undefined): Schema => (typeof part === 'object' ? part : {})

/** The required fields of an object, or the first one of an object that requires none; of several kinds, the first. */
function sampleOf(api: OpenApi, schema: Schema): Record<string, unknown> {
  const { properties = {}, required = [], oneOf = [] } = schema
  if (oneOf[0]) return sampleOf(api, resolved(api, oneOf[0]))
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return Object.fromEntries(names.map((name) => [name, jsonFor(api, name, asSchema(properties[name]))]))
}

function jsonFor(api: OpenApi, name: string, given: Schema): unknown {
  const schema = resolved(api, given)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf?.[0]) return jsonFor(api, name, schema.anyOf[0])
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object') return sampleOf(api, schema)
  if (type === 'array') return [jsonFor(api, name, Array.isArray(schema.items) ? {} : asSchema(schema.items))]
  if (type === 'boolean') return true
  if (type === 'number' || type === 'integer') return Math.max(1, schema.minimum ?? 1)
  return textFor(name, schema)
}

const textOfParameter = (param: Parameter): string => textFor(param.name, param.schema)

const samples: Record<string, string> = {
  agentidentifier: 'ada@example.com',
  color: 'FF8800',
  customeridentifier: 'anna@example.com',
  customfields: '[{"code":"order","value":"1042"}]',
  date_from: '2026-01-01',
  date_to: '2026-01-31',
  department: 'default',
  email: 'anna@example.com',
  message: 'My printer is on fire.',
  name: 'Printers',
  password: 'a long password',
  query: 'printer',
  recipient: 'support@example.com',
  services: 'MT',
  subject: 'Printer',
  timezone: 'Europe/Berlin',
  useridentifier: 'anna@example.com',
}

function textFor(name: string, schema: Schema): string {
  if (typeof schema.enum?.[0] === 'string') return schema.enum[0]
  if (schema.format === 'date-time') return '2026-01-31T12:00:00Z'
  return samples[name] ?? 'text'
}
