import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { TEST_KEY } from '../../../test/first-start.ts'
import { systemActor } from '../../desk/actor.ts'
import { Invalid, NotFound, Unavailable } from '../../lib/errors.ts'
import type { ReportQuestion } from './question.ts'
import { openReports, type Reports } from './reports.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const question = (url: string, params: Partial<Record<string, unknown>> = {}): ReportQuestion => ({
  url,
  format: 'json',
  actor: systemActor,
  params: { columns: ['id', 'created_tickets'], ...params },
  zone: 'UTC',
  now: Date.now(),
})
const departments = question('/api/reports/departments')
const errorOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    (answer) => answer,
    (error: unknown) => error,
  )

const opened = async (number: number): Promise<void> => {
  const params = {
    subject: `Number ${number}`,
    message: 'Hello',
    useridentifier: 'anna@example.com',
    department: 'default',
    recipient: 'support@example.com',
    status: 'N',
  }
  const { status, text } = await desk.v1('POST', 'conversations', params)
  expect(status, text).toBe(200)
}
const created = async (): Promise<number> => {
  const { status, text, body } = await desk.v1('GET', 'reports/departments', {
    datetime: 'L30D',
    date_from: '2020-01-01',
    date_to: '2099-01-01',
  })
  expect(status, text).toBe(200)
  return Number(body.departments[0].created_tickets)
}

describe('where reports are counted', () => {
  test('refusals are those of the report', async () => {
    const asked = question('/api/reports/tickets/load', { departmentid: 'nothere0' })
    const missing = await errorOf(desk.app.reports.answer(asked))
    expect(missing).toBeInstanceOf(NotFound)
    expect(missing).toMatchObject({ message: "Department 'nothere0' not found" })
    const path = { id: 'default', figure: 'answers' }
    const behind = question('/api/v3/reports/departments/:id/:figure/conversations', {
      path,
      query: { limit: 5, cursor: 'x' },
    })
    const invalid = await errorOf(desk.app.reports.answer(behind))
    expect(invalid).toBeInstanceOf(Invalid)
    expect(invalid).toMatchObject({ field: 'cursor' })
  })

  test('what is no report is a defect, and the next report is answered', async () => {
    expect(await errorOf(desk.app.reports.answer(question('/api/tags')))).toMatchObject({
      name: 'Error',
      message: 'there is no report at /api/tags',
    })
    expect(JSON.parse(String(await desk.app.reports.answer(departments)))).toMatchObject({
      response: { departments: [{}] },
    })
  })

  test('a stop finishes the report that is being counted, and refuses the others', async () => {
    const reports: Reports = openReports(desk.app.database, desk.dataFolder)
    await reports.answer(departments)
    const asked = Array.from({ length: 20 }, () => errorOf(reports.answer(departments)))
    await reports.close()
    const [first, ...others] = await Promise.all(asked)
    expect(String(first)).toContain('departments')
    if (engine === 'sqlite') expect(others.filter((other) => !(other instanceof Unavailable))).toEqual([])
    else expect(others.filter((other) => !Buffer.isBuffer(other))).toEqual([])
  })
})

test('a report includes what was answered before it was asked for', async () => {
  const before = await created()
  const seen: number[] = []
  for (let number = 1; number <= 100; number++) {
    await opened(number)
    seen.push((await created()) - before)
  }
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
})

test('a report of many pieces arrives whole, in every format', async () => {
  await desk.app.http.listen({ host: '127.0.0.1', port: 0 })
  const asked = `${desk.app.publicUrl()}/api/reports/performance`
  const query = `date_from=2025-01-01&date_to=2026-01-01&group_by=hour&limitcount=1000&apikey=${TEST_KEY}`
  for (const [ending, row] of [
    ['.json', '"answers":'],
    ['.xml', '</answers>'],
    ['.yaml', '  answers:'],
  ] as const) {
    const answer = await fetch(`${asked}${ending}?${query}`)
    const text = await answer.text()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
    expect(text.split(row)).toHaveLength(1_001)
  }
})

test('two hundred reports at once are all answered, while others write', async () => {
  const before = await created()
  const asked = Array.from({ length: 200 }, async (_, number) => {
    if (number % 10 === 0) await opened(number)
    return created()
  })
  const counts = await Promise.all(asked)
  expect(counts.every((count) => count >= before && count <= before + 20)).toBe(true)
  expect(await created()).toBe(before + 20)
})
