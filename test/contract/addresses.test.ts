// The forms in which clients write addresses, keys and parameters: each must reach the same call.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calls } from '../../contract/v1/calls.ts'
import { newDesk, type TestDesk } from '../desk.ts'
import { TEST_KEY } from '../first-start.ts'
import { leastOf, resourceOf, sampleOf } from './samples.ts'
import { faults, formats, readAnswer } from './wire.ts'
import { newWorld, type World } from './world.ts'

let desk: TestDesk
let world: World
beforeAll(async () => {
  desk = await newDesk()
  world = await newWorld(desk)
})
afterAll(() => desk.close())

interface Request {
  method: string
  url: string
  headers?: Record<string, string>
  payload?: string
}
const send = ({ method, ...request }: Request) => desk.app.http.inject({ method: method as 'GET', ...request })

const pairs = (params: Record<string, string>): string => new URLSearchParams(params).toString()
const KEY = { apikey: TEST_KEY }

const forms: Record<string, (resource: string, suffix: string, query: string) => string> = {
  'a plain address': (resource, suffix, query) => `/api/${resource}${suffix}?${query}`,
  'a trailing slash': (resource, suffix, query) => `/api/${resource}/${suffix}?${query}`.replace(/\/\./, '.'),
  'a trailing slash and an empty first pair': (resource, suffix, query) => `/api/${resource}${suffix}/?&${query}`,
  'index.php with handler': (resource, suffix, query) =>
    `/api/index.php?handler=${encodeURIComponent(decodeURIComponent(resource) + suffix)}&${query}`,
  'index.php with a slash at the end of handler, after an empty first pair': (resource, suffix, query) =>
    `/api/index.php?&handler=${encodeURIComponent(`${decodeURIComponent(resource)}/`)}${suffix && ''}&${query}`,
}

describe.each(Object.entries(forms))('%s', (_name, form) => {
  test.each(calls)('reaches $method $path', async (call) => {
    const sample = await sampleOf(world, call)
    const url = form(resourceOf(call, sample.path), '', pairs({ ...KEY, ...leastOf(sample) }))
    const reply = await send({ method: call.method, url })
    expect(reply.statusCode, reply.body).toBe(200)
    expect(faults(call, 'json', readAnswer(call, 'json', reply.body))).toEqual([])
  })
})

describe.each(['a plain address', 'a trailing slash', 'index.php with handler'])('a suffix on %s', (name) => {
  test.each(formats)('.%s picks the format', async (format) => {
    const call = calls.find(({ method, path }) => method === 'GET' && path === '/api/tags/[tagid]')
    if (!call) throw new Error('calls.json has lost a call')
    const url = forms[name]?.(`tags/${world.tagid}`, `.${format}`, pairs(KEY)) ?? ''
    const reply = await send({ method: 'GET', url })
    expect(reply.headers['content-type']).toContain(format)
    expect(readAnswer(call, format, reply.body).id).toBe(world.tagid)
  })
})

const multipart = (params: Record<string, string>): string =>
  `${Object.entries(params)
    .map(([name, value]) => `--limit\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('')}--limit--\r\n`

type Carrier = (resource: string, params: Record<string, string>) => Omit<Request, 'method'>
const carriers: Record<string, Carrier> = {
  'the query': (resource, params) => ({ url: `/api/${resource}?${pairs(params)}` }),
  'the query, next to an empty JSON body': (resource, params) => ({
    url: `/api/${resource}?${pairs(params)}`,
    headers: { 'content-type': 'application/json' },
    payload: '',
  }),
  'an urlencoded body': (resource, params) => ({
    url: `/api/${resource}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: pairs(params),
  }),
  'a multipart body': (resource, params) => ({
    url: `/api/${resource}`,
    headers: { 'content-type': 'multipart/form-data; boundary=limit' },
    payload: multipart(params),
  }),
  'a JSON body': (resource, params) => ({
    url: `/api/${resource}`,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(params),
  }),
  'a query and an urlencoded body': (resource, params) => {
    const [first, ...rest] = Object.entries(params)
    return {
      url: `/api/${resource}?${pairs(Object.fromEntries(first ? [first] : []))}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: pairs(Object.fromEntries(rest)),
    }
  },
}

describe.each(Object.entries(carriers))('parameters in %s', (_name, carrier) => {
  test.each(calls.filter(({ method }) => method !== 'GET'))('reach $method $path', async (call) => {
    const { path, required, sensible, optional } = await sampleOf(world, call)
    const reply = await send({
      method: call.method,
      ...carrier(resourceOf(call, path), { ...KEY, ...required, ...sensible, ...optional }),
    })
    expect(reply.statusCode, reply.body).toBe(200)
    expect(faults(call, 'json', readAnswer(call, 'json', reply.body))).toEqual([])
  })
})

describe('the key', () => {
  const wrong = 'a-key-that-nobody-has'
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test.each([
    ['a wrong one in the query beats a right one in the body', { query: wrong, body: TEST_KEY }, 401],
    ['a wrong one in the query beats a right one in the header', { query: wrong, header: TEST_KEY }, 401],
    ['a wrong one in the body beats a right one in the header', { body: wrong, header: TEST_KEY }, 401],
    ['a right one in the query beats a wrong one in the header', { query: TEST_KEY, header: wrong }, 200],
    ['a right one in the body beats a wrong one in the header', { body: TEST_KEY, header: wrong }, 200],
    ['a right one in the query beats a wrong one in the body', { query: TEST_KEY, body: wrong }, 200],
    ['the header alone is enough', { header: TEST_KEY }, 200],
    ['a blank one in the query counts as none', { query: '', header: TEST_KEY }, 200],
    ['without one there is nothing', {}, 400],
  ])('%s', async (_name, keys: { query?: string; body?: string; header?: string }, status) => {
    const reply = await send({
      method: 'PUT',
      url: `/api/tags/${world.tagid}${keys.query === undefined ? '' : `?apikey=${keys.query}`}`,
      headers: { ...form, ...(keys.header === undefined ? {} : { apikey: keys.header }) },
      payload: keys.body === undefined ? 'color=FFFFFF' : `apikey=${keys.body}`,
    })
    expect(reply.statusCode, reply.body).toBe(status)
  })
})
