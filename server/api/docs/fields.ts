// The fields of a schema as the rows of a table.
import { asSchema } from './example.ts'
import type { OpenApi } from './openapi.ts'
import { nameOfRef, type Schema } from './schema.ts'

export interface Row {
  /** With the way to it: `groups[].messages[].userid`. */
  name: string
  type: string
  /** The named object that it is, or a list of it. */
  object: string | undefined
  isRequired: boolean
  description: string
}

/** Objects without a name of their own are laid open; named ones are rows that lead to them. */
export function fieldRows(api: OpenApi, schema: Schema | undefined, path = ''): Row[] {
  if (!schema) return []
  const { properties = {}, required = [], oneOf = [] } = schema
  // One kind after another; each begins with the field that tells it from the others.
  if (oneOf.length > 0) return oneOf.flatMap((kind) => fieldRows(api, kind, path))
  return Object.entries(properties).flatMap(([name, part]) => {
    const inner = asSchema(part)
    const item = itemOf(inner)
    const opened = item ?? inner
    const way = `${path}${name}${item ? '[]' : ''}`
    const isLaidOpen = opened.$ref === undefined && opened.properties !== undefined
    return [
      row(`${path}${name}`, inner, required.includes(name)),
      ...(isLaidOpen ? fieldRows(api, opened, `${way}.`) : []),
    ]
  })
}

const itemOf = (schema: Schema): Schema | undefined =>
  schema.items === undefined || Array.isArray(schema.items) ? undefined : asSchema(schema.items)

function row(name: string, schema: Schema, isRequired: boolean): Row {
  const item = itemOf(schema)
  const ref = schema.$ref ?? item?.$ref
  return {
    name,
    type: ref === undefined ? typeText(schema) : item ? '[]' : '',
    object: ref === undefined ? undefined : nameOfRef(ref),
    isRequired,
    description: [schema.description ?? item?.description ?? '', bounds(schema)].filter(Boolean).join(' '),
  }
}

/** `string or null`, `N | C | A`, `integer[]`. */
function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOfRef(schema.$ref)
  const item = itemOf(schema)
  if (item) return `${typeText(item)}[]`
  const parts = schema.anyOf ?? schema.oneOf
  if (parts) return parts.map(typeText).join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map(String).join(' | ')
  if (schema.format === 'date-time') return 'instant'
  if (schema.type === undefined) return 'any'
  return Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type
}

function bounds({ minLength = 0, maxLength, minimum, maximum, default: fallback }: Schema): string {
  return [
    minLength > 1 && `At least ${minLength} characters.`,
    maxLength !== undefined && maxLength < 1_000 && `At most ${maxLength} characters.`,
    minimum !== undefined && maximum !== undefined && `From ${minimum} to ${maximum}.`,
    fallback !== undefined && `\`${JSON.stringify(fallback)}\` unless said otherwise.`,
  ]
    .filter(Boolean)
    .join(' ')
}
