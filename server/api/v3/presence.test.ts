import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'

let desk: TestDesk
let ada: { userid: string; email: string }
let session: SignedIn
beforeAll(async () => {
  desk = await newDesk()
  ada = await anAgent(desk)
  session = await signIn(desk, ada.email)
})
afterAll(() => desk.close())

const presets = (services: string, departmentid = 'default') => ({ presets: [{ departmentid, services }] })
const rows = () => desk.app.database.reader.selectFrom('online_stretches').selectAll().execute()

describe('what an agent takes', () => {
  test.each([
    ['letters that are none', presets('X')],
    ['what is no text', { presets: [{ departmentid: 'default', services: 5 }] }],
    ['a department twice', { presets: [...presets('T').presets, ...presets('M').presets] }],
    ['something unknown', { presets: [{ departmentid: 'default', services: 'T', more: 1 }] }],
    ['a department that is not his', presets('T', 'zzzzzzzz')],
    ['nothing at all', {}],
  ])('is not changed by %s', async (_, body) => {
    const { status } = await desk.v3('PUT', `agents/${ada.userid}/presets`, body)
    expect(status).toBe(400)
    expect((await desk.v3('GET', `agents/${ada.userid}/presets`)).body).toEqual(presets(''))
  })

  test('is for himself and for administrators to say, with a key', async () => {
    const other = await anAgent(desk)
    expect((await desk.v3('PUT', `agents/${ada.userid}/presets`, presets('T'), { key: null })).status).toBe(401)
    expect((await session.v3('PUT', `agents/${other.userid}/presets`, presets('T'))).status).toBe(403)
    expect((await session.v3('PUT', 'agents/zzzzzzzz/presets', presets('T'))).status).toBe(404)
    expect((await session.v3('PUT', `agents/${ada.email}/presets`, presets('TM'))).body).toEqual(presets('MT'))
    expect((await desk.v3('PUT', `agents/${ada.userid}/presets`, presets('RTM'))).body).toEqual(presets('MRT'))
  })
})

describe('a call', () => {
  test.each([[{ seconds: 0 }], [{ seconds: 1.5 }], [{ seconds: 43_201 }], [{ seconds: '60' }], [{ second: 60 }]])(
    'with %j brings nobody online',
    async (body) => {
      expect((await session.v3('POST', 'presence', body)).status).toBe(400)
      expect(await rows()).toEqual([])
    },
  )

  test('without an agent, or for another one, brings nobody online', async () => {
    const other = await anAgent(desk)
    expect((await desk.v3('POST', 'presence', {})).text).toContain('must name the agent')
    expect((await desk.v3('POST', 'presence', { agent: 'zzzzzzzz' })).status).toBe(404)
    expect((await desk.v3('POST', 'presence', { agent: ada.userid }, { key: null })).status).toBe(401)
    expect((await session.v3('POST', 'presence', { agent: other.userid })).status).toBe(403)
    expect((await session.v3('DELETE', `presence?agent=${other.userid}`)).status).toBe(403)
    expect(await rows()).toEqual([])
  })

  test('brings an agent online and offline, which every status shows', async () => {
    await session.v3('PUT', `agents/${ada.userid}/presets`, presets('TM'))
    const shown = async () => {
      const { agentsOnlineStates } = (await desk.v1('GET', 'onlinestatus/agents')).body
      const { departmentsOnlineStates } = (await desk.v1('GET', 'onlinestatus/departments')).body
      const { departments } = (await desk.v1('GET', 'departments')).body
      const { agents } = (await desk.v1('GET', 'departments/default/agents')).body
      const { chatsOverview } = (await desk.v1('GET', 'chats/overview')).body
      const ofAda = <Row extends { id?: string; userid?: string }>(all: Row[]) =>
        all.find(({ id, userid }) => (id ?? userid) === ada.userid)
      return [
        ofAda<{ id: string; onlineStatus: string }>(agentsOnlineStates)?.onlineStatus,
        departmentsOnlineStates[0].onlineStatus,
        departments[0].onlinestatus,
        (await desk.v1('GET', 'departments/default')).body.onlinestatus,
        ofAda<{ userid: string; onlinestatus: string }>(agents)?.onlinestatus,
        chatsOverview[0].agents,
      ]
    }
    expect(await shown()).toEqual(['F', 'F', 'F', 'F', 'F', '0'])
    const before = Date.now()
    const { body } = await session.v3('POST', 'presence', { seconds: 90 })
    expect(body).toMatchObject({ userid: ada.userid, onlinestatus: 'MT' })
    expect(Date.parse(body.dateuntil)).toBeGreaterThanOrEqual(before + 90_000)
    expect(await shown()).toEqual(['MT', 'MT', 'MT', 'MT', 'MT', '1'])
    expect((await session.v3('DELETE', 'presence')).body).toEqual({
      userid: ada.userid,
      onlinestatus: 'F',
      dateuntil: null,
    })
    expect(await shown()).toEqual(['F', 'F', 'F', 'F', 'F', '0'])
    expect((await desk.v3('POST', 'presence', { agent: ada.email })).body.onlinestatus).toBe('MT')
    await desk.v3('DELETE', `presence?agent=${ada.email}`)
  })
})
