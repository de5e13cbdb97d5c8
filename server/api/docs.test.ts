import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calls } from '../../contract/v1/calls.ts'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { curl } from './docs/example.ts'
import type { OpenApi, Operation } from './docs/openapi.ts'
import { loadV3Routes } from './v3/register.ts'
import { loadWidgetRoutes } from './widget/register.ts'

let desk: TestDesk
let api: OpenApi
let operations: [string, Operation][]
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.example.com' })
  api = (await desk.app.http.inject({ url: '/api/v3/openapi.json' })).json()
  operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  )
})
afterAll(() => desk.close())

describe('the OpenAPI description', () => {
  test('is public, and says nothing about this installation but its address', async () => {
    const reply = await desk.app.http.inject({ url: '/api/v3/openapi.json' })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['content-type']).toContain('application/json')
    expect(reply.body).not.toContain(desk.app.installation.secret)
    expect(api.servers).toEqual([{ url: 'https://help.example.com' }])
    expect(api.openapi).toBe('3.1.0')
    expect(api.components.securitySchemes.session).toMatchObject({ in: 'cookie', name: '__Host-deskhand' })
  })

  test('has every call of all APIs', async () => {
    const described = new Set(operations.map(([name]) => name))
    const expected = [
      ...[...(await loadV3Routes()), ...(await loadWidgetRoutes())].map(
        ({ method, url }) => `${method.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`,
      ),
      ...calls.map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/\[(\w+)\]/g, '{$1}')}`),
    ]
    expect(expected.filter((name) => !described.has(name))).toEqual([])
    expect(described.size).toBe(expected.length)
  })

  test('refers to nothing that is not there', () => {
    const text = JSON.stringify(api)
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '')
    expect(refs.length).toBeGreaterThan(50)
    const unknown = refs.filter((ref) => !(ref.replace('#/components/schemas/', '') in api.components.schemas))
    expect(unknown).toEqual([])
    expect(text).not.toContain('$defs')
  })

  test('names each call once, and each part of its path', () => {
    const ids = operations.map(([, { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [name, { parameters }] of operations) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, part]) => part)
      const declared = parameters.filter((param) => param.in === 'path').map((param) => param.name)
      expect([name, declared.sort()]).toEqual([name, inPath.sort()])
    }
  })

  test('asks for a key, a session or a token wherever the server does', async () => {
    for (const [name, { security, operationId }] of operations) {
      const [method = '', path = ''] = name.split(' ')
      const reply = await desk.app.http.inject({
        method: method.toUpperCase() as 'GET',
        url: path.replace(/\{\w+\}/g, 'zzzzzzzz'),
        ...(method !== 'get' && { payload: {} }),
      })
      const isRefused = operationId.startsWith('v1_') ? reply.statusCode === 400 : reply.statusCode === 401
      expect([name, isRefused]).toEqual([name, security.length > 0])
    }
  })

  test('describes what goes in and what comes out', () => {
    const agents = api.paths['/api/v3/agents']?.post
    expect(agents?.requestBody?.content['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/AgentDraft',
    })
    expect(api.components.schemas.AgentDraft?.required).toEqual(['email'])
    expect(api.components.schemas.Agent?.properties).not.toHaveProperty('password')
    const list = api.paths['/api/conversations']?.get
    expect(list?.parameters.map(({ name }) => name)).toContain('datechanged')
    const groups = api.paths['/api/conversations/{conversationid}/messages']?.get?.responses['200']
    expect(groups?.content['application/json']?.schema).toMatchObject({
      properties: { response: { properties: { groups: { items: { properties: { messages: { type: 'array' } } } } } } },
    })
  })
})

describe('the calls of visitors', () => {
  test('take a token and no key, and have a section of their own', async () => {
    expect(api.components.securitySchemes.visitor).toMatchObject({ type: 'http', scheme: 'bearer' })
    const chats = api.paths['/api/widget/chats']?.post
    expect(chats?.security).toEqual([{ visitor: [] }])
    expect(api.paths['/api/widget/live']?.get?.security).toEqual([{ visitor: [] }])
    expect(api.paths['/api/widget/visitors']?.post?.security).toEqual([])
    const file = api.paths['/api/widget/chats/{id}/files/{fileid}']?.get?.responses['200']
    expect(Object.keys(file?.content ?? {})).toEqual(['application/octet-stream'])
    const { body } = await desk.app.http.inject({ url: '/api/docs' })
    const section = /<section aria-labelledby="visitors">[\s\S]*?<\/section>/.exec(body)?.[0] ?? ''
    const ids = operations.flatMap(([name, { operationId }]) => (name.includes(' /api/widget/') ? [operationId] : []))
    expect(ids.length).toBeGreaterThan(15)
    for (const id of ids) expect(section).toContain(`<details id="${id}">`)
    expect(section).toContain('-H &quot;Authorization: Bearer $VISITOR&quot;')
    expect(section).not.toContain('DESKHAND_KEY')
  })
})

describe('the reference page', () => {
  test('is one page that loads nothing, and runs and styles only what its policy knows', async () => {
    for (const url of ['/api/docs', '/api/docs/']) {
      const reply = await desk.app.http.inject({ url })
      expect(reply.statusCode).toBe(200)
      expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
      const policy = String(reply.headers['content-security-policy'])
      expect(policy).not.toContain('unsafe')
      expect(policy).toContain("default-src 'none'")
      const inline = [...reply.body.matchAll(/<(?:style|script)>([\s\S]*?)<\/(?:style|script)>/g)]
      expect(inline).toHaveLength(2)
      for (const [, text = ''] of inline) expect(policy).toContain(`'sha256-${hash('sha256', text, 'base64')}'`)
      expect(reply.body).not.toMatch(/ (style|on\w+)=|<(img|iframe|script) /)
      expect(reply.body).not.toMatch(/(src|href)="(https?:)?\/\//)
    }
  })

  test('shows every call with an example, and leads nowhere that is not there', async () => {
    const { body } = await desk.app.http.inject({ url: '/api/docs' })
    for (const [, { operationId }] of operations) expect(body).toContain(`<details id="${operationId}">`)
    expect(body.match(/<code>curl /g)).toHaveLength(operations.length)
    const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const targets = [...body.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
    expect(targets.filter((id) => !ids.includes(id))).toEqual([])
  })

  test('gives bodies that the calls take', async () => {
    for (const route of [...(await loadV3Routes()), ...(await loadWidgetRoutes())]) {
      const path = route.url.replace(/:(\w+)/g, '{$1}')
      const operation = api.paths[path]?.[route.method.toLowerCase()]
      if (!operation || !route.body) continue
      const command = curl(api, path, route.method.toLowerCase(), operation)
      const [, body = ''] = / -d '([\s\S]*)'$/.exec(command) ?? []
      const result = route.body.safeParse(JSON.parse(body.replaceAll("'\\''", "'")))
      expect([path, body, result.error?.issues]).toEqual([path, body, undefined])
    }
  })

  test('can be read without eyes and without a mouse', async () => {
    const { body } = await desk.app.http.inject({ url: '/api/docs' })
    expect(body).toContain('<html lang="en">')
    expect(body).toContain('<a class="skip" href="#main">')
    expect(body).toContain('<label class="unseen" for="filter">')
    expect(body.match(/<h1>/g)).toHaveLength(1)
    expect(body.match(/<nav /g)).toHaveLength(body.match(/<nav [^>]*aria-label=/g)?.length ?? 0)
    // What scrolls sideways must be reachable by keyboard.
    expect(body.match(/<pre>/g)).toBeNull()
  })
})
