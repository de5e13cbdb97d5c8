// One call of API v3, or of visitors, as an OpenAPI operation.
import type { z } from 'zod'
import type { V3Route } from '../v3/route.ts'
import type { WidgetRoute } from '../widget/route.ts'
import type { Operation, Parameter, Security } from './openapi.ts'
import { type Components, refTo, type Schema } from './schema.ts'

type Described = Pick<V3Route, 'method' | 'url' | 'summary' | 'path' | 'query' | 'body' | 'answer' | 'answerType'>

/** `/api/v3/tags/:id` → `/api/v3/tags/{id}`. */
export const ownPath = ({ url }: Described): string => url.replace(/:(\w+)/g, '{$1}')

/** `text/html; charset=utf-8` → `text/html`. */
const bare = (type: string): string => type.split(';', 1)[0] ?? type

const resourceOf = (url: string): string => url.split('/')[3] ?? ''

const REFUSALS: Record<string, string> = {
  '400': 'A field is missing or wrong.',
  '401': 'It is not known who asks: no valid API key and no session, or no valid token of a visitor.',
  '403': 'The actor may not do this.',
  '404': 'There is no such thing, or the actor may not see it.',
  '409': 'It clashes with what is stored.',
  '429': 'Too many requests: Retry-After says how long to wait.',
}

export const v3Operation = (route: V3Route, components: Components): Operation =>
  operation(route, resourceOf(route.url), route.isPublic ? [] : [{ apikey: [] }, { session: [] }], components)

export const widgetOperation = (route: WidgetRoute, components: Components): Operation => ({
  ...operation(
    route,
    `widget ${resourceOf(route.url)}`,
    route.isOpen && !route.findsVisitor ? [] : [{ visitor: [] }],
    components,
  ),
  operationId: `widget_${operationId(route)}`,
})

function operation(route: Described, tag: string, security: Security, components: Components): Operation {
  return {
    operationId: operationId(route),
    tags: [tag],
    summary: route.summary,
    security,
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
const operationId = ({ method, url }: Described): string =>
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
