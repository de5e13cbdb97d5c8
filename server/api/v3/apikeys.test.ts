import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation } from '../../../test/people.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const aKey = async (fields: Record<string, unknown> = {}) =>
  (await desk.v3('POST', 'apikeys', { name: 'Shop', rights: 'full', ...fields })).body

describe('API keys', () => {
  test('are told to nobody without one, and not to one that only reads', async () => {
    expect((await desk.v3('GET', 'apikeys', undefined, { key: null })).status).toBe(401)
    const { key } = await aKey({ rights: 'read' })
    expect((await desk.v3('GET', 'apikeys', undefined, { key })).status).toBe(403)
    expect((await desk.v3('POST', 'apikeys', { name: 'More', rights: 'full' }, { key })).status).toBe(403)
  })

  test('that are wrongly described are refused by name', async () => {
    const field = async (draft: unknown) => (await desk.v3('POST', 'apikeys', draft)).body.error.field
    expect(await field({ rights: 'full' })).toBe('name')
    expect(await field({ name: 'A', rights: 'all' })).toBe('rights')
    expect(await field({ name: 'A', rights: 'full', rate_limit: 0 })).toBe('rate_limit')
    expect(await field({ name: 'A', rights: 'full', key: 'my own choice' })).toBe('key')
  })

  test('are shown once, kept as a hash, listed without, changed and revoked', async () => {
    const { key, ...row } = await aKey({ rate_limit: 5_000 })
    expect(key).toMatch(/^[A-Za-z0-9]{43}$/)
    expect(row).toEqual({
      id: expect.stringMatching(/^[a-z0-9]{8}$/),
      name: 'Shop',
      rights: 'full',
      rate_limit: 5_000,
      datecreated: expect.stringMatching(/Z$/),
      datelastused: null,
      daterevoked: null,
    })
    const list = await desk.v3('GET', 'apikeys')
    expect(list.body.apikeys).toContainEqual(row)
    expect(list.text).not.toContain(key)
    const stored = await desk.app.database.reader.selectFrom('api_keys').selectAll().execute()
    expect(JSON.stringify(stored)).not.toContain(key)
    expect((await desk.v3('PATCH', `apikeys/${row.id}`, { rate_limit: null })).body).toEqual({
      ...row,
      rate_limit: null,
    })
    expect((await desk.v3('PATCH', `apikeys/${row.id}`, {})).body).toEqual({ ...row, rate_limit: null })
    expect((await desk.v3('DELETE', `apikeys/${row.id}`)).body).toEqual({ status: 'OK' })
    expect((await desk.v3('GET', `apikeys/${row.id}`)).body.daterevoked).toMatch(/Z$/)
    expect((await desk.v3('PATCH', `apikeys/${row.id}`, { name: 'Back' })).status).toBe(409)
    expect((await desk.v3('GET', 'apikeys/zzzzzzzz')).status).toBe(404)
  })

  test('that are revoked work nowhere', async () => {
    const { id, key } = await aKey()
    expect((await desk.v1('GET', 'tags', {}, { key })).status).toBe(200)
    await desk.v3('DELETE', `apikeys/${id}`)
    expect((await desk.v1('GET', 'tags', {}, { key })).status).toBe(401)
    expect((await desk.v1('POST', 'tags', { name: 'Late' }, { key })).status).toBe(401)
    expect((await desk.v1('GET', 'tags', {}, { key: null, headers: { apikey: key } })).status).toBe(401)
    expect((await desk.v3('GET', 'tags', undefined, { key })).status).toBe(401)
    expect((await desk.v3('DELETE', `apikeys/${id}`, undefined, { key })).status).toBe(401)
    const file = await desk.app.http.inject({ url: `/scripts/file.php?file=${'0'.repeat(32)}&apikey=${key}` })
    expect(file.statusCode).toBe(404)
  })

  test('that only read change nothing, on either API', async () => {
    const { key } = await aKey({ rights: 'read' })
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${conversationid}`
    const before = await desk.v1('GET', path, {}, { key })
    expect(before.status).toBe(200)
    const attempts = [
      await desk.v1('POST', 'tags', { name: 'No' }, { key }),
      await desk.v1('POST', `${path}/messages`, { message: 'No' }, { key }),
      await desk.v1('PUT', `${path}/status`, { status: 'R' }, { key }),
      await desk.v1('DELETE', path, {}, { key }),
      await desk.v3('POST', 'tags', { name: 'No' }, { key }),
      await desk.v3('POST', `${path}/messages`, { message: 'No' }, { key }),
      await desk.v3('PUT', `${path}/status`, { status: 'R' }, { key }),
    ]
    expect(attempts.map(({ status }) => status)).toEqual([401, 401, 401, 401, 403, 403, 403])
    expect((await desk.v1('GET', path, {}, { key })).body).toEqual(before.body)
    expect((await desk.v1('GET', 'tags', {}, { key })).body.tags).toEqual([])
  })

  test('remember when they were last used', async () => {
    const { id, key } = await aKey()
    await desk.v1('GET', 'tags', {}, { key })
    await expect
      .poll(async () => (await desk.v3('GET', `apikeys/${id}`)).body.datelastused, { timeout: 10_000 })
      .toMatch(/Z$/)
  })
})
