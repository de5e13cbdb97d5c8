// PostgreSQL that goes away under load: restarted, failed over, or an administrator ended the connections.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { addTag } from '../desk/tags/tags.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

/** Ends every other connection to the desk's database, as a restart does. */
const endConnections = () =>
  sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(desk.app.database.reader)

describe('connections to PostgreSQL that end while requests run', () => {
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

describe('a write', () => {
  it('that goes on after one of its statements has failed never says that it stored what it did not', async () => {
    const { write } = desk.app.database
    const outcome = await write(async (tx) => {
      await addTag(tx, { name: 'Half' })
      await sql`insert into tags (id) values ('x')`.execute(tx).catch(() => {})
    }).then(
      () => 'stored',
      () => 'refused',
    )
    const tags = (await desk.v3('GET', 'tags')).text
    expect(tags.includes('Half')).toBe(outcome === 'stored')
  })

  it('whose commit gets no answer says that nobody knows', async () => {
    const lost = desk.app.database.write(async (tx) => {
      await addTag(tx, { name: 'Lost' })
      // Deferred to the commit: the connection ends while it runs.
      await sql`create temporary table fuse (x int primary key) on commit drop`.execute(tx)
      await sql`create function pg_temp.blow() returns trigger language plpgsql as
        'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'`.execute(tx)
      await sql`create constraint trigger fuse after insert on fuse deferrable initially deferred
        for each row execute function pg_temp.blow()`.execute(tx)
      await sql`insert into fuse values (1)`.execute(tx)
    })
    await expect(lost).rejects.toThrow('See whether it did')
  })
})
