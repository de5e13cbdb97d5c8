// One call of API v3 as an OpenAPI operation.
import type { z } from 'zod'
import type { V3Route } from '../v3/route.ts'
import type { Operation, Parameter } from './openapi.ts'
import { type Components, refTo, type Schema } from './schema.ts'

/** `/api/v3/tags/:id` → `/api/v3/tags/{id}`. */
export const v3Path = ({ url }: V3Route): string => url.replace(/:(\w+)/g, '{$1}')

/** `text/html; charset=utf-8` → `text/html`. */
const bare = (type: string): string => type.split(';', 1)[0] ?? type

const resourceOf = (url: string): string => url.split('/')[3] ?? ''

const REFUSALS: Record<string, string> = {
  '400': 'A field is missing or wrong.',
  '401': 'No valid API key and no session.',
  '403': 'The actor may not do this.',
  '404': 'There is no such thing, or the actor may not see it.',
  '409': 'It clashes with what is stored.',
  '429': 'Too many requests: Retry-After says how long to wait.',
}

export function v3Operation(route: V3Route, components: Components): Operation {
  return {
    operationId: operationId(route),
    tags: [resourceOf(route.url)],
    summary: route.summary,
    security: route.isPublic ? [] : [{ apikey: [] }, { session: [] }],
    parameters: [...parameters(route.path, 'path', components), ...parameters(route.query, 'query', components)],
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: components.of(route.body, 'input') } } },
    }),
    responses: {
      '200': {
        description: 'Done.',
        content: { [bare(route.answerType)]: { schema: components.of(route.answer, 'output') } },
      },
      ...Object.fromEntries(
        Object.entries(REFUSALS).map(([status, description]) => [
          status,
          { description, content: { 'application/json': { schema: refTo('Error') } } },
        ]),
      ),
    },
  }
}

/** `GET /api/v3/tags/:id` → `get_tags_id`. */
const operationId = ({ method, url }: V3Route): string =>
  [method.toLowerCase(), ...url.split('/').slice(3)].join('_').replaceAll(':', '')

function parameters(schema: z.ZodType, where: Parameter['in'], components: Components): Parameter[] {
  const { properties = {}, required = [] } = components.of(schema, 'input')
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest }: Schema = typeof property === 'boolean' ? {} : property
    return {
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    }
  })
}
