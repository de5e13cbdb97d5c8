// What an administrator sees when he starts the program: the first time, again, and when something is wrong.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { engine } from '../desk.ts'
import { TEST_KEY } from '../first-start.ts'
import { freePorts } from '../mail-servers/process.ts'
import { call, newPlace, type Place, run, start, stop, until } from './server.ts'

const places: Place[] = []
afterEach(async () => {
  for (const place of places.splice(0)) await place.remove()
})

async function aPlace(begin: 'empty' | 'started'): Promise<Place> {
  const place = await newPlace(begin)
  places.push(place)
  return place
}

/** What a failed start looks like: so many plain lines on standard error and nothing else. */
async function failure(
  place: Place,
  env: Record<string, string> = {},
): Promise<{ code: number | null; lines: string[] }> {
  const { code, stdout, stderr } = await run(place, ['serve'], { env })
  expect(stdout).toBe('')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(stderr).toMatch(/\n$/)
  return { code, lines: stderr.trimEnd().split('\n') }
}

describe('a start that cannot be', () => {
  test('names every setting that is wrong, one in a line, and ends with code 2', async () => {
    const place = await aPlace('empty')
    expect(await failure(place, { PORT: 'abc' })).toEqual({
      code: 2,
      lines: [expect.stringMatching(/^PORT must be a whole number .*'abc'/)],
    })
    const { code, lines } = await failure(place, {
      DESKHAND_URL: 'x',
      PORT: '70000',
      DESKHAND_API_KEY: 'too-short',
      DESKHAND_TRUST_PROXY: 'true',
    })
    expect(code).toBe(2)
    expect(lines).toHaveLength(4)
    expect(lines.map((line) => line.split(' ', 1)[0]).sort()).toEqual([
      'DESKHAND_API_KEY',
      'DESKHAND_TRUST_PROXY',
      'DESKHAND_URL',
      'PORT',
    ])
    expect(lines.join()).not.toContain('too-short')
    expect(existsSync(place.folder)).toBe(false)
  })

  test('says which port is in use, and has not used up the first start', async () => {
    const place = await aPlace('empty')
    const other = createServer()
    const [port = 0] = await freePorts(1)
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    expect(await failure(place, { PORT: String(port) })).toEqual({
      code: 1,
      lines: [expect.stringMatching(new RegExp(`^Port ${port} .* in use`))],
    })
    await new Promise((resume) => other.close(resume))
    const server = await start(place, { env: { PORT: String(port) } })
    expect(server.stdout()).toContain('This is the first start')
    expect(await stop(server)).toEqual({ code: 0, signal: null })
  })

  test('says that a newer version was here', async () => {
    const place = await aPlace('started')
    const database = await openDatabase({ dataFolder: place.folder, url: place.env.DATABASE_URL, mustExist: true })
    await database.write((tx) =>
      sql`insert into migrations (name, applied_at) values ('9999-later', '2030-01-01')`.execute(tx),
    )
    await database.close()
    expect(await failure(place)).toEqual({ code: 1, lines: [expect.stringMatching(/newer Deskhand .*9999-later/)] })
  })

  if (engine === 'sqlite') {
    test('says that a file lies where the data folder should be', async () => {
      const place = await aPlace('empty')
      writeFileSync(place.folder, 'mine')
      const said = { code: 1, lines: [expect.stringMatching(/is not a folder: a file is in the way/)] }
      expect(await failure(place)).toEqual(said)
      expect(await failure(place, { DESKHAND_DATA: join(place.folder, 'below') })).toEqual(said)
      expect(readFileSync(place.folder, 'utf8')).toBe('mine')
    })

    test('says that the file of the database is none', async () => {
      const place = await aPlace('started')
      writeFileSync(join(place.folder, 'deskhand.db'), 'this is a letter to my aunt, not a database'.repeat(100))
      expect(await failure(place)).toEqual({ code: 1, lines: [expect.stringMatching(/damaged or no database/)] })
    })
  }

  if (engine === 'postgres') {
    test('says what is wrong with DATABASE_URL, without the password in it', async () => {
      const place = await aPlace('empty')
      const url = new URL(place.env.DATABASE_URL ?? '')
      const nobody = new URL(url)
      nobody.port = '1'
      nobody.password = 'hidden-word'
      const nowhere = new URL(url)
      nowhere.pathname = '/deskhand_not_there'
      for (const [wrong, said] of [
        [nobody.href, /cannot be reached/],
        [nowhere.href, /no database 'deskhand_not_there'/],
      ] as const) {
        const { code, lines } = await failure(place, { DATABASE_URL: wrong })
        expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(said)] })
        expect(lines.join()).not.toContain('hidden-word')
      }
      const { code, lines } = await failure(place, { DATABASE_URL: 'mysql://user:hidden-word@host/desk' })
      expect({ code, lines }).toEqual({ code: 2, lines: [expect.stringMatching(/^DATABASE_URL must begin with/)] })
      expect(lines.join()).not.toContain('hidden-word')
    })
  }
})

describe('a start', () => {
  test('on nothing shows once what a newcomer needs, and every part of it works', async () => {
    const place = await aPlace('empty')
    const first = await start(place)
    const said = first.stdout()
    expect(first.stderr()).toBe('')
    const email = /^ {2}Owner +(\S+)$/m.exec(said)?.[1] ?? ''
    const password = /^ {2}Password +(\S+)$/m.exec(said)?.[1] ?? ''
    const key = /^ {2}API key +(\S+)$/m.exec(said)?.[1] ?? ''
    const line = /^ +(curl .+)$/m.exec(said)?.[1] ?? ''
    expect(said.split(key)).toHaveLength(3)
    expect(said.split(password)).toHaveLength(2)

    const address = /^curl '(http[^']+)'$/.exec(line)?.[1] ?? ''
    const reply = await fetch(address)
    expect(reply.status).toBe(200)
    expect(await reply.json()).toEqual({ response: { conversations: [] } })
    if (spawnSync('curl', ['--version']).status === 0) {
      const { status, stdout } = spawnSync('sh', ['-c', `${line} --silent --fail`], { encoding: 'utf8' })
      expect(status).toBe(0)
      expect(JSON.parse(stdout)).toEqual({ response: { conversations: [] } })
    }
    const signIn = await fetch(`${first.url}/api/v3/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    expect(signIn.status).toBe(200)
    expect(await stop(first)).toEqual({ code: 0, signal: null })
    expect(first.stdout()).toBe(said)

    const second = await start(place)
    expect((await call(second, 'GET', 'conversations', { apikey: key })).status).toBe(200)
    expect(await stop(second)).toEqual({ code: 0, signal: null })
    expect(second.stdout()).toMatch(/^Deskhand \S+ serves http:\/\/127\.0\.0\.1:\d+ \([^)]+\)\n$/)
    expect(second.stderr()).toBe('')
  })

  test('at the ordinary log level says nothing else either', async () => {
    const place = await aPlace('started')
    const server = await start(place, { env: { DESKHAND_LOG_LEVEL: '' } })
    expect((await call(server, 'GET', 'tags', { apikey: TEST_KEY })).status).toBe(200)
    expect(await stop(server)).toEqual({ code: 0, signal: null })
    expect(server.stdout().split('\n')).toHaveLength(2)
    expect(server.stderr()).toBe('')
  })
})

const old = oldNode()
if (old !== undefined)
  describe('a Node that is too old', () => {
    test('hands over to the one that came with the packages, and hands on the signal to stop', async () => {
      const place = await aPlace('started')
      const server = await start(place, { node: old })
      expect((await call(server, 'GET', 'tags', { apikey: TEST_KEY })).status).toBe(200)
      const [inner = 0] = childrenOf(server.pid)
      expect(readFileSync(`/proc/${inner}/cmdline`, 'utf8').split('\0')[0]).toContain('node_modules')
      server.kill('SIGTERM')
      expect(await server.ended).toEqual({ code: 0, signal: null })
      await until(() => !existsSync(`/proc/${inner}`))
    })
  })

/** A Node on this machine that is older than what Deskhand needs, where there is one. */
function oldNode(): string | undefined {
  if (process.platform !== 'linux') return undefined
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find((path) => {
      const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''
      const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number)
      return major >= 18 && (major < 22 || (major === 22 && minor < 18))
    })
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
