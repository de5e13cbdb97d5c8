// Two agents pick up the same call at the same moment, on two processes where there can be two: exactly one has it.
import { afterEach, expect, test } from 'vitest'
import { engine } from '../desk.ts'
import { TEST_KEY } from '../first-start.ts'
import { type Answer, call, newPlace, type Place, type Server, start, stop } from './server.ts'

let place: Place
afterEach(() => place.remove())

async function v3(server: Server, method: string, path: string, body?: unknown): Promise<Omit<Answer, 'text'>> {
  const reply = await fetch(`${server.url}/api/v3/${path}`, {
    method,
    headers: { apikey: TEST_KEY, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: reply.status, body: await reply.json() }
}

const ROUNDS = 60

test('of agents who answer at once, on two processes, exactly one has the call', { timeout: 120_000 }, async () => {
  place = await newPlace('started')
  const one = await start(place)
  const other = engine === 'postgres' ? await start(place) : one
  const agents: string[] = []
  for (const name of ['ada', 'bob', 'cem']) {
    const agent = {
      email: `${name}@desk.test`,
      firstname: name,
      lastname: 'Agent',
      role: 'A',
      departments: ['default'],
    }
    const { userid } = (await v3(one, 'POST', 'agents', { ...agent, gender: 'F', password: 'agent-password' })).body
    await v3(one, 'PUT', `agents/${userid}/presets`, { presets: [{ departmentid: 'default', services: 'P' }] })
    await v3(one, 'POST', 'presence', { agent: userid, seconds: 3_600 })
    agents.push(userid)
  }
  const winners = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const started = await v3(one, 'POST', 'calls', {
      direction: 'incoming',
      caller: `+1 555 02${round}`,
      reference: `r${round}`,
    })
    const { callid } = started.body
    for (const agent of agents) await v3(one, 'POST', `calls/${callid}/ring`, { agent })
    const order = agents.map((_, n) => agents[(n + round) % agents.length])
    const replies = await Promise.all(
      order.map((agent, n) => v3(n % 2 ? one : other, 'POST', `calls/${callid}/answer`, { agent })),
    )
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const winner = order[replies.findIndex(({ status }) => status === 200)]
    winners.add(winner ?? '')
    const { body } = await v3(other, 'GET', `calls/${callid}`)
    expect(body).toMatchObject({ state: 'talking', agentid: winner })
    expect(body.offers.filter(({ state }: { state: string }) => state !== 'ended')).toMatchObject([{ agentid: winner }])
    // Both ends hang up.
    const ends = await Promise.all([one, other].map((server) => v3(server, 'POST', `calls/${callid}/stop`, {})))
    expect(ends.map(({ status }) => status)).toEqual([200, 200])
  }
  // Else nobody has raced.
  expect(winners.size).toBeGreaterThan(1)
  const range = { date_from: '2020-01-01', date_to: '2099-01-01', apikey: TEST_KEY }
  const { departments } = (await call(one, 'GET', 'reports/departments', range)).body
  expect(departments[0]).toMatchObject({
    i_calls: `${ROUNDS}`,
    calls: `${ROUNDS}`,
    f_calls: `${ROUNDS}`,
    missed_calls: '0',
    u_calls: '0',
    o_calls: '0',
  })
  for (const server of new Set([one, other])) expect(await stop(server)).toEqual({ code: 0, signal: null })
})
