// Public links of conversations that were merged.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { aConversation } from '../../test/people.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const path = (code: string) => `/index.php?type=my_tickets&cid=${code}`
const get = (url: string) => desk.app.http.inject({ method: 'GET', url })
const merge = (from: string, into: string) => desk.v3('POST', `conversations/${from}/merge`, { into })
const upload = async (name: string): Promise<string> =>
  (await desk.v1('POST', 'files', { name, type: 'text/plain', data: 'aGVsbG8=' })).body.fileid
const file = (id: string, code: string) => get(`/scripts/file.php?file=${id}&cid=${code}`)

const anna = { useridentifier: 'anna@example.com' }

test('the link of one that was merged into another of the same customer leads there, and back when that is undone', async () => {
  const [a, b, c] = [await aConversation(desk, anna), await aConversation(desk, anna), await aConversation(desk, anna)]
  const { moveid } = (await merge(a.conversationid, b.code)).body
  await merge(b.conversationid, c.code)
  for (const { publicurlcode } of [a, b]) {
    const reply = await get(path(publicurlcode))
    expect([reply.statusCode, reply.headers.location]).toEqual([302, path(c.publicurlcode)])
    expect(reply.headers['x-robots-tag']).toContain('noindex')
  }
  const { moves } = (await desk.v3('GET', `conversations/${b.conversationid}/moves`)).body
  for (const id of [moves[0].moveid, moveid])
    await desk.v3('POST', `conversations/${b.conversationid}/moves/${id}/undo`)
  expect((await get(path(a.publicurlcode))).statusCode).toBe(200)
})

test('the link of one that was merged into somebody else’s shows what was its own, and nothing of the other', async () => {
  const [own, others, hidden] = [await upload('own.txt'), await upload('others.txt'), await upload('hidden.txt')]
  const a = await aConversation(desk, { ...anna, message: 'My own words', subject: 'Mine', attachments: own })
  const b = await aConversation(desk, { message: 'Words of another', subject: 'Theirs', attachments: others })
  await desk.v1('POST', `conversations/${a.conversationid}/messages`, {
    message: 'Internal',
    type: 'N',
    attachments: hidden,
  })
  await merge(a.conversationid, b.code)
  const { statusCode, body } = await get(path(a.publicurlcode))
  expect(statusCode).toBe(200)
  for (const text of ['My own words', 'Mine', a.code, 'own.txt']) expect(body).toContain(text)
  for (const text of ['Words of another', 'Theirs', b.code, b.publicurlcode, 'others.txt', 'Internal'])
    expect(body).not.toContain(text)
  expect((await file(own, a.publicurlcode)).statusCode).toBe(200)
  expect((await file(own, b.publicurlcode)).statusCode).toBe(200)
  expect((await file(others, a.publicurlcode)).statusCode).toBe(404)
  expect((await file(hidden, a.publicurlcode)).statusCode).toBe(404)
})

test('what was moved away, because it was never theirs, is not shown under the old link any more', async () => {
  const misplaced = await upload('misplaced.txt')
  const a = await aConversation(desk, anna)
  const b = await aConversation(desk)
  await desk.v1('POST', `conversations/${a.conversationid}/messages`, {
    message: 'Misplaced',
    useridentifier: 'berta@example.com',
    attachments: misplaced,
  })
  const { groups } = (await desk.v3('GET', `conversations/${a.conversationid}/messages`)).body
  const messagegroupids = [groups[1].messagegroupid]
  expect(
    (await desk.v3('POST', `conversations/${a.conversationid}/move`, { messagegroupids, into: b.code })).status,
  ).toBe(200)
  expect((await get(path(a.publicurlcode))).body).not.toContain('Misplaced')
  expect((await file(misplaced, a.publicurlcode)).statusCode).toBe(404)
  expect((await file(misplaced, b.publicurlcode)).statusCode).toBe(200)
})

test('a link does not lead into a deleted conversation', async () => {
  const [a, b] = [await aConversation(desk, anna), await aConversation(desk, anna)]
  await merge(a.conversationid, b.code)
  await desk.v1('DELETE', `conversations/${b.conversationid}`)
  expect((await get(path(a.publicurlcode))).statusCode).toBe(404)
})
