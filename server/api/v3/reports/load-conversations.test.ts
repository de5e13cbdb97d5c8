// The conversations behind the load, and who may see them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { aConversation, anAgent } from '../../../../test/people.ts'
import { NOON, type ReportWorld, reportWorld, services } from '../../../../test/report-world.ts'
import { type SignedIn, signIn } from '../../../../test/session.ts'
import { loadV3Routes } from '../register.ts'

const HOUR = 'date_from=2025-06-11%2012:00:00&date_to=2025-06-11%2012:59:59'
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

interface Stay {
  conversation: { conversationid: string; code: string; subject: string } | null
  from: string
  before: string | null
  seconds: number
  agentid: string | null
  departmentid: string
}

const list = async (path: string, asker: Pick<SignedIn, 'v3'> = desk): Promise<Stay[]> => {
  const { status, text, body } = await asker.v3('GET', `reports/${path}`)
  expect(status, text).toBe(200)
  return body.conversations
}

describe('what cannot be listed is refused by name', () => {
  test.each(['avgSlots', 'maxSlots', 'avgqueue', 'from', '__proto__', 'avgQueue%00'])(
    'the figure %s',
    async (figure) => {
      const reply = await desk.v3('GET', `reports/tickets/load/${figure}/conversations?${HOUR}`)
      expect([reply.status, reply.body.error.field]).toEqual([400, 'figure'])
    },
  )

  test.each([
    ['cursor=1', 'cursor'],
    ['cursor=99999999999999999999.1', 'cursor'],
    ['cursor=', 'cursor'],
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limitcount=10', 'limitcount'],
    ['columns=avgQueue', 'columns'],
    ['date_from=yesterday', 'date_from'],
    ['requesterid=anna@example.com', 'requesterid'],
  ])('a list with %s', async (query, field) => {
    const reply = await desk.v3('GET', `reports/chats/load/maxService/conversations?${query}`)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
  })

  test.each(['departmentid=nothere0', 'agentid=nothere0'])('what is not there: %s', async (query) => {
    expect((await desk.v3('GET', `reports/calls/load/avgQueue/conversations?${query}`)).status).toBe(404)
  })

  test('a service that is none, and a list without a key', async () => {
    expect((await desk.v3('GET', `reports/mails/load/avgQueue/conversations?${HOUR}`)).status).toBe(404)
    const path = `reports/tickets/load/avgQueue/conversations?${HOUR}`
    expect((await desk.v3('GET', path, undefined, { key: null })).status).toBe(401)
  })
})

describe('a list', () => {
  test.each(services)('of %s adds up to what the load says, however it is narrowed', async (service) => {
    for (const narrowing of ['', `departmentid=${world.departments[1]}`, `agentid=${world.agents[0].email}`]) {
      const { body } = await desk.v3('GET', `reports/${service}/load?${HOUR}&${narrowing}`)
      for (const side of ['Queue', 'Service']) {
        const stays = await list(`${service}/load/avg${side}/conversations?${HOUR}&${narrowing}`)
        const seconds = stays.reduce((sum, stay) => sum + stay.seconds, 0)
        expect(seconds / 3_600).toBe(body.loads[0][`avg${side}`])
        for (const end of ['max', 'min'])
          expect(await list(`${service}/load/${end}${side}/conversations?${HOUR}&${narrowing}`)).toEqual(stays)
      }
    }
  })

  test('says of each what it was, since when and for how long', async () => {
    const stays = await list(
      `tickets/load/avgService/conversations?agentid=${world.agents[1].userid}&departmentid=${world.departments[1]}&${HOUR}`,
    )
    expect(stays).toEqual([
      {
        conversation: {
          conversationid: world.conversations[1],
          code: expect.stringMatching(/^[A-Z]{3}-/),
          subject: 'Printer',
        },
        from: new Date(NOON).toISOString(),
        before: null,
        seconds: 3_600,
        agentid: world.agents[1].userid,
        departmentid: world.departments[1],
      },
    ])
    expect(await list(`tickets/load/avgQueue/conversations?agentid=${world.agents[1].userid}&${HOUR}`)).toEqual([])
  })

  test('is what is described', async () => {
    const url = '/api/v3/reports/tickets/load/:figure/conversations'
    const route = (await loadV3Routes()).find((one) => one.url === url)
    const { body } = await desk.v3('GET', `reports/tickets/load/maxService/conversations?${HOUR}&limit=2`)
    expect(body.next_cursor).toMatch(/^\d+\.\d+$/)
    expect(route?.answer.safeParse(body).error).toBeUndefined()
  })

  test('goes on after its cursor without gap or repetition', async () => {
    const path = `calls/load/avgService/conversations?${HOUR}`
    const all = await list(path)
    expect(all).toHaveLength(9)
    const paged: Stay[] = []
    for (let cursor = ''; ; ) {
      const { body } = await desk.v3('GET', `reports/${path}&limit=4${cursor && `&cursor=${cursor}`}`)
      paged.push(...body.conversations)
      if (body.next_cursor === null) break
      cursor = body.next_cursor
    }
    expect(paged).toEqual(all)
  })

  test.each([
    ['a reversed range', 'date_from=2025-06-12&date_to=2025-06-10'],
    ['1900', 'date_from=1900-01-01&date_to=1900-01-02'],
    ['9999', 'date_from=9999-12-01&date_to=9999-12-30'],
  ])('of %s is empty', async (_name, range) => {
    expect(await list(`chats/load/avgService/conversations?${range}`)).toEqual([])
  })

  test('tells who took a ticket, when it was answered, and where it waits again', async () => {
    const { conversationid } = await aConversation(desk)
    const own = async (figure: string): Promise<Stay[]> =>
      (await list(`tickets/load/${figure}/conversations?${RECENT}&limit=1000`)).filter(
        ({ conversation }) => conversation?.conversationid === conversationid,
      )
    expect(await own('avgQueue')).toMatchObject([{ before: null, agentid: null, departmentid: 'default' }])
    const { userid } = world.agents[0]
    await desk.v3('PUT', `conversations/${conversationid}/attendants`, {
      department: world.departments[1],
      agentidentifier: userid,
    })
    const [[waited], [had]] = [await own('avgQueue'), await own('maxService')]
    expect(waited).toMatchObject({ before: had?.from, departmentid: 'default' })
    expect(had).toMatchObject({ before: null, agentid: userid, departmentid: world.departments[1] })
    await desk.v3('PUT', `conversations/${conversationid}/status`, { status: 'R' })
    const [ended, ...others] = await own('minService')
    expect(others).toEqual([])
    expect(ended?.before).toEqual(expect.any(String))
    const took = Date.parse(ended?.before ?? '') - Date.parse(ended?.from ?? '')
    expect(ended?.seconds).toBe(took / 1_000)
  })
})

describe('a plain agent', () => {
  test('has no list of a department that is not his', async () => {
    const path = 'reports/tickets/load/avgQueue/conversations'
    const reply = await seller.v3('GET', `${path}?departmentid=default&${HOUR}`)
    expect(reply.status).toBe(404)
    const unknown = await seller.v3('GET', `${path}?departmentid=nothere0&${HOUR}`)
    expect(reply.body.error.message).toBe(unknown.body.error.message.replace('nothere0', 'default'))
  })

  test.each(services)('has of %s what was in his departments, as his load says', async (service) => {
    const { body } = await seller.v3('GET', `reports/${service}/load?${HOUR}`)
    for (const side of ['Queue', 'Service']) {
      const stays = await list(`${service}/load/max${side}/conversations?${HOUR}`, seller)
      expect(stays).toHaveLength(body.loads[0][`max${side}`])
      expect(new Set(stays.map(({ departmentid }) => departmentid))).toEqual(new Set([world.departments[1]]))
      const all = await list(`${service}/load/max${side}/conversations?${HOUR}`)
      expect(all.length).toBeGreaterThan(stays.length)
    }
  })

  test('still counts what has left his departments, and learns nothing of where it is', async () => {
    const { conversationid } = await aConversation(desk, { department: world.departments[1], subject: 'Secret' })
    const path = `tickets/load/avgQueue/conversations?${RECENT}&limit=1`
    expect(await list(path, seller)).toMatchObject([{ conversation: { conversationid }, before: null }])
    await desk.v3('PUT', `conversations/${conversationid}/attendants`, { department: 'default' })
    const stays = await list(path, seller)
    expect(stays).toMatchObject([
      { conversation: null, before: expect.any(String), departmentid: world.departments[1] },
    ])
    expect(JSON.stringify(stays)).not.toContain('Secret')
    expect(JSON.stringify(stays)).not.toContain(conversationid)
  })
})
