import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

describe('settings', () => {
  test('are told to nobody without a key or a session, and never with what the installation keeps secret', async () => {
    expect((await desk.v3('GET', 'settings', undefined, { key: null })).status).toBe(401)
    const reply = await desk.v3('GET', 'settings')
    expect(reply.body).toMatchObject({ timezone: 'GMT', company_name: 'Deskhand', event_days: 30 })
    expect(reply.text).not.toContain(desk.app.installation.secret)
    expect(reply.body).not.toHaveProperty('secret')
  })

  test.each([
    [{ timezone: 'Mars/Olympus' }, 'timezone'],
    [{ event_days: 0 }, 'event_days'],
    [{ company_name: '' }, 'company_name'],
    [{ secret: 'mine' }, 'secret'],
  ])('%j is refused by name', async (patch, field) => {
    const reply = await desk.v3('PATCH', 'settings', patch)
    expect(reply.status).toBe(400)
    expect(reply.body.error.field).toBe(field)
  })

  test('that change leave the others alone, and count from the next request on', async () => {
    const reply = await desk.v3('PATCH', 'settings', { timezone: 'Asia/Tokyo' })
    expect(reply.body).toMatchObject({ timezone: 'Asia/Tokyo', company_name: 'Deskhand' })
    const { body } = await desk.v1('GET', 'application/status')
    const now = Date.parse(`${body.current_server_time.replace(' ', 'T')}+09:00`)
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000)
    expect((await desk.v3('GET', 'settings')).body).toEqual(reply.body)
  })

  test('a time zone from the environment cannot be changed here', async () => {
    const own = await newDesk({ DESKHAND_TIMEZONE: 'Europe/Berlin' })
    expect((await own.v3('GET', 'settings')).body.timezone).toBe('Europe/Berlin')
    expect((await own.v3('PATCH', 'settings', { timezone: 'GMT' })).status).toBe(409)
    const reply = await own.v3('PATCH', 'settings', { company_name: 'Ink & Paper' })
    expect(reply.body).toMatchObject({ timezone: 'Europe/Berlin', company_name: 'Ink & Paper' })
    await own.close()
  })
})
