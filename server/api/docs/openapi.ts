// The OpenAPI description of all APIs. Made from the routes themselves: what is not declared there is not described here.
import { calls } from '../../../contract/v1/calls.ts'
import { API_GENERATION, VERSION } from '../../version.ts'
import { loadV3Routes } from '../v3/register.ts'
import { loadWidgetRoutes } from '../widget/register.ts'
import { Components, type Schema } from './schema.ts'
import { v1Operation, v1Path } from './v1.ts'
import { ownPath, v3Operation, widgetOperation } from './v3.ts'

export interface Parameter {
  name: string
  in: 'path' | 'query'
  required: boolean
  description?: string
  schema: Schema
}

export type Security = Record<string, string[]>[]

export interface Operation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security: Security
  parameters: Parameter[]
  requestBody?: { required: boolean; content: Record<string, { schema: Schema }> }
  responses: Record<string, { description: string; content: Record<string, { schema: Schema }> }>
}

type SecurityScheme =
  | { type: 'apiKey'; in: 'header' | 'query' | 'cookie'; name: string; description: string }
  | { type: 'http'; scheme: 'bearer'; description: string }

export interface OpenApi {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: {
    schemas: Record<string, Schema>
    securitySchemes: Record<string, SecurityScheme>
  }
}

export interface Installation {
  publicUrl: string
  /** Of agents' sessions. */
  cookieName: string
}

export async function describeApis({ publicUrl, cookieName }: Installation): Promise<OpenApi> {
  const components = new Components()
  const paths: OpenApi['paths'] = {}
  const add = (path: string, method: string, operation: Operation): void => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation }
  }
  for (const route of await loadV3Routes()) add(ownPath(route), route.method, v3Operation(route, components))
  for (const route of await loadWidgetRoutes()) add(ownPath(route), route.method, widgetOperation(route, components))
  for (const call of calls) add(v1Path(call), call.method, v1Operation(call))
  const used = new Set(Object.values(paths).flatMap((path) => Object.values(path).flatMap(({ tags }) => tags)))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Deskhand',
      version: VERSION,
      description: `API v3 is Deskhand's own: plain JSON, everything that the help desk can do. Visitors of web sites have calls of their own, which the pages of any site may make. API v1 answers as LiveAgent ${API_GENERATION} does, for programs written for it.`,
    },
    servers: [{ url: publicUrl }],
    tags: [...used].map((name) => ({ name, description: apiOf(name) })),
    paths,
    components: {
      schemas: { ...components.schemas, ...errorSchemas },
      securitySchemes: {
        apikey: { type: 'apiKey', in: 'header', name: 'apikey', description: 'An API key.' },
        apikeyInQuery: {
          type: 'apiKey',
          in: 'query',
          name: 'apikey',
          description: 'API v1 only. It looks for the key in the query, the body and the header, in this order.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: cookieName,
          description: 'The session of a signed-in agent: see POST /api/v3/session.',
        },
        visitor: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of a visitor: see POST /api/widget/visitors.',
        },
      },
    },
  }
}

const apiOf = (tag: string): string =>
  tag.startsWith('v1 ') ? 'API v1' : tag.startsWith('widget ') ? 'Visitors' : 'API v3'

const errorSchemas: Record<string, Schema> = {
  Error: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: {
          code: { type: 'string', description: 'Stable, for programs.' },
          message: { type: 'string', description: 'For people.' },
          field: { type: 'string', description: 'The field that is wrong, where it is one.' },
        },
      },
    },
  },
  V1Error: {
    type: 'object',
    required: ['response'],
    properties: {
      response: {
        type: 'object',
        properties: {
          status: { type: 'string', const: 'ERROR' },
          statuscode: { type: 'integer', description: 'The same as the HTTP status.' },
          errormessage: { type: 'string', description: 'Names the parameter that is wrong.' },
          debugmessage: { type: 'string' },
        },
      },
    },
  },
}
