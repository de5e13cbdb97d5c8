import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation } from '../../../test/people.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

describe('tags on API v1', () => {
  test('without a key nothing is told', async () => {
    const reply = await desk.v1('GET', 'tags', {}, { key: null })
    expect(reply.status).toBe(400)
    expect(reply.body.errormessage).toBe('Api key is not found in request')
  })

  test('a colour that is none is refused by name and stores nothing', async () => {
    const reply = await desk.v1('POST', 'tags', { name: 'Odd', color: 'reddish' })
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain("'color'")
    expect((await desk.v1('GET', 'tags')).body.tags).toEqual([])
  })

  test('a tag is created, read, changed and deleted', async () => {
    const created = await desk.v1('POST', 'tags', { name: 'VIP', color: 'ffffff', bg_color: '#0000FF' })
    expect(created.body).toMatchObject({
      status: 'OK',
      statuscode: 0,
      name: 'VIP',
      color: 'FFFFFF',
      bg_color: '0000FF',
    })
    const { id } = created.body
    expect((await desk.v1('GET', `tags/${id}`)).body).toEqual({
      id,
      name: 'VIP',
      is_archived: null,
      color: 'FFFFFF',
      bg_color: '0000FF',
    })
    expect((await desk.v1('PUT', `tags/${id}`, { name: 'Very important' })).body).toEqual({
      status: 'OK',
      statuscode: 0,
    })
    expect((await desk.v1('GET', 'tags')).body.tags).toEqual([{ id, name: 'Very important' }])
    expect((await desk.v1('DELETE', `tags/${id}`)).status).toBe(200)
    expect((await desk.v1('GET', `tags/${id}`)).status).toBe(404)
  })

  test('a second tag of the same name, in any case, is refused', async () => {
    await desk.v1('POST', 'tags', { name: 'Urgent' })
    expect((await desk.v1('POST', 'tags', { name: 'URGENT' })).status).toBe(500)
  })

  test('a deleted tag leaves its conversations at once, and its rows with the next jobs', async () => {
    const { conversationid } = await aConversation(desk)
    await desk.v1('POST', `conversations/${conversationid}/tags`, { name: 'Passing' })
    const { body } = await desk.v1('GET', `conversations/${conversationid}`)
    expect(body.tags).toMatch(/^[0-9a-z]{8}$/)
    await desk.v1('DELETE', `tags/${body.tags}`)
    expect((await desk.v1('GET', `conversations/${conversationid}`)).body.tags).toBeNull()
    await desk.drain()
    const rows = await desk.app.database.reader.selectFrom('conversation_tags').selectAll().execute()
    expect(rows).toEqual([])
  })
})
