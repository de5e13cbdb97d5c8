// More than one process on the same data: commands beside a server, and two servers on one PostgreSQL.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/db/open.ts'
import { enqueue } from '../../server/jobs/queue.ts'
import { engine } from '../desk.ts'
import { TEST_KEY } from '../first-start.ts'
import { call, newPlace, type Place, run, type Server, start, stop, until } from './server.ts'

let place: Place
let database: Database | undefined
afterEach(async () => {
  await database?.close()
  database = undefined
  await place.remove()
})

const CLEAN = { code: 0, signal: null }
const apikey = TEST_KEY
const open = async (): Promise<Database> => {
  database = await openDatabase({ dataFolder: place.folder, url: place.env.DATABASE_URL, poolSize: 2, mustExist: true })
  return database
}

describe('a command beside a server', () => {
  test('adds an API key that the server takes at once, and revokes it', async () => {
    place = await newPlace('started')
    const server = await start(place)
    const added = await run(place, ['apikey', 'add', '--name', 'Shop', '--json'])
    expect(added).toMatchObject({ code: 0 })
    const { key, id } = JSON.parse(added.stdout)
    expect((await call(server, 'GET', 'tags', { apikey: key })).status).toBe(200)
    expect(await run(place, ['apikey', 'revoke', id])).toMatchObject({ code: 0 })
    expect((await call(server, 'GET', 'tags', { apikey: key })).status).toBe(401)
    expect(await stop(server)).toEqual(CLEAN)
    expect(server.stderr()).toBe('')
  })

  test('and many writes of both lose none', async () => {
    place = await newPlace('started')
    const server = await start(place)
    const writing = Array.from({ length: 200 }, (_, n) => call(server, 'POST', 'tags', { apikey, name: `tag ${n}` }))
    const adding = Array.from({ length: 3 }, (_, n) => run(place, ['department', 'add', `Department ${n}`]))
    for (const { status, text } of await Promise.all(writing)) expect(status, text).toBe(200)
    for (const { code, stderr } of await Promise.all(adding)) expect(code, stderr).toBe(0)
    expect((await call(server, 'GET', 'tags', { apikey })).body.tags).toHaveLength(200)
    expect((await call(server, 'GET', 'departments', { apikey })).body.departments).toHaveLength(4)
    expect(await stop(server)).toEqual(CLEAN)
  })
})

if (engine === 'sqlite')
  describe('a second server on the same folder', () => {
    test('is refused, says who has it, and disturbs nothing', async () => {
      place = await newPlace('started')
      const server = await start(place)
      const { code, stdout, stderr } = await run(place, ['serve'])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^Another server uses the data folder .*\n$/)
      expect(stderr).toContain(`process ${server.pid}, ${server.url}`)
      expect((await call(server, 'POST', 'tags', { apikey, name: 'still here' })).status).toBe(200)
      expect(await stop(server)).toEqual(CLEAN)
    })

    test('may start as soon as the first was killed: no lock is left to be removed by hand', async () => {
      place = await newPlace('started')
      const killed = await start(place)
      killed.kill('SIGKILL')
      await killed.ended
      expect(existsSync(join(place.folder, 'server.json'))).toBe(true)
      expect(await stop(await start(place))).toEqual(CLEAN)
      expect(existsSync(join(place.folder, 'server.json'))).toBe(false)
    })

    test('of two first starts at the same moment, one serves and the other says so', async () => {
      place = await newPlace('empty')
      const both = await Promise.allSettled([start(place), start(place)])
      const serving = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
      expect(refused).toEqual([
        expect.stringMatching(/it ended \(1\) and said: Another server uses the data folder .*\n$/),
      ])
      const [server] = serving
      if (!server) throw new Error('none of the two serves')
      expect(server.stdout()).toContain('This is the first start')
      expect(await stop(server)).toEqual(CLEAN)
    })
  })

if (engine === 'postgres')
  describe('two servers on one PostgreSQL', () => {
    const startTwo = async (): Promise<[Server, Server]> => {
      const [one, other] = await Promise.all([start(place), start(place)])
      return [one, other]
    }

    test('that start first at the same moment make one owner and one key', async () => {
      place = await newPlace('empty')
      const servers = await startTwo()
      const told = servers.filter((server) => server.stdout().includes('This is the first start'))
      expect(told).toHaveLength(1)
      const key = /^ {2}API key +(\S+)$/m.exec(told[0]?.stdout() ?? '')?.[1] ?? ''
      for (const server of servers) {
        expect((await call(server, 'GET', 'agents', { apikey: key })).body.agents).toHaveLength(1)
        expect((await call(server, 'GET', 'departments', { apikey: key })).body.departments).toHaveLength(1)
      }
      const { reader } = await open()
      expect(await reader.selectFrom('api_keys').select('id').execute()).toHaveLength(1)
      expect(await reader.selectFrom('knowledgebases').select('id').execute()).toHaveLength(1)
      expect(await reader.selectFrom('jobs').select('name').where('name', '=', 'prune-events').execute()).toHaveLength(
        1,
      )
      for (const server of servers) expect(await stop(server)).toEqual(CLEAN)
    })

    test('show each what the other wrote, at once', async () => {
      place = await newPlace('started')
      const [one, other] = await startTwo()
      for (let n = 0; n < 20; n++) {
        const [here, there] = n % 2 === 0 ? [one, other] : [other, one]
        const opened = await call(here, 'POST', 'conversations', {
          apikey,
          message: `message ${n}`,
          useridentifier: 'customer@example.com',
          department: 'default',
          subject: `subject ${n}`,
          recipient: 'support@desk.test',
        })
        expect(opened.status, opened.text).toBe(200)
        const seen = await call(there, 'GET', `conversations/${opened.body.conversationid}`, { apikey })
        expect(seen.body.subject).toBe(`subject ${n}`)
      }
      for (const server of [one, other]) expect(await stop(server)).toEqual(CLEAN)
    })

    test('both follow a change of the settings', async () => {
      place = await newPlace('started')
      const [one, other] = await startTwo()
      const { body } = await call(one, 'POST', 'conversations', {
        apikey,
        message: 'When?',
        useridentifier: 'customer@example.com',
        department: 'default',
        subject: 'Time',
        recipient: 'support@desk.test',
      })
      const createdAt = async (server: Server): Promise<string> =>
        (await call(server, 'GET', `conversations/${body.conversationid}`, { apikey })).body.datecreated
      const before = await createdAt(other)
      const changed = await fetch(`${one.url}/api/v3/settings`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', apikey },
        body: JSON.stringify({ timezone: 'Asia/Kathmandu' }),
      })
      expect(changed.status).toBe(200)
      await until(async () => (await createdAt(other)) !== before)
      expect(await createdAt(other)).toBe(await createdAt(one))
      for (const server of [one, other]) expect(await stop(server)).toEqual(CLEAN)
    })

    test('do each job once', async () => {
      place = await newPlace('started')
      const servers = await startTwo()
      const { write, reader } = await open()
      // Every run of a job is noted by PostgreSQL itself, whoever does it.
      for (const statement of [
        'create table job_runs (id bigint)',
        `create function note_run() returns trigger language plpgsql as
          'begin insert into job_runs values (new.id); return new; end'`,
        `create trigger note_run before update on jobs for each row
          when (new.attempts > old.attempts and new.name = 'sweep-tag') execute function note_run()`,
      ])
        await write((tx) => sql.raw(statement).execute(tx))
      const JOBS = 150
      await write(async (tx) => {
        for (let n = 0; n < JOBS; n++) await enqueue(tx, 'sweep-tag', { tagId: `tag${n}` })
      })
      await until(
        async () =>
          (await reader.selectFrom('jobs').select('id').where('name', '=', 'sweep-tag').execute()).length === 0,
      )
      const { rows } = await sql<{ runs: number; jobs: number }>`
        select count(*) as runs, count(distinct id) as jobs from job_runs`.execute(reader)
      expect(rows).toEqual([{ runs: JOBS, jobs: JOBS }])
      for (const server of servers) expect(await stop(server)).toEqual(CLEAN)
    })

    test('do not need each other: one that is killed while both write disturbs the other in nothing', async () => {
      place = await newPlace('started')
      const [one, other] = await startTwo()
      const write = async (server: Server, name: string): Promise<number> =>
        (
          await call(server, 'POST', 'conversations', {
            apikey,
            message: name,
            useridentifier: 'customer@example.com',
            department: 'default',
            subject: name,
            recipient: 'support@desk.test',
          })
        ).status
      const doomed = Array.from({ length: 60 }, (_, n) => write(one, `doomed ${n}`).catch(() => 0))
      const statuses: number[] = []
      const writing = Promise.all(
        Array.from({ length: 4 }, async (_, n) => {
          for (let i = 0; i < 40; i++) statuses.push(await write(other, `other ${n} ${i}`))
        }),
      )
      await until(() => statuses.length > 10)
      one.kill('SIGKILL')
      await Promise.all([writing, ...doomed])
      expect(statuses.filter((status) => status !== 200)).toEqual([])
      expect(await stop(other)).toEqual(CLEAN)
      expect(other.stderr()).toBe('')
    })
  })
