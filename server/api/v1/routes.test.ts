// Every documented call has a route that knows every documented parameter, in the file where one would look for it.
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { bareName, calls, routeUrl } from '../../../contract/v1/calls.ts'
import { loadV1Routes, routeFiles } from './register.ts'
import type { V1Route } from './route.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const routes = await loadV1Routes()

/** Names of parameters with their schemas. */
function shapeOf(route: V1Route): Record<string, z.ZodType> {
  if (route.params instanceof z.ZodObject) return route.params.shape
  throw new Error(`the parameters of ${route.method} ${route.url} are no plain object`)
}

/** The name of a path parameter is our own business; its place is not. */
const place = (url: string): string => url.replace(/:\w+/g, ':id')

describe.each(calls)('$method $path', (call) => {
  const route = routes.find(({ method, url }) => method === call.method && place(url) === place(routeUrl(call)))

  test('has a route', () => {
    expect(route?.url).toBe(routeUrl(call))
  })

  test.each(call.params.filter(({ name }) => name !== 'apikey'))('knows $name (required: $required)', (param) => {
    if (!route) throw new Error('there is no route')
    const schema = shapeOf(route)[bareName(param)]
    expect(schema, 'the parameter is unknown').toBeDefined()
    expect(!schema?.safeParse(undefined).success).toBe(param.required && !isLenient(call.path))
  })

  test.each(call.params.filter(({ values }) => values))('takes every documented value of $name', (param) => {
    const schema = route && shapeOf(route)[bareName(param)]
    const refused = Object.keys(param.values ?? {}).filter((value) => !schema?.safeParse(value).success)
    expect(refused).toEqual([])
  })
})

/** `/api/reports/calls/load` → `reports/load`: ids do not count, nor does the segment that only picks a channel. */
const fileOf = (url: string): string =>
  url
    .replace(/^\/api\//, '')
    .split('/')
    .filter((segment, index, all) => {
      if (segment.startsWith(':')) return false
      return !(all[0] === 'reports' && index === 1 && all.length > 2 && /^(tickets|chats|calls)$/.test(segment))
    })
    .join('/')

describe('the tree of route files', () => {
  test.each(routeFiles(HERE).map((file) => relative(HERE, file)))('%s holds what its path says', async (file) => {
    const module: { routes: V1Route[] } = await import(`./${file}`)
    expect(module.routes.length).toBeGreaterThan(0)
    for (const { url } of module.routes) expect(`${fileOf(url)}.ts`).toBe(file)
  })
})

/** Calls that real clients send without the dates that the document requires: the last 30 days are meant then. */
function isLenient(path: string): boolean {
  return path.endsWith('/slalog')
}
