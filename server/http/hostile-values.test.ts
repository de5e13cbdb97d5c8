// Values that no honest client sends. Nothing of them may reach the database as it is, nor come back as a defect.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { TEST_KEY } from '../../test/first-start.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

describe('a NUL character', () => {
  it.each([
    ['GET', 'conversations?owneridentifier=%00'],
    ['GET', 'conversations?department=a%00'],
    ['GET', 'conversations?agent=%00'],
    ['GET', 'conversations?channel_type=%00'],
    ['DELETE', 'conversations/%00/tags/1'],
    ['DELETE', 'conversations/1/tags/%00'],
  ])('is refused in an address: %s %s', async (method, path) => expect((await desk.v3(method, path)).status).toBe(400))

  it.each([
    ['POST', 'departments', { name: 'Sales', agents: ['\0'] }],
    ['POST', 'agents', { email: 'a@example.com', departments: ['\0'] }],
    ['POST', 'conversations/1/messages', { message: 'Hello', attachments: ['\0'] }],
  ])('is refused in a list: %s %s', async (method, path, body) =>
    expect((await desk.v3(method, path, body)).status).toBe(400),
  )

  it.each([
    `/scripts/file.php?file=%00&apikey=${TEST_KEY}`,
    '/scripts/file.php?file=1&cid=%00',
    '/index.php?type=page&urlcode=%00',
    '/index.php?type=my_tickets&cid=%00',
  ])('names nothing: %s', async (url) =>
    expect((await desk.app.http.inject({ method: 'GET', url })).statusCode).toBe(404),
  )
})

test('lists where a text is expected are no defect of a page', async () => {
  for (const url of ['/index.php?type=my_tickets&earlier[a]=1', '/index.php?type[]=page', '/search?q[a][b]=1'])
    expect((await desk.app.http.inject({ method: 'GET', url })).statusCode).toBeLessThan(500)
})

test('thousands of slashes in an address take no time', async () => {
  const url = `/api/${'/'.repeat(15_000)}x`
  const replies = await Promise.all(Array.from({ length: 50 }, () => desk.app.http.inject({ method: 'GET', url })))
  expect(new Set(replies.map(({ statusCode }) => statusCode))).toEqual(new Set([404]))
})
