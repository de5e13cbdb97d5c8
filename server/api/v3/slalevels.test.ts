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
    [{ ...draft, hours: { ...hours, holidays: ['12-25', '02-30'] } }, 'hours.holidays.1'],
    [{ ...draft, hours: { ...hours, holidays: ['2026-02-29'] } }, 'hours.holidays.0'],
    [{ ...draft, hours: { ...hours, moon: 'full' } }, 'hours.moon'],
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

describe('an SLA rule', () => {
  const aLevel = async (): Promise<string> => (await desk.v3('POST', 'slalevels', draft)).body.slalevelid

  test.each(['departments', 'tags', 'groups', 'companies'])('names %s that are there', async (name) => {
    const slalevelid = await aLevel()
    const conditions = { [name]: ['nothere0'] }
    const added = await desk.v3('POST', 'slarules', { slalevelid, conditions })
    expect([added.status, added.body.error?.field]).toEqual([400, `conditions.${name}`])
    expect(added.text).toContain('nothere0')
    const { slaruleid } = (await desk.v3('POST', 'slarules', { slalevelid })).body
    expect((await desk.v3('PATCH', `slarules/${slaruleid}`, { conditions })).status).toBe(400)
    expect((await desk.v3('GET', `slarules/${slaruleid}`)).body.conditions).toEqual({})
  })

  test('that names what was deleted since can be changed all the same', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Sales' })).body
    const conditions = { departments: ['default', departmentid] }
    const { slaruleid } = (await desk.v3('POST', 'slarules', { slalevelid: await aLevel(), conditions })).body
    expect((await desk.v3('DELETE', `departments/${departmentid}`)).status).toBe(200)
    const more = { ...conditions, channels: ['E', '1'] }
    expect((await desk.v3('PATCH', `slarules/${slaruleid}`, { conditions: more })).body.conditions).toEqual(more)
    const { status } = await desk.v3('POST', 'slarules', { slalevelid: await aLevel(), conditions })
    expect(status).toBe(400)
  })

  test.each(['z', 'mail', ''])('names channels by their letters, not as %j', async (letter) => {
    const conditions = { channels: [letter] }
    const { body } = await desk.v3('POST', 'slarules', { slalevelid: await aLevel(), conditions })
    expect(body.error.field).toBe('conditions.channels.0')
  })
})
