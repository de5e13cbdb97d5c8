import { closeSync, openSync, writeSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { deskhand, settingsOf } from '../../test/cli/terminal.ts'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { lockFolder } from '../db/lock.ts'
import { judgeClock } from './checks/database.ts'
import type { Finding } from './checks/finding.ts'
import { checkNode, judgeSpace } from './checks/machine.ts'

const desks: TestDesk[] = []
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close()
})

async function aDesk(): Promise<TestDesk> {
  const desk = await newDesk()
  desks.push(desk)
  return desk
}

async function findings(desk: TestDesk, env: Record<string, string> = {}): Promise<{ code: number; list: Finding[] }> {
  const { code, out } = await deskhand(['doctor', '--json'], { env: { ...settingsOf(desk), PORT: '0', ...env } })
  return { code, list: JSON.parse(out).findings }
}

const about = (list: readonly Finding[], what: string): Finding[] => list.filter((finding) => finding.about === what)

describe('deskhand doctor', () => {
  test('names each wrong setting and what to do, and fails', async () => {
    const { code, out } = await deskhand(['doctor'], { env: { PORT: 'ten', DESKHAND_API_KEY: 'too short' } })
    expect(code).toBe(1)
    expect(out).toMatch(/^fail {2}settings {5}PORT must be a whole number.*\n +→ Correct it/m)
    expect(out).toMatch(/^fail {2}settings {5}DESKHAND_API_KEY/m)
    expect(out).not.toContain('too short')
  })

  test('finds nothing wrong with a desk in use', async () => {
    const { code, list } = await findings(await aDesk())
    expect(list.filter(({ state }) => state !== 'ok')).toEqual([])
    expect(code).toBe(0)
    expect(list.map((finding) => finding.about)).toEqual([
      'node',
      'settings',
      'data folder',
      ...(engine === 'sqlite' ? ['disk space'] : []),
      'database',
      'integrity',
      'durability',
      'clock',
      'jobs',
      'port',
      'mail',
    ])
  })

  test('shows every setting with its meaning, and no secret', async () => {
    const desk = await aDesk()
    const url = desk.app.config.databaseUrl
    const env = {
      ...settingsOf(desk),
      ...(url && { DATABASE_URL: url.replace('://postgres@', '://postgres:secret-word@') }),
      DESKHAND_API_KEY: 'secret-word:secret-word',
      DESKHAND_OWNER_PASSWORD: 'secret-word',
    }
    const { out } = await deskhand(['doctor'], { env })
    expect(out).not.toContain('secret-word')
    expect(out).toContain('DESKHAND_API_KEY=(hidden)')
    expect(out).toContain('PORT=8080\n        Port of the web server.')
    expect(out).toContain('DESKHAND_URL=(not set)')
  })

  test('warns of jobs that were given up, and of jobs that nobody does', async () => {
    const desk = await aDesk()
    const job = { name: 'sweep-tag', payload: '{}', unique_key: null, attempts: 12, locked_until: null, created_at: 0 }
    await desk.app.database.write((tx) =>
      tx
        .insertInto('jobs')
        .values([
          { ...job, run_at: Date.now(), last_error: 'no such tag', dead_at: Date.now() },
          { ...job, run_at: Date.now() - 3_600_000, last_error: null, dead_at: null },
        ])
        .execute(),
    )
    const { code, list } = await findings(desk)
    expect(about(list, 'jobs')).toEqual([
      expect.objectContaining({ state: 'warn', says: "1 × 'sweep-tag' given up: no such tag" }),
      expect.objectContaining({ state: 'warn', todo: expect.stringContaining('Start the server') }),
    ])
    expect(code).toBe(0)
  })

  test('tells our own server on the port from a stranger', async () => {
    const desk = await aDesk()
    const stranger = createServer((_, reply) => reply.end('{}'))
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
    const taken = await findings(desk, { PORT: String((stranger.address() as AddressInfo).port) })
    await new Promise((resolve) => stranger.close(resolve))
    expect(taken.code).toBe(1)
    expect(about(taken.list, 'port')).toEqual([
      expect.objectContaining({ state: 'fail', says: expect.stringContaining('another program') }),
    ])

    await desk.app.http.listen({ port: 0, host: '127.0.0.1' })
    const { port } = desk.app.http.server.address() as AddressInfo
    const lock = engine === 'sqlite' ? lockFolder(desk.dataFolder) : undefined
    lock?.note({ pid: 4711, url: `http://127.0.0.1:${port}` })
    const ours = await findings(desk, { PORT: String(port) })
    lock?.release()
    expect(ours.code).toBe(0)
    expect(about(ours.list, 'server')).toEqual([expect.objectContaining({ state: 'ok' })])
  })

  if (engine === 'sqlite') {
    test('says what the first start will do where there is nothing yet', async () => {
      const desk = await aDesk()
      const env = { DESKHAND_DATA: join(desk.dataFolder, 'not', 'yet'), PORT: '0' }
      const { code, out } = await deskhand(['doctor'], { env })
      expect(code).toBe(0)
      expect(out).toMatch(/^warn {2}data folder {2}.* does not exist yet\n +→ The first start creates it/m)
      expect(out).toMatch(/^warn {2}database/m)
    })

    test('finds damage in the file', async () => {
      const desk = await aDesk()
      const { app, dataFolder } = desk
      const { rows } = await sql<{
        page: number
      }>`select rootpage as page from sqlite_master where name = 'tags'`.execute(app.database.reader)
      await app.close()
      const handle = openSync(join(dataFolder, 'deskhand.db'), 'r+')
      writeSync(handle, Buffer.alloc(64, 0xff), 0, 64, ((rows[0]?.page ?? 0) - 1) * 4_096)
      closeSync(handle)
      const { code, list } = await findings(desk)
      expect(code).toBe(1)
      expect(list.filter(({ state }) => state === 'fail')).toEqual([
        expect.objectContaining({ about: expect.stringMatching(/integrity|database/) }),
      ])
    })
  }

  if (engine === 'postgres')
    test('says that the database cannot be reached', async () => {
      const desk = await aDesk()
      const { code, list } = await findings(desk, { DATABASE_URL: 'postgres://user:secret-word@127.0.0.1:1/desk' })
      expect(code).toBe(1)
      expect(about(list, 'database')).toEqual([
        expect.objectContaining({ state: 'fail', says: expect.stringContaining('127.0.0.1:1 cannot be reached') }),
      ])
      expect(JSON.stringify(list)).not.toContain('secret-word')
    })
})

describe('what a check finds', () => {
  test('depends on the version of Node', () => {
    expect(checkNode('20.20.2').state).toBe('fail')
    expect(checkNode('22.17.9').state).toBe('fail')
    expect(checkNode('22.18.0').state).toBe('ok')
    expect(checkNode('24.0.0').state).toBe('ok')
  })

  test('depends on the space that is left', () => {
    const MB = 1024 ** 2
    expect([50 * MB, 500 * MB, 5_000 * MB].map((bytes) => judgeSpace(bytes).state)).toEqual(['fail', 'warn', 'ok'])
  })

  test('depends on how far two clocks are apart', () => {
    const now = Date.UTC(2026, 0, 1)
    expect(judgeClock(now, now + 59_000, 'it').state).toBe('ok')
    expect(judgeClock(now, now + 90_000, 'the newest event')).toMatchObject({
      state: 'warn',
      says: expect.stringContaining('90 s behind the newest event'),
    })
    expect(judgeClock(now, now - 90_000, 'it').says).toContain('ahead of')
  })
})
