// PostgreSQL that goes away under load: restarted, failed over, or an administrator ended the connections.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

/** Ends every other connection to the desk's database, as a restart does. */
const endConnections = () =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(desk.app.database.reader)

describe.runIf(engine === 'postgres')('connections to PostgreSQL that end while requests run', () => {
  it('are answered as unavailable, never as a defect, and the next requests work', async () => {
    const seen = new Set<number>()
    const bodies = new Set<string>()
    for (let round = 0; round < 15; round++) {
      const requests = Array.from({ length: 24 }, (_, n) =>
        n % 2 === 0 ? desk.v1('POST', 'tags', { name: `tag ${round} ${n}` }) : desk.v3('GET', 'departments'),
      )
      await endConnections().catch(() => {})
      for (const { status, text } of await Promise.all(requests)) {
        seen.add(status)
        if (status >= 500) bodies.add(text)
      }
    }
    expect([...bodies].join('\n')).not.toMatch(/Internal error/i)
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(seen).toContain(503)
    expect((await desk.v1('POST', 'tags', { name: 'afterwards' })).status).toBe(200)
    expect((await desk.v3('GET', 'departments')).status).toBe(200)
  })
})
