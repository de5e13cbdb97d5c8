// Storage that fails under a running server: a full disk on SQLite, a database that is away on PostgreSQL.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/db/open.ts'
import { engine } from '../desk.ts'
import { TEST_KEY } from '../first-start.ts'
import { type Answer, call, newPlace, type Place, run, type Server, start, stop } from './server.ts'

const apikey = TEST_KEY
const CLEAN = { code: 0, signal: null }
const cleanUp: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean()
})

async function aPlace(home?: string): Promise<Place> {
  const place = await newPlace('started', home)
  cleanUp.push(() => place.remove())
  return place
}

const write = (server: Server, subject: string, size = 10_000, suffix = ''): Promise<Answer> =>
  call(server, 'POST', `conversations${suffix}`, {
    apikey,
    message: 'x'.repeat(size),
    useridentifier: `${subject.replaceAll(' ', '-')}@example.com`,
    department: 'default',
    subject,
    recipient: 'support@desk.test',
  })

/** The same refusal in every format that a client may ask for. */
async function expectRefused(server: Server, message: RegExp): Promise<void> {
  const [json, xml, yaml, v3] = await Promise.all([
    write(server, 'json'),
    write(server, 'xml', 10_000, '.xml'),
    write(server, 'yaml', 10_000, '.yaml'),
    fetch(`${server.url}/api/v3/tags`, {
      method: 'POST',
      headers: { apikey, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'v3'.repeat(50) }),
    }),
  ])
  expect([json.status, xml.status, yaml.status, v3.status]).toEqual([503, 503, 503, 503])
  expect(json.body.errormessage ?? json.text).toMatch(message)
  expect(xml.text).toMatch(/^<\?xml/)
  expect(xml.text).toMatch(message)
  expect(yaml.text).toMatch(/^response:\n/)
  expect(yaml.text).toMatch(message)
  expect(await v3.text()).toMatch(message)
}

/** Which subjects are stored, as another process sees it, and that each belongs to a whole conversation. */
async function storedSubjects(place: Place): Promise<string[]> {
  const { env, folder } = place
  const database = await openDatabase({ dataFolder: folder, url: env.DATABASE_URL, poolSize: 2, mustExist: true })
  try {
    const rows = await database.reader
      .selectFrom('conversations')
      .leftJoin('message_groups', 'message_groups.conversation_id', 'conversations.id')
      .select('subject')
      .orderBy('message_groups.seq')
      .execute()
    for (const table of ['messages', 'message_groups', 'customers'] as const) {
      const found = await database.reader.selectFrom(table).select('seq').execute()
      expect(found, table).toHaveLength(rows.length)
    }
    return rows.map(({ subject }) => subject)
  } finally {
    await database.close()
  }
}

/** Writes until a write is refused; returns the subjects of those that were not. */
async function writeUntilRefused(server: Server): Promise<string[]> {
  const stored: string[] = []
  for (let n = 0; n < 2_000; n++) {
    const { status, text } = await write(server, `subject-${n}`)
    if (status === 503) {
      // Where a conversation does not fit, something smaller may.
      for (
        let tag = 0;
        (await call(server, 'POST', 'tags', { apikey, name: `tag ${n} ${tag}` })).status !== 503;
        tag++
      );
      return stored
    }
    expect(status, text).toBe(200)
    stored.push(`subject-${n}`)
  }
  throw new Error('the disk was never full')
}

async function upload(server: Server): Promise<Answer> {
  const data = Buffer.alloc(3_000_000, 'x').toString('base64')
  return call(server, 'POST', 'files', { apikey, name: 'big.bin', type: 'application/octet-stream', data })
}

const namesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

async function expectReadable(server: Server, subjects: readonly string[]): Promise<void> {
  const { status, body } = await call(server, 'GET', 'conversations', { apikey, limit: '1000' })
  expect(status).toBe(200)
  expect(body.conversations.map((row: { subject: string }) => row.subject).sort()).toEqual([...subjects].sort())
}

if (engine === 'sqlite' && process.platform === 'linux')
  describe('a limit on the size of files', () => {
    test('is answered with 503 and leaves nothing half stored; without it, all goes on', async () => {
      const place = await aPlace()
      // In units of 1024 bytes: the log of the database reaches it before it is first written back.
      const server = await start(place, { shell: 'ulimit -f 2048' })
      const stored = await writeUntilRefused(server)
      await expectRefused(server, /nothing was stored/)
      const refused = await upload(server)
      expect(refused.status, refused.text).toBe(503)
      expect(namesBelow(place.folder).filter((name) => /^[0-9a-f]{32}/.test(name))).toEqual([])
      await expectReadable(server, stored)
      expect(await storedSubjects(place)).toEqual(stored)
      await stop(server)

      const again = await start(place)
      await expectReadable(again, stored)
      expect((await write(again, 'afterwards')).status).toBe(200)
      expect((await upload(again)).status).toBe(200)
      await expectReadable(again, [...stored, 'afterwards'])
      expect(await stop(again)).toEqual(CLEAN)
    })
  })

if (engine === 'sqlite' && mayMount())
  describe('a disk that is full', () => {
    test('is answered with 503 that says so, leaves nothing half stored, and all goes on once there is space', async () => {
      const disk = mkdtempSync(join(tmpdir(), 'deskhand-disk-'))
      cleanUp.push(() => rmSync(disk, { recursive: true, force: true }))
      mount(disk, '24m')
      cleanUp.push(() => void spawnSync('umount', [disk]))
      const place = await aPlace(join(disk, 'home'))
      const server = await start(place)
      const ballast = join(disk, 'ballast')
      fill(ballast)
      const stored = await writeUntilRefused(server)
      await expectRefused(server, /disk is full.*nothing was stored/i)
      const refused = await upload(server)
      expect(refused.status, refused.text).toBe(503)
      expect(refused.text).toMatch(/disk is full/)
      expect(namesBelow(place.folder).filter((name) => /^[0-9a-f]{32}/.test(name))).toEqual([])
      await expectReadable(server, stored)

      // Space comes back while the server runs.
      rmSync(ballast)
      expect((await write(server, 'with space')).status).toBe(200)
      expect((await upload(server)).status).toBe(200)
      await expectReadable(server, [...stored, 'with space'])
      expect(await stop(server)).toEqual(CLEAN)

      fill(ballast)
      const { code, stderr } = await run(place, ['serve'])
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/on a disk that is full.*\n$/) })
      rmSync(ballast)
      const again = await start(place)
      expect((await write(again, 'after a restart')).status).toBe(200)
      const all = [...stored, 'with space', 'after a restart']
      await expectReadable(again, all)
      expect(await stop(again)).toEqual(CLEAN)
      expect(again.stderr()).toBe('')
      expect(await storedSubjects(place)).toEqual(all)
    })
  })

if (engine === 'postgres')
  describe('a PostgreSQL that is away', () => {
    test('is answered with 503 for reads and writes, and all goes on once it is back', async () => {
      const place = await aPlace()
      const direct = new URL(place.env.DATABASE_URL ?? '')
      const line = await openLine(direct)
      cleanUp.push(() => line.cut())
      const throughLine = new URL(direct)
      throughLine.host = `127.0.0.1:${line.port}`
      const server = await start(place, { env: { DATABASE_URL: throughLine.href } })
      expect((await write(server, 'before')).status).toBe(200)

      await line.cut()
      await expectRefused(server, /database/)
      const read = await call(server, 'GET', 'conversations', { apikey })
      expect({ status: read.status, text: read.text }).toEqual({
        status: 503,
        text: expect.stringContaining('database'),
      })

      await line.mend()
      expect((await write(server, 'afterwards')).status).toBe(200)
      await expectReadable(server, ['before', 'afterwards'])
      expect(await storedSubjects(place)).toEqual(['before', 'afterwards'])
      expect(await stop(server)).toEqual(CLEAN)
    })
  })

/** A line to PostgreSQL that can be cut: what runs over it breaks, and whoever calls is refused. */
async function openLine(to: URL): Promise<{ port: number; cut(): Promise<void>; mend(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const exchange = createServer((here) => {
    const there = connect(Number(to.port || 5432), to.hostname)
    for (const [from, into] of [
      [here, there],
      [there, here],
    ] as const) {
      sockets.add(from)
      from.pipe(into)
      from.on('error', () => into.destroy())
      from.on('close', () => {
        sockets.delete(from)
        into.destroy()
      })
    }
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      exchange.once('error', reject)
      exchange.listen(port, '127.0.0.1', resolve)
    })
  await listen(0)
  const address = exchange.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    port,
    mend: () => listen(port),
    cut: () =>
      new Promise((resolve) => {
        exchange.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function mount(folder: string, size: string): void {
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
}

/** Whether this user may mount a small disk of his own. */
function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), 'deskhand-mount-'))
  try {
    mount(folder, '64k')
    return spawnSync('umount', [folder]).status === 0
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Writes until the disk takes no byte more. */
function fill(path: string): void {
  const file = openSync(path, 'a')
  try {
    for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) {
      const bytes = Buffer.alloc(size)
      try {
        for (;;) if (writeSync(file, bytes) < size) break
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      }
    }
  } finally {
    closeSync(file)
  }
}
