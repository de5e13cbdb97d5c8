import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { API_GENERATION, VERSION } from '../../../version.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_TIMEZONE: 'Asia/Tokyo' })
})
afterAll(() => desk.close())

describe('the status of the application', () => {
  test('is how plug-ins try their key: a wrong one fails, and so does none', async () => {
    expect((await desk.v1('GET', 'application/status', {}, { key: 'wrong' })).status).toBe(401)
    expect((await desk.v1('GET', 'application/status', {}, { key: null })).status).toBe(400)
  })

  test("tells generation, version and dates in the account's time zone", async () => {
    const earliest = Date.now() - 1_000
    const { body } = await desk.v1('GET', 'application/status')
    expect(body).toMatchObject({ liveagentversion: API_GENERATION, gpfversion: VERSION })
    const inTokyo = (text: string) => Date.parse(`${text.replace(' ', 'T')}+09:00`)
    expect(inTokyo(body.current_server_time)).toBeGreaterThanOrEqual(earliest)
    expect(inTokyo(body.current_server_time)).toBeLessThanOrEqual(Date.now())
    expect(inTokyo(body.dateinstalled)).toBeLessThanOrEqual(inTokyo(body.datelatestupdate))
  })
})
