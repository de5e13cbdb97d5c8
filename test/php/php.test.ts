// Real PHP over real HTTP: the newer document's examples, and what plug-ins do with them.
import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { calls } from '../../contract/v1/calls.ts'
import { newId } from '../../server/lib/ids.ts'
import { faults } from '../contract/wire.ts'
import { newWorld, type World } from '../contract/world.ts'
import { newDesk, type TestDesk } from '../desk.ts'
import { TEST_KEY } from '../first-start.ts'

const run = promisify(execFile)

function hasPhp(): boolean {
  try {
    const modules = execFileSync('php', ['-m'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return /^curl$/m.test(modules) && /^yaml$/m.test(modules)
  } catch {
    return false
  }
}

const isThere = hasPhp()
if (!isThere) {
  if (process.env.CI) throw new Error('CI must run the PHP clients: install php-cli, php-curl and php-yaml')
  process.stderr.write('skipped: the PHP clients (no php with curl and yaml found)\n')
}

describe.skipIf(!isThere)('a PHP client', () => {
  let desk: TestDesk
  let world: World
  let address: string
  beforeAll(async () => {
    desk = await newDesk()
    world = await newWorld(desk)
    address = await desk.app.http.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => desk.close())

  async function php(script: string) {
    const { desk: _desk, ...ids } = world
    const file = fileURLToPath(new URL(script, import.meta.url))
    const { stdout, stderr } = await run('php', [file, address, TEST_KEY, JSON.stringify({ ...ids, run: newId() })])
    if (!stdout.startsWith('{')) throw new Error(stdout + stderr)
    return JSON.parse(stdout)
  }

  test('gets every documented field from each of the 45 calls that the document shows in PHP', async () => {
    const documented = calls.filter(({ generations }) => generations.includes('5.x'))
    const answers = await php('documented.php')
    expect(Object.keys(answers).sort()).toEqual(documented.map(({ method, path }) => `${method} ${path}`).sort())
    const wrong = documented.flatMap((call) => {
      const { status, response } = answers[`${call.method} ${call.path}`]
      const all = status === 200 ? faults(call, 'json', response) : [`${status}: ${response.errormessage}`]
      return all.map((fault) => `${call.method} ${call.path}: ${fault}`)
    })
    expect(wrong).toEqual([])
  })

  test('reads the same texts from JSON, XML and YAML', async () => {
    const { json, xml, yaml } = await php('formats.php')
    expect(json.id).toBe(world.tagid)
    expect(xml).toEqual(json)
    expect(yaml).toEqual(json)
  })

  test('sends large bodies after asking whether it may', async () => {
    const { multipart, urlencoded } = await php('large.php')
    for (const { status, response } of [multipart, urlencoded]) {
      expect(status, JSON.stringify(response)).toBe(200)
      expect(response.filesize).toBe(String(16 * 131_072))
    }
  })

  test('finds or creates its customer, opens conversations and pages through them', async () => {
    const of = await php('plugin.php')
    expect([of.ping.status, of.departments.status]).toEqual([200, 200])
    expect(of.unknown.status).toBe(404)
    expect(of.created.status).toBe(200)
    expect(of.found.response.contactid).toBe(of.created.response.contactid)
    expect(of.found.response.customfields).toEqual([{ code: 'order', value: '4711' }])
    expect(of.replied.response).toEqual({ status: 'OK', statuscode: 0 })
    expect(JSON.stringify(of.messages.response.groups)).toContain('And when?')
    const subjects = [5, 4, 3, 2, 1].map((n) => `Order 4711, question ${n}`)
    expect(of.pages).toEqual([subjects.slice(0, 2), subjects.slice(2, 4), subjects.slice(4)])
  })
})
