// JSON Schemas from Zod, in the form that OpenAPI wants: named ones once, under components, referred to by everybody else.
import { z } from 'zod'

export type Schema = z.core.JSONSchema.JSONSchema

const PREFIX = '#/components/schemas/'

/** The name behind a reference. */
export const nameOfRef = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1)

export class Components {
  readonly schemas: Record<string, Schema> = {}

  /** The schema of what is sent (`input`) or answered (`output`). */
  of(schema: z.ZodType, io: 'input' | 'output'): Schema {
    const {
      $schema: _,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        // The pattern of an ISO date is longer than all else together, and says no more than the format does.
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
        // Zod writes the largest safe integer where no bound was meant.
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      },
    })
    const names = new Map(Object.keys($defs).map((name) => [name, this.#nameFor(name, $defs[name] ?? {}, io)]))
    for (const [name, definition] of Object.entries($defs))
      this.schemas[names.get(name) ?? name] = withNames(definition, names)
    return withNames(root, names)
  }

  /** A schema that takes defaults is one thing to who sends it and another to who gets it: then it has two names. */
  #nameFor(name: string, definition: Schema, io: 'input' | 'output'): string {
    const known = this.schemas[name]
    const own = new Map<string, string>()
    if (!known || JSON.stringify(known) === JSON.stringify(withNames(definition, own))) return name
    return io === 'input' ? `${name}Sent` : `${name}Answered`
  }
}

/** The schema with its references pointing to components. */
function withNames(schema: Schema, names: ReadonlyMap<string, string>): Schema {
  const inner = (part: Schema | boolean): Schema | boolean =>
    typeof part === 'boolean' ? part : withNames(part, names)
  const { $ref, properties, items, anyOf, oneOf, allOf, prefixItems, additionalProperties, id: _, ...rest } = schema
  const all = (parts: Schema[]): Schema[] => parts.map((part) => withNames(part, names))
  return {
    ...rest,
    ...($ref !== undefined && { $ref: PREFIX + (names.get(nameOfRef($ref)) ?? nameOfRef($ref)) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)])),
    }),
    ...(items !== undefined && { items: Array.isArray(items) ? items.map(inner) : inner(items) }),
    ...(prefixItems && { prefixItems: prefixItems.map(inner) }),
    ...(additionalProperties !== undefined && { additionalProperties: inner(additionalProperties) }),
    ...(anyOf && { anyOf: all(anyOf) }),
    ...(oneOf && { oneOf: all(oneOf) }),
    ...(allOf && { allOf: all(allOf) }),
  }
}

export const refTo = (name: string): Schema => ({ $ref: PREFIX + name })
