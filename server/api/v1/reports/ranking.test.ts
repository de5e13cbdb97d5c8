import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rankingColumns } from '../../../../contract/v1/reports.ts'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { anAgent } from '../../../../test/people.ts'
import { type AnAnswer, anAnswer } from '../../../../test/ratings.ts'
import { signIn } from '../../../../test/session.ts'
import { rateGroup } from '../../../desk/ratings/rate.ts'
import type { Grade } from '../../../desk/ratings/ratings.ts'

let desk: TestDesk
let ada: { userid: string; email: string }
let sales: string
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_TIMEZONE: 'Asia/Kolkata' })
  ada = await anAgent(desk)
  sales = (await desk.v3('POST', 'departments', { name: 'Sales' })).body.departmentid
})
afterAll(() => desk.close())

const terms = { rating_link_days: 90, rating_change_days: 7 }
/** Rated as it would have been then. */
async function rated(
  grade: Grade,
  at: string,
  fields: Record<string, string> = {},
  comment?: string,
): Promise<AnAnswer> {
  const answered = await anAnswer(desk, ada.userid, fields)
  const draft = { grade, comment, source: 'link', at: Date.parse(at) } as const
  await desk.app.database.write((tx) => rateGroup(tx, answered.groupSeq, draft, terms))
  return answered
}

type Row = Record<string, string>
async function ranks(params: Record<string, string>): Promise<Row[]> {
  const { body, text } = await desk.v1('GET', 'reports/ranking', params)
  expect(body?.ranks, text).toBeDefined()
  return body.ranks
}

describe('the report of ratings', () => {
  test('has a row for each, with W for good and P for bad, in the account’s time, oldest first', async () => {
    const name = 'Carla Client'
    const carla = { useridentifier: 'carla@example.com' }
    await desk.v1('POST', 'customers', { email: 'carla@example.com', name })
    const second = await rated('bad', '2025-03-01T18:29:59Z', carla, 'Slow\n<b>')
    const first = await rated('good', '2025-02-28T18:30:00Z', carla)
    await rated('good', '2025-03-01T18:30:00Z', carla)
    await rated('good', '2025-02-28T18:29:59Z', carla)
    const rows = await ranks({ date_from: '2025-03-01', date_to: '2025-03-01' })
    expect(rows).toHaveLength(2)
    expect(Object.keys(rows[0] ?? {})).toEqual([...rankingColumns])
    const agents = (await desk.v3('GET', `agents/${ada.userid}`)).body
    const contact = (await desk.v3('GET', 'customers/carla@example.com')).body
    const people = {
      ...{ agentcontactid: agents.contactid, agentEmail: ada.email, agent: 'Ada Agent' },
      ...{ contactid: contact.contactid, requesterEmail: 'carla@example.com', requester: name },
    }
    expect(rows[0]).toMatchObject({
      ...people,
      ...{ rankingType: 'W', datecreated: '2025-03-01 00:00:00', conversationid: first.conversationid, comment: '' },
    })
    expect(rows[1]).toMatchObject({
      ...people,
      ...{ rankingType: 'P', datecreated: '2025-03-01 23:59:59', conversationid: second.conversationid },
      comment: 'Slow\n<b>',
    })
  })

  test('is narrowed by agent, customer and types, by whatever names them', async () => {
    const range = { date_from: '2025-04-01', date_to: '2025-04-30' }
    const good = await rated('good', '2025-04-01T12:00:00Z', { useridentifier: 'dora@example.com' })
    const bad = await rated('bad', '2025-04-02T12:00:00Z')
    const { contactid } = (await desk.v3('GET', 'customers/dora@example.com')).body
    const agent = (await desk.v3('GET', `agents/${ada.userid}`)).body
    const idsOf = async (params: Row) =>
      (await ranks({ ...range, ...params })).map(({ conversationid }) => conversationid)
    expect(await idsOf({ types: 'W' })).toEqual([good.conversationid])
    expect(await idsOf({ types: 'P' })).toEqual([bad.conversationid])
    for (const types of ['P,W', ' , '])
      expect(await idsOf({ types })).toEqual([good.conversationid, bad.conversationid])
    expect(await idsOf({ contactid })).toEqual([good.conversationid])
    for (const agentid of [ada.userid, agent.contactid, ada.email])
      expect(await idsOf({ agentid })).toEqual([good.conversationid, bad.conversationid])
    expect(await idsOf({ agentid: (await anAgent(desk)).userid })).toEqual([])
    expect(await idsOf({ date_from: '2025-04-30', date_to: '2025-04-01' })).toEqual([])
    expect(await ranks({ ...range, columns: 'comment,rankingType', limitcount: '1', limitfrom: '1' })).toEqual([
      { rankingType: 'P', comment: '' },
    ])
  })

  test('is in a stable order where several were given at the same moment', async () => {
    const expected: string[] = []
    for (let n = 0; n < 6; n++) expected.push((await rated('good', '2025-05-05T05:05:05Z')).conversationid)
    const range = { date_from: '2025-05-05', date_to: '2025-05-05' }
    const seen: (string | undefined)[] = []
    for (let from = 0; from < 6; from += 2)
      seen.push(
        ...(await ranks({ ...range, limitcount: '2', limitfrom: String(from) })).map((row) => row.conversationid),
      )
    expect(seen).toEqual(expected)
  })

  test('shows what was changed at its first time, and what was removed no more', async () => {
    const range = { date_from: '2025-06-01', date_to: '2025-06-30' }
    const { groupSeq, conversationid } = await rated('good', '2025-06-01T10:00:00Z')
    const at = Date.parse('2025-06-05T10:00:00Z')
    await desk.app.database.write((tx) => rateGroup(tx, groupSeq, { grade: 'bad', source: 'link', at }, terms))
    const [row] = await ranks(range)
    expect(row).toMatchObject({ rankingType: 'P', datecreated: '2025-06-01 15:30:00' })
    const { ratings } = (await desk.v3('GET', `ratings?conversation=${conversationid}`)).body
    expect(row?.id).toBe(ratings[0].ratingid)
    await desk.v3('DELETE', `ratings/${row?.id}`)
    expect(await ranks(range)).toEqual([])
  })

  test('still names agents and customers who were deleted since', async () => {
    const gone = await anAgent(desk)
    const answered = await anAnswer(desk, gone.userid, { useridentifier: 'gone@example.com' })
    const draft = { grade: 'good', source: 'link', at: Date.parse('2025-07-01T10:00:00Z') } as const
    await desk.app.database.write((tx) => rateGroup(tx, answered.groupSeq, draft, terms))
    await desk.v3('DELETE', `agents/${gone.userid}`)
    await desk.v3('DELETE', 'customers/gone@example.com')
    const rows = await ranks({ date_from: '2025-07-01', date_to: '2025-07-02' })
    expect(rows).toMatchObject([{ agentEmail: gone.email, agent: 'Ada Agent', requesterEmail: 'gone@example.com' }])
  })

  test('shows a plain agent what counts for his departments, without the conversations that have left them', async () => {
    const range = { date_from: '2025-08-01', date_to: '2025-08-31' }
    const own = await rated('good', '2025-08-01T10:00:00Z')
    const hidden = await rated('good', '2025-08-02T10:00:00Z', { department: sales })
    // Transfers afterwards change nothing about it.
    await desk.v1('PUT', `conversations/${own.conversationid}/attendants`, { department: sales })
    await desk.v1('PUT', `conversations/${hidden.conversationid}/attendants`, { department: 'default' })
    const stayed = await rated('bad', '2025-08-03T10:00:00Z')
    const session = await signIn(desk, ada.email)
    const seen = async () => (await session.v1('GET', 'reports/ranking', range)).body.ranks
    const idsOf = (rows: Row[]) => rows.map(({ conversationid }) => conversationid)
    expect(idsOf(await seen())).toEqual(['', stayed.conversationid])
    const onOwn = await session.v3('GET', 'reports/ranking?date_from=2025-08-01&date_to=2025-08-31')
    expect(idsOf(onOwn.body.ranks)).toEqual([null, stayed.conversationid])
    expect(idsOf(await ranks(range))).toEqual([own.conversationid, hidden.conversationid, stayed.conversationid])
    await desk.v1('PUT', `conversations/${own.conversationid}/attendants`, { department: 'default' })
    expect(idsOf(await seen())).toEqual([own.conversationid, stayed.conversationid])
    const figures = (await session.v1('GET', 'reports/agents', range)).body.agents
    expect(figures.find(({ id }: Row) => id === ada.userid).rewards).toBe('1')
  })
})
