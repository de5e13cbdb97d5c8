import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'

const desks: Record<string, TestDesk> = {}
const ZONES = ['Europe/Berlin', 'Asia/Kolkata']
beforeAll(async () => {
  for (const zone of ZONES) desks[zone] = await newDesk({ DESKHAND_TIMEZONE: zone })
})
afterAll(async () => {
  for (const desk of Object.values(desks)) await desk.close()
})

interface Row {
  datetime: string
  dateto: string
  answers: string
}

async function rows(params: Record<string, string>, zone = 'Europe/Berlin'): Promise<Row[]> {
  const reply = await desks[zone]?.v1('GET', 'reports/performance', { columns: 'datetime,dateto,answers', ...params })
  expect(reply?.status, reply?.text).toBe(200)
  return reply?.body.performance
}

/** An answer for each instant. */
const answered = (zone: string, ...instants: string[]) =>
  desks[zone]?.app.database.write((tx) =>
    tx
      .insertInto('facts')
      .values(
        instants.map((instant) => ({
          kind: 'answer',
          at: Date.parse(instant),
          conversation_id: 'conv0000',
          department_id: 'default',
          channel: 'E',
          agent_id: null,
          seconds: null,
        })),
      )
      .execute(),
  )

const withAnswers = (all: readonly Row[]): string[] =>
  all.filter(({ answers }) => answers !== '0').map(({ datetime, answers }) => `${datetime}: ${answers}`)

describe('the intervals of the performance report', () => {
  test('are days unless said otherwise', async () => {
    expect(await rows({ date_from: '2025-01-30', date_to: '2025-02-01' })).toEqual([
      { datetime: '2025-01-30', dateto: '2025-01-30 23:59:59', answers: '0' },
      { datetime: '2025-01-31', dateto: '2025-01-31 23:59:59', answers: '0' },
      { datetime: '2025-02-01', dateto: '2025-02-01 23:59:59', answers: '0' },
    ])
  })

  test('are only as long as the range reaches into them', async () => {
    const range = { date_from: '2025-01-30 10:00:00', date_to: '2025-02-04 08:30:29' }
    const dates = async (group_by: string) =>
      (await rows({ ...range, group_by })).map(({ datetime, dateto }) => `${datetime} – ${dateto}`)
    expect(await dates('month')).toEqual([
      '2025-01-30 10:00:00 – 2025-01-31 23:59:59',
      '2025-02-01 – 2025-02-04 08:30:29',
    ])
    // The 3rd of February 2025 was a Monday.
    expect(await dates('week')).toEqual([
      '2025-01-30 10:00:00 – 2025-02-02 23:59:59',
      '2025-02-03 – 2025-02-04 08:30:29',
    ])
    expect((await dates('hour')).slice(0, 2)).toEqual([
      '2025-01-30 10:00:00 – 2025-01-30 10:59:59',
      '2025-01-30 11:00:00 – 2025-01-30 11:59:59',
    ])
  })

  test('are 24 hours on the day when the clocks go forward; the hour that is skipped stays empty', async () => {
    await answered('Europe/Berlin', '2025-03-30T00:59:59.999Z', '2025-03-30T01:00:00Z')
    const day = await rows({ date_from: '2025-03-30', date_to: '2025-03-30', group_by: 'hour' })
    expect(day.length).toBe(24)
    expect(withAnswers(day)).toEqual(['2025-03-30 01:00:00: 1', '2025-03-30 03:00:00: 1'])
  })

  test('are 24 hours on the day when the clocks go back; the hour that comes twice is one', async () => {
    await answered('Europe/Berlin', '2025-10-26T00:10:00Z', '2025-10-26T01:10:00Z', '2025-10-26T02:00:00Z')
    const day = await rows({ date_from: '2025-10-26', date_to: '2025-10-26', group_by: 'hour' })
    expect(day.length).toBe(24)
    expect(withAnswers(day)).toEqual(['2025-10-26 02:00:00: 2', '2025-10-26 03:00:00: 1'])
    expect(withAnswers(await rows({ date_from: '2025-10-26', date_to: '2025-10-26' }))).toEqual(['2025-10-26: 3'])
  })

  test('begin on the half hour of Greenwich in Kolkata', async () => {
    await answered('Asia/Kolkata', '2025-05-31T18:29:59Z', '2025-05-31T18:30:00Z')
    const range = { date_from: '2025-05-01', date_to: '2025-06-30', group_by: 'month' }
    expect(withAnswers(await rows(range, 'Asia/Kolkata'))).toEqual(['2025-05-01: 1', '2025-06-01: 1'])
  })

  test('of a time that no clock showed are those an hour later', async () => {
    const range = { date_from: '2025-03-30 02:10:00', date_to: '2025-03-30 02:50:00', group_by: 'hour' }
    expect(await rows(range)).toEqual([
      { datetime: '2025-03-30 03:10:00', dateto: '2025-03-30 03:50:00', answers: '0' },
    ])
  })

  test('of eight thousand years come by the page', async () => {
    const range = { date_from: '1900-01-01', date_to: '9999-12-30', group_by: 'hour' }
    expect((await rows(range)).length).toBe(100)
    const page = await rows({ ...range, limitfrom: String(24 * 365 * 125 + 24 * 30), limitcount: '5000' })
    expect(page.length).toBe(1_000)
    const lastDay = (Date.UTC(9999, 11, 30) - Date.UTC(1900, 0, 1)) / 3_600_000
    expect(await rows({ ...range, limitfrom: String(lastDay + 22) })).toEqual([
      { datetime: '9999-12-30 22:00:00', dateto: '9999-12-30 22:59:59', answers: '0' },
      { datetime: '9999-12-30 23:00:00', dateto: '9999-12-30 23:59:59', answers: '0' },
    ])
    expect(await rows({ ...range, limitfrom: String(lastDay + 24) })).toEqual([])
  })

  test('come in pages without gaps', async () => {
    const range = { date_from: '2025-03-01', date_to: '2025-03-31' }
    const pages = await Promise.all(
      [0, 10, 20, 30].map((from) => rows({ ...range, limitfrom: String(from), limitcount: '10' })),
    )
    expect(pages.flat()).toEqual(await rows(range))
    expect(pages.flat().length).toBe(31)
  })
})
