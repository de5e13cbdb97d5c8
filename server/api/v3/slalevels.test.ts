import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import { signIn } from '../../../test/session.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const hours = { zone: 'Europe/Berlin', week: [{ day: 1, from: '09:00', to: '17:00' }], holidays: ['12-25'] }
const draft = { name: 'Gold', hours, targets: { tickets: { first: 3600 } } }

describe('SLA levels', () => {
  test.each([
    [{ ...draft, name: ' ' }, 'name'],
    [{ ...draft, hours: { ...hours, zone: 'Mars/Olympus' } }, 'hours.zone'],
    [{ ...draft, hours: { ...hours, week: [{ day: 1, from: '22:00', to: '06:00' }] } }, 'over midnight'],
    [{ ...draft, hours: { ...hours, week: [{ day: 0, from: '02:00', to: '06:00' }] } }, 'hours.week'],
    [{ ...draft, hours: { ...hours, holidays: ['tomorrow'] } }, 'hours.holidays'],
    [{ ...draft, targets: { tickets: { first: 0 } } }, 'targets.tickets.first'],
    [{ ...draft, targets: { mail: { first: 1 } } }, 'mail'],
    [{ ...draft, warn_before: 1.5 }, 'warn_before'],
  ])('%j is refused, with the name of what is wrong', async (body, words) => {
    const { status, text } = await desk.v3('POST', 'slalevels', body)
    expect(status).toBe(400)
    expect(text).toContain(words)
    expect((await desk.v3('GET', 'slalevels')).body.slalevels).toEqual([])
  })

  test.each(['slalevels', 'slarules'])('%s are for administrators', async (list) => {
    const agent = await anAgent(desk)
    const { v3: call } = await signIn(desk, agent.email)
    const body = list === 'slalevels' ? draft : { slalevelid: 'aaaaaaaa' }
    expect((await call('GET', list)).status).toBe(403)
    expect((await call('POST', list, body)).status).toBe(403)
    expect((await call('PATCH', `${list}/aaaaaaaa`, {})).status).toBe(403)
    expect((await call('DELETE', `${list}/aaaaaaaa`)).status).toBe(403)
    expect((await desk.v3('GET', list, undefined, { key: null })).status).toBe(401)
    expect((await desk.v3('GET', `${list}/aaaaaaaa`)).status).toBe(404)
  })

  test('are added, changed and deleted, with their rules', async () => {
    const { body: level } = await desk.v3('POST', 'slalevels', draft)
    expect(level).toMatchObject({
      name: 'Gold',
      hours,
      warn_before: null,
      targets: { tickets: { first: 3600, next: null }, chats: { first: null, next: null } },
    })
    const path = `slalevels/${level.slalevelid}`
    const changed = await desk.v3('PATCH', path, { warn_before: 600 })
    expect(changed.body).toMatchObject({ name: 'Gold', warn_before: 600, targets: level.targets })
    expect((await desk.v3('POST', 'slarules', { slalevelid: 'nothere0' })).text).toContain('slalevelid')
    expect(
      (await desk.v3('POST', 'slarules', { slalevelid: level.slalevelid, conditions: { moon: ['full'] } })).status,
    ).toBe(400)
    const { body: rule } = await desk.v3('POST', 'slarules', { slalevelid: level.slalevelid, position: 2 })
    expect(rule).toMatchObject({ conditions: {}, position: 2 })
    const patched = await desk.v3('PATCH', `slarules/${rule.slaruleid}`, { conditions: { channels: ['E'] } })
    expect(patched.body).toMatchObject({ conditions: { channels: ['E'] }, position: 2 })
    expect((await desk.v3('DELETE', path)).status).toBe(200)
    expect((await desk.v3('GET', path)).status).toBe(404)
    expect((await desk.v3('PATCH', path, {})).status).toBe(404)
    expect((await desk.v3('GET', 'slarules')).body.slarules).toEqual([])
  })
})
