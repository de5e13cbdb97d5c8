import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { deskhand, type Said, settingsOf } from '../../test/cli/terminal.ts'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { aConversation } from '../../test/people.ts'
import { lockFolder } from '../db/lock.ts'

const desks: TestDesk[] = []
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close()
})

async function aDesk(): Promise<TestDesk> {
  const desk = await newDesk()
  desks.push(desk)
  return desk
}

const demo = (desk: TestDesk, ...args: string[]): Promise<Said> =>
  deskhand(['demo', '--conversations', '30', ...args], { env: settingsOf(desk) })

const count = async (desk: TestDesk): Promise<number> =>
  (await desk.v1('GET', 'conversations', { limit: '1000', channel_type: 'E,M,B,I,C' })).body.conversations.length

describe('deskhand demo', () => {
  test('refuses numbers that make no sense', async () => {
    const desk = await aDesk()
    for (const args of [
      ['--conversations', '0'],
      ['--conversations', '-1'],
      ['--seed', 'x'],
      ['--seed', '1.5'],
    ])
      expect((await demo(desk, ...args)).code).toBe(2)
  })

  test('does not mix with conversations that are there, unless it is told to', async () => {
    const desk = await aDesk()
    await aConversation(desk)
    const refused = await demo(desk)
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toMatch(/has conversations of its own.*demo --again\n$/)
    expect(await count(desk)).toBe(1)
    expect((await desk.v1('GET', 'agents')).body.agents).toHaveLength(1)
    expect((await demo(desk, '--again')).code).toBe(0)
    expect(await count(desk)).toBe(31)
  })

  test('fills a desk once, and again only when it is told to', async () => {
    const desk = await aDesk()
    const first = await demo(desk)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(await count(desk)).toBe(30)
    const password = /^ {2}(\w{16})$/m.exec(first.out)?.[1] ?? ''
    const email = /Sign in as (\S+),/.exec(first.out)?.[1] ?? ''
    expect((await desk.v3('POST', 'session', { email, password }, { key: null })).status).toBe(200)

    const second = await demo(desk)
    expect(second).toMatchObject({ code: 1, out: '' })
    expect(second.err).toMatch(/^The demonstration is loaded already, with 30 conversations\. .*--again\n$/)
    expect(await count(desk)).toBe(30)

    const third = await demo(desk, '--again')
    expect(third).toMatchObject({ code: 0, out: expect.stringContaining('(seed 2)') })
    expect(third.out).not.toContain('Sign in')
    expect(await count(desk)).toBe(60)
    expect((await desk.v1('GET', 'agents')).body.agents).toHaveLength(9)
  })

  test('leaves figures in every report, which a recount confirms, and nothing that still rings', async () => {
    const desk = await aDesk()
    const env = settingsOf(desk)
    expect((await deskhand(['demo', '--conversations', '900', '--seed', '3'], { env })).code).toBe(0)
    expect(await deskhand(['reports', 'check'], { env })).toMatchObject({ code: 0, err: '' })
    const day = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
    const range = { date_from: day(366), date_to: day(0), limitcount: '1000' }
    const rowsOf = async (report: string): Promise<Record<string, string>[]> => {
      const { body, status } = await desk.v1('GET', `reports/${report}`, range)
      expect(status, report).toBe(200)
      return Object.values<Record<string, string>[]>(body).find(Array.isArray) ?? []
    }
    const rows = await rowsOf('agents')
    const sum = (column: string): number => rows.reduce((all, row) => all + Number(row[column]), 0)
    for (const column of [
      'worktime',
      'answers',
      'notes',
      'chats',
      'missed_chats',
      'calls',
      'missed_calls',
      'rewards',
      'punishments',
    ])
      expect(sum(column), column).toBeGreaterThan(0)
    for (const report of [
      'tickets/slacompliance',
      'chats/slacompliance',
      'calls/slacompliance',
      'tickets/load',
      'chats/load',
      'calls/load',
      'ranking',
    ])
      expect(JSON.stringify(await rowsOf(report)), report).toMatch(/[1-9]/)
    expect((await desk.v1('GET', 'conversations', { status: 'T,P,I' })).body.conversations).toEqual([])
    const open = await desk.app.database.reader
      .selectFrom('offers')
      .select('seq')
      .where('ended_at', 'is', null)
      .execute()
    expect(open).toEqual([])
  })

  test('brings people, tags, groups, companies and a knowledge base that can be searched', async () => {
    const desk = await aDesk()
    await demo(desk, '--seed', '5')
    const list = async (path: string, name: string, params = {}): Promise<unknown[]> =>
      (await desk.v1('GET', path, params)).body[name]
    expect(await list('departments', 'departments')).toHaveLength(5)
    expect(await list('tags', 'tags')).toHaveLength(12)
    expect(await list('customersgroups', 'groups')).toHaveLength(3)
    expect((await desk.v1('GET', 'customers', { limit: '100' })).status).toBe(200)
    const { body } = await desk.v1('GET', 'knowledgebase/search', { query: 'descaling' })
    expect(JSON.stringify(body)).toContain('Descaling step by step')
    const { body: suggestions } = await desk.v1('GET', 'conversations', { channel_type: 'S' })
    expect(suggestions.conversations).toHaveLength(6)
  })

  if (engine === 'sqlite') {
    test('makes the desk where there is none, and shows what a first start shows', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'deskhand-demo-'))
      try {
        const env = { DESKHAND_DATA: join(folder, 'data') }
        const { code, out } = await deskhand(['demo', '--conversations', '5'], { env })
        expect(code).toBe(0)
        expect(out).toMatch(/This is the first start/)
        expect(out).toMatch(/^ {2}API key {4}\w{43}$/m)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })

    test('of many is made by threads, beside a server that goes on writing', { timeout: 120_000 }, async () => {
      const desk = await aDesk()
      const lock = lockFolder(desk.dataFolder)
      const loading = deskhand(['demo', '--conversations', '20001'], { env: settingsOf(desk) })
      let isLoading = true
      void loading.finally(() => {
        isLoading = false
      })
      let written = 0
      for (; isLoading && written < 200; written++) {
        const { status } = await desk.v1('POST', 'tags', { name: `Meanwhile ${written}` })
        expect(status).toBe(200)
      }
      expect(await loading).toMatchObject({ code: 0, err: '' })
      lock?.release()
      expect(written).toBeGreaterThan(5)
      const loaded = await desk.app.database.reader
        .selectFrom('conversations')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .where('channel', '<>', 'S')
        .executeTakeFirst()
      expect(loaded?.n).toBe(20_001)
    })
  }
})
