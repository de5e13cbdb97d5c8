// The conversations behind a figure, and who may see them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { type ReportWorld, reportWorld } from '../../../../test/report-world.ts'
import { type SignedIn, signIn } from '../../../../test/session.ts'
import { loadV3Routes } from '../register.ts'

const DAY = 'date_from=2025-06-11&date_to=2025-06-11'
const RECENT = 'datetime=L30D'

let desk: TestDesk
let world: ReportWorld
let seller: SignedIn
beforeAll(async () => {
  desk = await newDesk()
  world = await reportWorld(desk)
  const { email } = await anAgent(desk, { departments: [world.departments[1]] })
  seller = await signIn(desk, email)
})
afterAll(() => desk.close())

interface Fact {
  conversation: { conversationid: string; code: string; subject: string } | null
  fact: string
  at: string
  agentid: string | null
  departmentid: string
}

const list = async (path: string, asker: Pick<SignedIn, 'v3'> = desk): Promise<Fact[]> => {
  const { status, text, body } = await asker.v3('GET', `reports/${path}`)
  expect(status, text).toBe(200)
  return body.conversations
}

describe('what cannot be listed is refused by name', () => {
  test.each([
    ['agents/nothere0/answers', 404],
    ['channels/%24/answers', 404],
    ['channels/toString/answers', 404],
    ['departments/nothere0/answers', 404],
    ['tags/nothere0/answers', 404],
    ['departments/default/worktime', 400],
    ['departments/default/answers_ph', 400],
    ['departments/default/id', 400],
    ['departments/default/__proto__', 400],
    ['performance/answers%00', 400],
  ])('%s', async (path, status) => {
    const reply = await desk.v3('GET', `reports/${path}/conversations?${DAY}`)
    expect(reply.status, reply.text).toBe(status)
    if (status === 400) expect(reply.body.error.field).toBe('figure')
  })

  test.each([
    ['cursor=1', 'cursor'],
    ['cursor=1.2.3', 'cursor'],
    ['cursor=99999999999999999999.1', 'cursor'],
    ['cursor=', 'cursor'],
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=many', 'limit'],
    ['limitcount=10', 'limitcount'],
    ['columns=answers', 'columns'],
  ])('a list with %s', async (query, field) => {
    const reply = await desk.v3('GET', `reports/departments/default/answers/conversations?${DAY}&${query}`)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
  })

  test('a list without a key', async () => {
    const path = `reports/departments/default/answers/conversations?${DAY}`
    expect((await desk.v3('GET', path, undefined, { key: null })).status).toBe(401)
  })
})

describe('a list', () => {
  test('says of each fact when, where and who it was', async () => {
    const facts = await list(`agents/${world.agents[1].userid}/newAnswerAvgTime/conversations?${DAY}`)
    expect(facts).toHaveLength(3)
    const [first] = await list(`agents/${world.agents[1].email}/newAnswerAvgTime/conversations?${DAY}&limit=1`)
    expect(first).toEqual({
      conversation: {
        conversationid: world.conversations[1],
        code: expect.stringMatching(/^[A-Z]{3}-/),
        subject: 'Printer',
      },
      fact: 'answer_new',
      at: '2025-06-11T12:20:00.000Z',
      seconds: 600,
      sla_seconds: 600,
      agentid: world.agents[1].userid,
      departmentid: world.departments[1],
      channel_type: 'M',
    })
  })

  test('is what is described', async () => {
    const url = '/api/v3/reports/departments/:id/:figure/conversations'
    const route = (await loadV3Routes()).find((one) => one.url === url)
    const { body } = await desk.v3('GET', `reports/departments/default/not_ranked_p/conversations?${DAY}&limit=2`)
    expect(body.next_cursor).toMatch(/^\d+\.\d+$/)
    expect(route?.answer.safeParse(body).error).toBeUndefined()
  })

  test('goes on after its cursor without gap or repetition', async () => {
    const path = `performance/not_ranked/conversations?${DAY}`
    const all = await list(path)
    expect(all.length).toBeGreaterThan(20)
    const paged: Fact[] = []
    for (let cursor = ''; ; ) {
      const { body } = await desk.v3('GET', `reports/${path}&limit=4${cursor && `&cursor=${cursor}`}`)
      paged.push(...body.conversations)
      if (body.next_cursor === null) break
      cursor = body.next_cursor
    }
    expect(paged).toEqual(all)
  })

  test('of a reversed range, and of one without facts, is empty', async () => {
    const path = 'departments/default/created_tickets/conversations'
    expect(await list(`${path}?date_from=2025-06-12&date_to=2025-06-10`)).toEqual([])
    expect(await list(`${path}?date_from=1900-01-01&date_to=1900-01-02`)).toEqual([])
    expect((await list(`${path}?date_from=1900-01-01&date_to=9999-12-30`)).length).toBeGreaterThan(0)
  })

  test('of a deleted agent and a deleted department stays', async () => {
    const gone = await anAgent(desk, { role: 'D' })
    const departmentid = (await desk.v3('POST', 'departments', { name: 'Gone' })).body.departmentid
    const { conversationid } = await aConversation(desk, { department: departmentid })
    await desk.v1('POST', `conversations/${conversationid}/messages`, {
      message: 'Here you are.',
      useridentifier: gone.userid,
      type: 'M',
    })
    await desk.v3('PUT', `conversations/${conversationid}/status`, { status: 'R' })
    expect((await desk.v3('DELETE', `agents/${gone.userid}`)).status).toBe(200)
    await desk.app.database.write((tx) =>
      tx.updateTable('departments').set({ deleted_at: 1 }).where('id', '=', departmentid).execute(),
    )
    expect(await list(`agents/${gone.userid}/answers/conversations?${RECENT}`)).toHaveLength(1)
    expect(await list(`departments/${departmentid}/answers/conversations?${RECENT}`)).toHaveLength(1)
  })
})

describe('a plain agent', () => {
  test('has no list of a department that is not his', async () => {
    const reply = await seller.v3('GET', `reports/departments/default/answers/conversations?${DAY}`)
    expect(reply.status).toBe(404)
    const unknown = await seller.v3('GET', `reports/departments/nothere0/answers/conversations?${DAY}`)
    expect(reply.body.error.message).toBe(unknown.body.error.message.replace('nothere0', 'default'))
  })

  test.each(['agents', 'channels', 'tags', 'performance'])(
    'has of %s what happened in his departments',
    async (report) => {
      const id = {
        agents: `/${world.agents[0].userid}`,
        channels: '/M',
        tags: `/${world.tags[1]}`,
        performance: '',
      }[report]
      const facts = await list(`${report}${id}/created_tickets/conversations?${DAY}`, seller)
      expect(facts.length).toBeGreaterThan(0)
      expect(new Set(facts.map(({ departmentid }) => departmentid))).toEqual(new Set([world.departments[1]]))
      const all = await list(`${report}${id}/created_tickets/conversations?${DAY}`)
      expect(all.length).toBeGreaterThanOrEqual(facts.length)
    },
  )

  test('still counts what has left his departments, and learns nothing of where it is', async () => {
    const { conversationid } = await aConversation(desk, { department: world.departments[1], subject: 'Secret' })
    const mine = async () => {
      const facts = await list(`departments/${world.departments[1]}/created_tickets/conversations?${RECENT}`, seller)
      return facts.slice(0, 1)
    }
    expect(await mine()).toMatchObject([{ conversation: { conversationid } }])
    const figure = async () => {
      const { body } = await seller.v3('GET', `reports/departments?columns=created_tickets&${RECENT}`)
      return body.departments[0].created_tickets
    }
    const before = await figure()
    await desk.v3('PUT', `conversations/${conversationid}/attendants`, { department: 'default' })
    expect((await seller.v3('GET', `conversations/${conversationid}`)).status).toBe(404)
    const facts = await mine()
    expect(facts).toMatchObject([{ conversation: null, departmentid: world.departments[1] }])
    expect(JSON.stringify(facts)).not.toContain('Secret')
    expect(JSON.stringify(facts)).not.toContain(conversationid)
    expect(await figure()).toBe(before)
  })
})
