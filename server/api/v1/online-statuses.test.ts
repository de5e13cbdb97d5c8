// What agents take and are online for, in every call of API v1 that shows it, while they come and go.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import { signIn } from '../../../test/session.ts'
import { beat, connect, disconnect } from '../../desk/presence/connections.ts'

let desk: TestDesk
let sales: string
let support: string
let ada: { userid: string; email: string }
let bob: { userid: string; email: string }
beforeAll(async () => {
  desk = await newDesk()
  sales = (await desk.v3('POST', 'departments', { name: 'Sales' })).body.departmentid
  support = (await desk.v3('POST', 'departments', { name: 'Support' })).body.departmentid
  ada = await anAgent(desk, { departments: [sales, support] })
  bob = await anAgent(desk, { departments: [support] })
})
afterAll(() => desk.close())

const take = async (userid: string, services: Record<string, string>) => {
  const presets = Object.entries(services).map(([departmentid, letters]) => ({ departmentid, services: letters }))
  const { status, text } = await desk.v3('PUT', `agents/${userid}/presets`, { presets })
  expect(status, text).toBe(200)
}
const read = async (path: string) => (await desk.v1('GET', path)).body

/** What is shown of each: `preset/status`. Both names of a status must be told alike. */
async function shown() {
  const { departments } = await read('departments')
  const { departmentsOnlineStates } = await read('onlinestatus/departments')
  const { agentsOnlineStates } = await read('onlinestatus/agents')
  const { chatsOverview } = await read('chats/overview')
  const ofDepartment = async (id: string) => {
    const listed = departments.find((one: { departmentid: string }) => one.departmentid === id)
    const counted = departmentsOnlineStates.find((one: { id: string }) => one.id === id)
    const single = await read(`departments/${id}`)
    const text = `${listed.presetstatus}/${listed.onlinestatus}`
    expect(`${counted.presetStatus}/${counted.onlineStatus}`).toBe(text)
    expect(`${single.presetstatus}/${single.onlinestatus}`).toBe(text)
    return text
  }
  const ofAgent = (userid: string) => {
    const one = agentsOnlineStates.find(({ id }: { id: string }) => id === userid)
    return one === undefined ? 'gone' : `${one.presetStatus}/${one.onlineStatus}`
  }
  const inDepartment = async (id: string, userid: string) => {
    const { agents } = await read(`departments/${id}/agents`)
    const one = agents.find((agent: { userid: string }) => agent.userid === userid)
    return one === undefined ? 'gone' : `${one.presetstatus}/${one.onlinestatus}`
  }
  return {
    sales: await ofDepartment(sales),
    support: await ofDepartment(support),
    ada: ofAgent(ada.userid),
    adaInSales: await inDepartment(sales, ada.userid),
    adaInSupport: await inDepartment(support, ada.userid),
    bob: ofAgent(bob.userid),
    chatters: chatsOverview[0].agents,
  }
}

const nobody = {
  sales: 'MT/F',
  support: 'MP/F',
  ada: 'MPT/F',
  adaInSales: 'MT/F',
  adaInSupport: 'P/F',
  bob: 'M/F',
  chatters: '0',
}
const onlyAda = {
  ...nobody,
  sales: 'MT/MT',
  support: 'MP/P',
  ada: 'MPT/MPT',
  adaInSales: 'MT/MT',
  adaInSupport: 'P/P',
  chatters: '1',
}

test('every call shows what each agent takes and is online for, in each department, as it changes', async () => {
  const { write } = desk.app.database
  await take(ada.userid, { [sales]: 'TM', [support]: 'P' })
  await take(bob.userid, { [support]: 'M' })
  expect(await shown()).toEqual(nobody)

  const first = await write((tx) => connect(tx, ada.userid, 'one'))
  const second = await write((tx) => connect(tx, ada.userid, 'two'))
  expect(await shown()).toEqual(onlyAda)
  await write((tx) => disconnect(tx, first))
  expect(await shown()).toEqual(onlyAda)

  await desk.v3('POST', 'presence', { agent: bob.userid, seconds: 60 })
  expect(await shown()).toEqual({ ...onlyAda, support: 'MP/MP', bob: 'M/M' })
  await desk.v3('DELETE', `presence?agent=${bob.userid}`)
  expect(await shown()).toEqual(onlyAda)

  // While she is online: what she takes is what she is online for.
  await take(ada.userid, { [sales]: 'R', [support]: 'PT' })
  expect(await shown()).toEqual({
    ...{ sales: 'R/R', support: 'MPT/PT', ada: 'PRT/PRT', adaInSales: 'R/R', adaInSupport: 'PT/PT' },
    ...{ bob: 'M/F', chatters: '1' },
  })
  await take(ada.userid, { [sales]: 'TM', [support]: 'P' })

  // Her connection is lost, before any sweep has come by, and comes again.
  await write((tx) =>
    tx
      .updateTable('presence_connections')
      .set({ expires_at: Date.now() - 1 })
      .execute(),
  )
  expect(await shown()).toEqual(nobody)
  await write((tx) => beat(tx, [second]))
  expect(await shown()).toEqual(onlyAda)

  const own = await signIn(desk, bob.email)
  const { chatsOverview } = (await own.v1('GET', 'chats/overview')).body
  expect(chatsOverview[0].agents).toBe('0')

  await desk.v3('DELETE', `agents/${ada.userid}`)
  expect(await shown()).toMatchObject({ sales: 'F/F', support: 'M/F', ada: 'gone', adaInSales: 'gone', chatters: '0' })
})
