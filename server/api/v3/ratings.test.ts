// Ratings on our own API: who sees, enters and removes them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import { type AnAnswer, anAnswer, answer, rate, storedRatings } from '../../../test/ratings.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'

let desk: TestDesk
let ada: { userid: string; email: string }
let agent: SignedIn
let admin: SignedIn & { userid: string }
let sales: string
let readKey: string
beforeAll(async () => {
  desk = await newDesk()
  ada = await anAgent(desk)
  agent = await signIn(desk, ada.email)
  const boss = await anAgent(desk, { role: 'D' })
  admin = { ...(await signIn(desk, boss.email)), userid: boss.userid }
  sales = (await desk.v3('POST', 'departments', { name: 'Sales' })).body.departmentid
  readKey = (await desk.v3('POST', 'apikeys', { name: 'Reader', rights: 'read' })).body.key
})
afterAll(() => desk.close())

const enter = (body: unknown) => desk.v3('POST', 'ratings', body)
const list = async (query = '') => (await desk.v3('GET', `ratings${query}`)).body.ratings

async function rated(fields: Record<string, string> = {}): Promise<AnAnswer & { ratingid: string }> {
  const answered = await anAnswer(desk, ada.userid, fields)
  const { body, text } = await enter({ messagegroupid: answered.messagegroupid, rating: 'bad', comment: 'No' })
  expect(body.ratingid, text).toBeDefined()
  return { ...answered, ratingid: body.ratingid }
}

describe('ratings cannot be', () => {
  test('read, entered or removed without a key or a session', async () => {
    const { ratingid } = await rated()
    for (const [method, path] of [
      ['GET', 'ratings'],
      ['GET', `ratings/${ratingid}`],
      ['POST', 'ratings'],
      ['DELETE', `ratings/${ratingid}`],
    ] as const)
      expect((await desk.v3(method, path, method === 'POST' ? {} : undefined, { key: null })).status).toBe(401)
  })

  test('entered or removed by plain agents, nor by keys that may only read', async () => {
    const { ratingid, messagegroupid } = await rated()
    const body = { messagegroupid, rating: 'good' }
    expect((await agent.v3('POST', 'ratings', body)).status).toBe(403)
    expect((await agent.v3('DELETE', `ratings/${ratingid}`)).status).toBe(403)
    expect((await desk.v3('POST', 'ratings', body, { key: readKey })).status).toBe(403)
    expect((await desk.v3('DELETE', `ratings/${ratingid}`, undefined, { key: readKey })).status).toBe(403)
  })

  test('entered by an administrator for his own work', async () => {
    const { messagegroupid, conversationid } = await anAnswer(desk, admin.userid)
    const reply = await admin.v3('POST', 'ratings', { messagegroupid, rating: 'good' })
    expect(reply.status).toBe(403)
    expect((await storedRatings(desk, conversationid)).rows).toEqual([])
  })

  test.each([
    ['messagegroupid', { rating: 'good' }],
    ['rating', { conversation: 'x' }],
    ['rating', { conversation: 'x', rating: 'great' }],
    ['messagegroupid', { conversation: 'x', messagegroupid: 'y', rating: 'good' }],
    ['comment', { conversation: 'x', rating: 'good', comment: 'x'.repeat(5_001) }],
    ['comment', { conversation: 'x', rating: 'good', comment: 'nul\0' }],
    ['comment', { conversation: 'x', rating: 'good', comment: 7 }],
    ['grade', { conversation: 'x', rating: 'good', grade: 'bad' }],
  ])('entered with a wrong %s: %j', async (field, body) => {
    const reply = await enter(body)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
  })

  test('entered for what is no work of an agent: a question, nothing, a conversation without an answer', async () => {
    const { body } = await desk.v1('POST', 'conversations', {
      message: 'Hello',
      useridentifier: 'carla@example.com',
      department: 'default',
      subject: 'Printer',
      recipient: 'support@desk.test',
    })
    for (const named of [
      { conversation: body.conversationid },
      { conversation: 'zzzzzzzz' },
      { messagegroupid: 'zzzzzzzz' },
      { messagegroupid: '-1' },
    ])
      expect((await enter({ ...named, rating: 'good' })).status).toBe(404)
  })

  test.each(['?rating=P', '?from=yesterday', '?limit=0', '?cursor=no', '?agents=x'])(
    'listed with %s',
    async (query) => {
      expect((await desk.v3('GET', `ratings${query}`)).status).toBe(400)
    },
  )

  test.each(['?agent=nobody00', '?contact=nobody00', '?conversation=nothing0'])('listed for %s', async (query) => {
    expect((await desk.v3('GET', `ratings${query}`)).status).toBe(404)
  })

  test('seen by agents of other departments, even when the conversation has come to theirs since', async () => {
    const hidden = await rated({ department: sales })
    await desk.v1('PUT', `conversations/${hidden.conversationid}/attendants`, { department: 'default' })
    const seen = (await agent.v3('GET', 'ratings?limit=1000')).body.ratings
    expect(seen.map(({ ratingid }: { ratingid: string }) => ratingid)).not.toContain(hidden.ratingid)
    expect((await agent.v3('GET', `ratings/${hidden.ratingid}`)).status).toBe(404)
    expect((await desk.v3('GET', `ratings/${hidden.ratingid}`)).status).toBe(200)
    const own = await rated()
    expect((await agent.v3('GET', `ratings/${own.ratingid}`)).status).toBe(200)
    expect((await agent.v3('GET', `ratings?department=${sales}`)).body.ratings).toEqual([])
    // What he was rated for stays his, and its conversation is out of his sight.
    await desk.v1('PUT', `conversations/${own.conversationid}/attendants`, { department: sales })
    const gone = { ratingid: own.ratingid, conversationid: null }
    expect((await agent.v3('GET', `ratings/${own.ratingid}`)).body).toMatchObject(gone)
    expect((await agent.v3('GET', 'ratings?limit=1')).body.ratings).toMatchObject([gone])
    expect(await list('?limit=1')).toMatchObject([{ ...gone, conversationid: own.conversationid }])
  })
})

describe('a rating', () => {
  test('that was entered says by whom, and a customer can change it by his link', async () => {
    const { messagegroupid, conversationid, path } = await anAnswer(desk, ada.userid)
    const entered = await admin.v3('POST', 'ratings', { messagegroupid, rating: 'bad', comment: 'By phone' })
    expect(entered.body).toMatchObject({
      ...{ rating: 'bad', comment: 'By phone', source: 'entered', userid: admin.userid, agentid: ada.userid },
      ...{ conversationid, messagegroupid, departmentid: 'default' },
    })
    expect((await rate(desk, path, { rating: 'good', comment: '' })).status).toBe(303)
    const [now] = await list(`?conversation=${conversationid}`)
    expect(now).toMatchObject({ ratingid: entered.body.ratingid, rating: 'good', comment: '', source: 'link' })
    expect(now.userid).not.toBe(admin.userid)
    expect(now.dategiven).toBe(entered.body.dategiven)
  })

  test('of a conversation is that of its newest answer', async () => {
    const first = await anAnswer(desk, ada.userid)
    const second = await answer(desk, first.conversationid, ada.userid)
    const { body } = await enter({ conversation: first.code, rating: 'good' })
    expect(body.messagegroupid).toBe(second.messagegroupid)
  })

  test('is removed once: it counts no more, its words are gone, and nothing brings it back', async () => {
    const { ratingid, conversationid, messagegroupid } = await rated()
    const both = await Promise.all([1, 2].map(() => admin.v3('DELETE', `ratings/${ratingid}`)))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 404])
    const { kinds, messages, rows } = await storedRatings(desk, conversationid)
    expect(kinds).toEqual(['rated_bad', 'rated_bad_undone'])
    expect(messages).toEqual([])
    expect(rows).toMatchObject([{ comment: '' }])
    expect((await desk.v3('GET', `ratings/${ratingid}`)).status).toBe(404)
    expect((await enter({ messagegroupid, rating: 'bad' })).status).toBe(404)
    const event = await desk.app.database.reader
      .selectFrom('events')
      .select('data')
      .where('type', '=', 'rating.removed')
      .where('conversation_id', '=', conversationid)
      .execute()
    expect(event.map(({ data }) => JSON.parse(data).userid)).toEqual([admin.userid])
  })

  test('that is changed and removed at the same time is gone in the end, and counts nothing', async () => {
    const { ratingid, conversationid, path } = await rated()
    const [removed] = await Promise.all([
      desk.v3('DELETE', `ratings/${ratingid}`),
      rate(desk, path, { rating: 'good' }),
      rate(desk, path, { rating: 'bad', comment: 'Again' }),
    ])
    expect(removed.status).toBe(200)
    const { kinds, messages, rows } = await storedRatings(desk, conversationid)
    const count = (kind: string): number => kinds.filter((one) => one === kind).length
    expect(count('rated_good')).toBe(count('rated_good_undone'))
    expect(count('rated_bad')).toBe(count('rated_bad_undone'))
    expect(messages).toEqual([])
    expect(rows[0]?.removed_at).not.toBeNull()
  })
})

test('the list is narrowed by everything that it names, and pages lose and repeat nothing', async () => {
  const email = 'page@example.com'
  const other = await anAgent(desk)
  const ids: string[] = []
  for (let n = 0; n < 5; n++) ids.unshift((await rated({ useridentifier: email })).ratingid)
  const { messagegroupid } = await anAnswer(desk, other.userid, { useridentifier: email })
  const { body: good } = await enter({ messagegroupid, rating: 'good' })
  const idsOf = async (query: string): Promise<string[]> =>
    (await list(query)).map(({ ratingid }: { ratingid: string }) => ratingid)
  expect(await idsOf(`?contact=${email}`)).toEqual([good.ratingid, ...ids])
  expect(await idsOf(`?contact=${email}&rating=bad&agent=${ada.email}`)).toEqual(ids)
  expect(await idsOf(`?agent=${other.userid}`)).toEqual([good.ratingid])
  expect(await idsOf(`?conversation=${good.conversationid}&from=${good.dategiven}`)).toEqual([good.ratingid])
  expect(await idsOf(`?conversation=${good.conversationid}&before=${good.dategiven}`)).toEqual([])
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { body }: { body: { ratings: { ratingid: string }[]; next_cursor: string | null } } = await desk.v3(
      'GET',
      `ratings?contact=${email}&limit=2${cursor && `&cursor=${cursor}`}`,
    )
    seen.push(...body.ratings.map(({ ratingid }) => ratingid))
    cursor = body.next_cursor
  }
  expect(seen).toEqual([good.ratingid, ...ids])
})
