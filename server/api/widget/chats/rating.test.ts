// What a visitor says of his chat, once it has ended.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aChat, aChatter, aDepartment, aVisitor, type Chatter, callWidget } from '../../../../test/chats.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { storedRatings } from '../../../../test/ratings.ts'

let desk: TestDesk
let department: string
let ada: Chatter
beforeAll(async () => {
  desk = await newDesk()
  department = await aDepartment(desk)
  ada = await aChatter(desk, [department])
})
afterAll(() => desk.close())

async function running() {
  const chat = await aChat(desk, { department })
  await ada.v3('POST', `chats/${chat.id}/accept`, {})
  await ada.v3('POST', `chats/${chat.id}/messages`, { message: 'We do.' })
  return chat
}
async function ended() {
  const chat = await running()
  expect((await chat.visitor.call('POST', `chats/${chat.id}/end`, {})).body.state).toBe('ended')
  return chat
}

describe('a chat cannot be rated', () => {
  test('by anybody but its visitor: another does not learn that it exists', async () => {
    const { id } = await ended()
    const other = await aVisitor(desk)
    for (const [method, body] of [
      ['GET', undefined],
      ['POST', { rating: 'bad' }],
    ] as const) {
      expect((await other.call(method, `chats/${id}/rating`, body)).status).toBe(404)
      expect((await callWidget(desk, method, `chats/${id}/rating`, body)).status).toBe(401)
      expect((await callWidget(desk, method, `chats/${id}/rating`, body, 'a'.repeat(43))).status).toBe(401)
      expect((await other.call(method, 'chats/zzzzzzzz/rating', body)).status).toBe(404)
    }
    expect((await storedRatings(desk, id)).rows).toEqual([])
  })

  test('while it runs, nor if nobody took it', async () => {
    const { visitor, id } = await running()
    expect((await visitor.call('POST', `chats/${id}/rating`, { rating: 'good' })).status).toBe(409)
    expect((await visitor.call('GET', `chats/${id}/rating`)).status).toBe(404)
    await visitor.call('POST', `chats/${id}/end`, {})
    const lonely = await aChat(desk, { department })
    await lonely.visitor.call('POST', `chats/${lonely.id}/end`, {})
    expect((await lonely.visitor.call('POST', `chats/${lonely.id}/rating`, { rating: 'good' })).status).toBe(404)
  })

  test.each([
    ['rating', {}],
    ['rating', { rating: 'P' }],
    ['comment', { rating: 'good', comment: 'x'.repeat(5_001) }],
    ['comment', { rating: 'good', comment: '\ud800' }],
    ['comment', { rating: 'good', comment: 'nul\0' }],
    ['grade', { rating: 'good', grade: 'bad' }],
  ])('with a wrong %s: %j', async (field, body) => {
    const { visitor, id } = await ended()
    const reply = await visitor.call('POST', `chats/${id}/rating`, body)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
    expect((await storedRatings(desk, id)).rows).toEqual([])
  })

  test('too often in a minute', async () => {
    const { visitor, id } = await ended()
    const statuses = []
    for (let n = 0; n < 11; n++)
      statuses.push((await visitor.call('POST', `chats/${id}/rating`, { rating: n % 2 ? 'bad' : 'good' })).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429])
  })
})

test('a chat is rated at its end, for who had it last, can be changed, and shows to agents in its transcript alone', async () => {
  const { visitor, id } = await ended()
  expect((await visitor.call('GET', `chats/${id}/rating`)).body).toMatchObject({
    ...{ rating: null, comment: '', agent: 'Ada Agent', is_open: true },
  })
  await visitor.call('POST', `chats/${id}/rating`, { rating: 'bad', comment: 'Slow <b>' })
  const changed = await visitor.call('POST', `chats/${id}/rating`, { rating: 'good' })
  expect(changed.body).toMatchObject({ rating: 'good', comment: 'Slow <b>', is_open: true })
  const { rows, facts, kinds, messages } = await storedRatings(desk, id)
  expect(rows).toMatchObject([{ grade: 'good', source: 'chat', agent_id: ada.userid, department_id: department }])
  expect(kinds).toEqual(['rated_bad', 'rated_bad_undone', 'rated_good'])
  expect(facts.every((fact) => fact.agent_id === ada.userid && fact.channel === 'B')).toBe(true)
  expect(messages).toMatchObject([
    { rtype: 'P', body: 'Rated as good' },
    { rtype: 'C', body: 'Slow <b>', is_html: 0 },
  ])
  const own = (await visitor.call('GET', `chats/${id}/messages`)).body.messages
  expect(own.map(({ rtype }: { rtype: string }) => rtype)).not.toContain('C')
  const [rating] = (await desk.v3('GET', `ratings?conversation=${id}`)).body.ratings
  expect(rating).toMatchObject({ rating: 'good', source: 'chat', agentid: ada.userid })
})

test('rated good and bad at the same time, a chat has one rating that counts once', async () => {
  const { visitor, id } = await ended()
  const replies = await Promise.all(
    ['good', 'bad', 'good', 'bad'].map((rating) => visitor.call('POST', `chats/${id}/rating`, { rating })),
  )
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const { rows, kinds } = await storedRatings(desk, id)
  expect(rows).toHaveLength(1)
  expect(kinds.filter((kind) => !kind.endsWith('undone')).length).toBe(
    kinds.filter((kind) => kind.endsWith('undone')).length + 1,
  )
})
