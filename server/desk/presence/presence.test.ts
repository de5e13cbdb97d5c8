import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import type { Tx } from '../../db/write.ts'
import { systemActor } from '../actor.ts'
import { addAgent, changeAgent, removeAgent } from '../agents/agents.ts'
import { setPresets } from '../agents/presets.ts'
import { addDepartment, removeDepartment } from '../departments/departments.ts'
import { beat, connect, disconnect, goOffline, stayOnline, sweepPresence } from './connections.ts'
import { countOnline, currentStatus, isOnline, onlineAgents, readStatuses } from './status.ts'
import { followPresence } from './stretches.ts'

const SECOND = 1_000
const noon = Date.UTC(2025, 5, 11, 12)
/** So many seconds after noon. */
const at = (seconds: number): number => noon + seconds * SECOND

let desk: TestDesk
let sales: string
let ada: string
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => desk.app.database.write(work)

let agents = 0
beforeEach(async () => {
  await write(async (tx) => {
    await tx.deleteFrom('presence_connections').execute()
    await tx.deleteFrom('online_stretches').execute()
    sales = (await addDepartment(tx, systemActor, { name: 'Sales' })).id
    const draft = { email: `ada${++agents}@desk.test`, firstname: 'Ada', lastname: 'Agent', role: 'A' }
    ada = (await addAgent(tx, systemActor, { ...draft, departmentIds: ['default', sales] })).id
    await setPresets(tx, systemActor, ada, [{ departmentId: 'default', services: 'TM' }])
  })
})

/** Stretches as `department service from-to` in seconds after noon. */
async function stretches(): Promise<string[]> {
  const rows = await desk.app.database.reader.selectFrom('online_stretches').selectAll().orderBy('from_at').execute()
  const second = (instant: number | null) => (instant === null ? '' : String((instant - noon) / SECOND))
  return rows
    .filter(({ agent_id }) => agent_id === ada)
    .map((row) => {
      const name = row.department_id === sales ? 'sales' : row.department_id || 'any'
      return `${name} ${row.service || 'any'} ${second(row.from_at)}-${second(row.to_at)}`
    })
    .sort()
}
const chats = async () => (await stretches()).filter((text) => text.startsWith('any T'))
const setTo = (services: string, departmentId = 'default') =>
  write((tx) => setPresets(tx, systemActor, ada, [{ departmentId, services }]))
const sweep = (now: number) => write((tx) => sweepPresence(tx, now))

describe('presence', () => {
  test('is left as it was by a write that fails', async () => {
    const attempt = write(async (tx) => {
      await connect(tx, ada, 'p1', at(0))
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    expect(await stretches()).toEqual([])
  })

  test('is nothing without a preset, and begins when one is set', async () => {
    await setTo('')
    const now = Date.now()
    await write((tx) => connect(tx, ada, 'p1', now))
    expect(await stretches()).toEqual([])
    expect(await currentStatus(desk.app.database.reader, ada, now)).toBe('F')
    await setTo('P', sales)
    expect((await stretches()).map((text) => text.replace(/ [\d.]+-$/, ''))).toEqual([
      'any P',
      'any any',
      'sales P',
      'sales any',
    ])
    expect(await currentStatus(desk.app.database.reader, ada)).toBe('P')
  })

  test('is recorded for each department and service from connecting to disconnecting', async () => {
    const id = await write((tx) => connect(tx, ada, 'p1', at(10)))
    await write((tx) => beat(tx, [id], at(25)))
    await write((tx) => disconnect(tx, id, at(31)))
    expect(await stretches()).toEqual([
      'any M 10-31',
      'any T 10-31',
      'any any 10-31',
      'default M 10-31',
      'default T 10-31',
      'default any 10-31',
    ])
  })

  test('lasts as long as the last of several connections', async () => {
    const one = await write((tx) => connect(tx, ada, 'p1', at(0)))
    const two = await write((tx) => connect(tx, ada, 'p2', at(5)))
    await write((tx) => disconnect(tx, one, at(10)))
    expect(await chats()).toEqual(['any T 0-'])
    await write((tx) => disconnect(tx, two, at(20)))
    expect(await chats()).toEqual(['any T 0-20'])
  })

  test('of a connection that is lost ends at its last heartbeat, whenever somebody notices', async () => {
    const id = await write((tx) => connect(tx, ada, 'p1', at(0)))
    await write((tx) => beat(tx, [id], at(15)))
    const db = desk.app.database.reader
    expect(await currentStatus(db, ada, at(59))).toBe('MT')
    expect(await currentStatus(db, ada, at(60))).toBe('F')
    await sweep(at(59))
    expect(await chats()).toEqual(['any T 0-'])
    await sweep(at(4_000))
    expect(await chats()).toEqual(['any T 0-15'])
    expect(await write((tx) => beat(tx, [id], at(4_010)))).toEqual([id])
    expect(await chats()).toEqual(['any T 0-15'])
  })

  test('that comes back late is a new stretch, with or without a sweep between', async () => {
    const id = await write((tx) => connect(tx, ada, 'p1', at(0)))
    for (const second of [10, 100, 120]) await write((tx) => beat(tx, [id], at(second)))
    const other = await write((tx) => connect(tx, ada, 'p2', at(200)))
    await write((tx) => disconnect(tx, other, at(210)))
    expect(await chats()).toEqual(['any T 0-10', 'any T 100-120', 'any T 200-210'])
  })

  test('is not interrupted by a reconnection within 45 seconds', async () => {
    await write((tx) => connect(tx, ada, 'dead', at(0)))
    const id = await write((tx) => connect(tx, ada, 'p2', at(44)))
    await write((tx) => disconnect(tx, id, at(50)))
    await sweep(at(300))
    expect(await chats()).toEqual(['any T 0-50'])
  })

  test('that a call began lasts until the call said, is renewed and taken back', async () => {
    await write((tx) => stayOnline(tx, ada, 60, at(0)))
    await write((tx) => stayOnline(tx, ada, 60, at(50)))
    await sweep(at(200))
    expect(await chats()).toEqual(['any T 0-110'])
    await write((tx) => stayOnline(tx, ada, 3_600, at(300)))
    await write((tx) => goOffline(tx, ada, at(310)))
    expect(await chats()).toEqual(['any T 0-110', 'any T 300-310'])
  })

  test('goes on after a call where a connection proves more', async () => {
    await write((tx) => stayOnline(tx, ada, 60, at(0)))
    await write((tx) => connect(tx, ada, 'p1', at(30)))
    await sweep(at(62))
    expect(await chats()).toEqual(['any T 0-'])
    await sweep(at(100))
    expect(await chats()).toEqual(['any T 0-60'])
  })

  test('of what lasted no second is none', async () => {
    const id = await write((tx) => connect(tx, ada, 'p1', at(0) + 100))
    await write((tx) => disconnect(tx, id, at(0) + 900))
    expect(await stretches()).toEqual([])
  })

  test('is told in an event when it begins and when it ends', async () => {
    const events = () =>
      desk.app.database.reader.selectFrom('events').select('data').where('type', '=', 'presence.changed').execute()
    const before = (await events()).length
    const id = await write((tx) => connect(tx, ada, 'p1', at(0)))
    await write((tx) => beat(tx, [id], at(15)))
    await write((tx) => disconnect(tx, id, at(20)))
    expect((await events()).slice(before).map(({ data }) => JSON.parse(data))).toEqual([
      { userid: ada, onlinestatus: 'MT' },
      { userid: ada, onlinestatus: 'F' },
    ])
  })
})

describe('many at once', () => {
  test('who connect and disconnect one agent leave one stretch of each kind', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => write((tx) => connect(tx, ada, 'p1', at(0)))))
    expect(await chats()).toEqual(['any T 0-'])
    await Promise.all([
      ...ids.map((id) => write((tx) => disconnect(tx, id, at(20)))),
      write((tx) => beat(tx, ids, at(20))),
      write((tx) => sweepPresence(tx, at(20))),
    ])
    expect(await chats()).toEqual(['any T 0-20'])
  })

  test('who sweep end what is lost once', async () => {
    await write((tx) => connect(tx, ada, 'dead', at(0)))
    await write((tx) => stayOnline(tx, ada, 10, at(0)))
    await Promise.all(Array.from({ length: 4 }, () => write((tx) => sweepPresence(tx, at(100)))))
    expect(await chats()).toEqual(['any T 0-10'])
    const left = await desk.app.database.reader.selectFrom('presence_connections').selectAll().execute()
    expect(left).toEqual([])
  })
})

describe('a clock', () => {
  test('that is set forward ends the stretch at the last proof, and another one begins', async () => {
    const id = await write((tx) => connect(tx, ada, 'p1', at(0)))
    await write((tx) => beat(tx, [id], at(10)))
    await write((tx) => beat(tx, [id], at(90_000)))
    await write((tx) => disconnect(tx, id, at(90_010)))
    expect(await chats()).toEqual(['any T 0-10', 'any T 90000-90010'])
  })

  test('that is set back ends the stretch at the last proof, and time that passes twice counts once', async () => {
    const id = await write((tx) => connect(tx, ada, 'p1', at(1_000)))
    await write((tx) => beat(tx, [id], at(1_030)))
    await write((tx) => beat(tx, [id], at(960)))
    await write((tx) => beat(tx, [id], at(1_000)))
    await write((tx) => beat(tx, [id], at(1_040)))
    await write((tx) => disconnect(tx, id, at(1_050)))
    expect(await chats()).toEqual(['any T 1000-1030', 'any T 1030-1050', 'any T 960-1000'])
  })

  test('that is set back a little leaves no service online without the agent', async () => {
    await write((tx) => stayOnline(tx, ada, 60, at(30)))
    const id = await write((tx) => connect(tx, ada, 'p1', at(10)))
    await write(async (tx) => {
      await tx.updateTable('department_agents').set({ preset_status: 'TMR' }).where('agent_id', '=', ada).execute()
      await followPresence(tx, [ada], at(15))
    })
    await write((tx) => disconnect(tx, id, at(20)))
    await write((tx) => goOffline(tx, ada, at(20)))
    expect((await stretches()).filter((text) => text.startsWith('any'))).toEqual([
      'any M 10-20',
      'any R 15-20',
      'any T 10-20',
      'any any 10-20',
    ])
  })

  test('that is set back for good leaves nothing endless or negative', async () => {
    await write((tx) => connect(tx, ada, 'p1', at(90_000)))
    await sweep(at(0))
    const id = await write((tx) => connect(tx, ada, 'p1', at(10)))
    await write((tx) => disconnect(tx, id, at(20)))
    expect(await chats()).toEqual(['any T 10-20'])
  })
})

describe('the presence of an agent', () => {
  test('ends when he is deleted', async () => {
    const now = Date.now()
    await write((tx) => connect(tx, ada, 'p1', now - 30_000))
    await write((tx) => removeAgent(tx, systemActor, ada))
    const rows = await desk.app.database.reader.selectFrom('online_stretches').selectAll().execute()
    expect(rows).toHaveLength(6)
    for (const { from_at, to_at } of rows) expect((to_at ?? 0) - from_at).toBeGreaterThanOrEqual(30_000)
    expect(await desk.app.database.reader.selectFrom('presence_connections').selectAll().execute()).toEqual([])
  })

  test('ends in a department that he leaves, from either side, and goes on elsewhere', async () => {
    const presets = ['default', sales].map((departmentId) => ({ departmentId, services: 'T' }))
    await write((tx) => setPresets(tx, systemActor, ada, presets))
    const open = async () => (await stretches()).filter((text) => text.endsWith('-')).map((text) => text.split(' ')[0])
    await write((tx) => connect(tx, ada, 'p1', Date.now() - 5_000))
    expect(new Set(await open())).toEqual(new Set(['any', 'default', 'sales']))
    await write((tx) => changeAgent(tx, systemActor, ada, { departmentIds: [sales] }))
    expect(new Set(await open())).toEqual(new Set(['any', 'sales']))
    await write((tx) => removeDepartment(tx, systemActor, sales))
    expect(await open()).toEqual([])
    expect(await currentStatus(desk.app.database.reader, ada)).toBe('F')
  })

  test('shows to whoever asks who is online for what', async () => {
    const db = desk.app.database.reader
    expect(await isOnline(db, 'T', undefined, at(0))).toBe(false)
    await write((tx) => connect(tx, ada, 'p1', at(0)))
    expect(await isOnline(db, 'T', undefined, at(1))).toBe(true)
    expect(await isOnline(db, 'T', 'default', at(1))).toBe(true)
    expect(await isOnline(db, 'T', sales, at(1))).toBe(false)
    expect(await isOnline(db, 'P', 'default', at(1))).toBe(false)
    expect(await onlineAgents(db, 'default', 'T', at(1))).toEqual([ada])
    expect(await onlineAgents(db, 'default', 'R', at(1))).toEqual([])
    expect(await countOnline(db, 'T', undefined, at(1))).toBe(1)
    expect(await countOnline(db, 'T', [sales], at(1))).toBe(0)
    const { byAgent, byDepartment } = await readStatuses(db, at(1))
    expect([byAgent.get(ada), byDepartment.get('default'), byDepartment.get(sales)]).toEqual(['MT', 'MT', 'F'])
    expect(await isOnline(db, 'T', undefined, at(45))).toBe(false)
  })

  test('is swept for many agents in portions', async () => {
    const many = await write(async (tx) => {
      const ids: string[] = []
      for (let n = 0; n < 60; n++) {
        const draft = { email: `many${n}@desk.test`, firstname: 'Many', lastname: 'Agent', role: 'A' }
        ids.push((await addAgent(tx, systemActor, { ...draft, departmentIds: ['default'] })).id)
      }
      return ids
    })
    for (const id of many) {
      await write((tx) => setPresets(tx, systemActor, id, [{ departmentId: 'default', services: 'R' }]))
      await write((tx) => connect(tx, id, 'dead', at(0)))
    }
    expect(await sweep(at(500))).toBe(true)
    expect(await sweep(at(500))).toBe(false)
    const left = await desk.app.database.reader.selectFrom('presence_connections').selectAll().execute()
    expect(left).toEqual([])
  })
})
