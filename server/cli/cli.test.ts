import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deskhand, type Given, type Said, settingsOf } from '../../test/cli/terminal.ts'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { OWNER_EMAIL } from '../../test/first-start.ts'
import { processIo } from './io.ts'
import { buildProgram } from './program.ts'

let desk: TestDesk
const empty = mkdtempSync(join(tmpdir(), 'deskhand-cli-'))
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(async () => {
  await desk.close()
  rmSync(empty, { recursive: true, force: true })
})

/** On the data of the desk, which runs meanwhile. */
const here = (args: readonly string[], given: Given = {}): Promise<Said> =>
  deskhand(args, { ...given, env: { ...settingsOf(desk), ...given.env } })

const signIn = async (email: string, password: string): Promise<number> =>
  (await desk.v3('POST', 'session', { email, password }, { key: null })).status

describe('every command', () => {
  const commands = (function* all(command = buildProgram(processIo), words: string[] = []): Generator<string[]> {
    yield words
    for (const child of command.commands) yield* all(child, [...words, child.name()])
  })()

  test.each([...commands].map((words) => [words.join(' '), words] as const))(
    'explains itself: deskhand %s --help',
    async (_, words) => {
      const { code, out, err } = await deskhand([...words, '--help'])
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toContain(`Usage: deskhand${words.map((word) => ` ${word}`).join('')}`)
      const isGroup = ['agent', 'department', 'apikey', 'mailbox'].includes(words.join(' '))
      if (!isGroup) expect(out).toContain('Examples:\n')
    },
  )

  test('that does not exist, or is called with what it does not know, ends with code 2', async () => {
    for (const args of [[], ['fly'], ['agent'], ['agent', 'fly'], ['serve', '--port', '1'], ['apikey', 'add']]) {
      const { code, out, err } = await here(args)
      expect({ args, code, out }).toEqual({ args, code: 2, out: '' })
      expect(err).not.toBe('')
    }
  })

  test('refuses wrong settings by name, with code 2', async () => {
    const { code, out, err } = await deskhand(['agent', 'list'], { env: { PORT: 'ten', DESKHAND_URL: 'help' } })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^PORT must be/),
      expect.stringMatching(/^DESKHAND_URL must be/),
    ])
  })

  if (engine === 'sqlite')
    test('that works on a desk makes none where there is none', async () => {
      const folder = join(empty, 'nothing')
      for (const args of [
        ['agent', 'list'],
        ['agent', 'add', 'a@b.example', '--name', 'A', '--no-password'],
        ['department', 'list'],
        ['apikey', 'add', '--name', 'x'],
      ]) {
        const { code, out, err } = await deskhand(args, { env: { DESKHAND_DATA: folder } })
        expect({ code, out }).toEqual({ code: 1, out: '' })
        expect(err).toMatch(/^There is no desk in the folder .*npm start\n$/)
      }
      expect(existsSync(folder)).toBe(false)
    })
})

describe('deskhand agent', () => {
  test('add refuses what is no address, a department that is not there, and an address that is taken', async () => {
    const add = (email: string, ...more: string[]): Promise<Said> =>
      here(['agent', 'add', email, '--name', 'Ada', '--no-password', ...more])
    expect(await add('nobody')).toMatchObject({ code: 2, err: "'nobody' is not an e-mail address.\n" })
    const lost = await add('ada@desk.test', '--department', 'Moon')
    expect(lost).toMatchObject({ code: 1, err: expect.stringContaining("There is no department 'Moon'.") })
    expect(await add(OWNER_EMAIL)).toMatchObject({ code: 1, err: expect.stringContaining('exists already') })
    expect((await add('ada@desk.test', '--role', 'king')).code).toBe(2)
  })

  test('add takes a password from standard input, and the new agent can sign in at once', async () => {
    const args = ['agent', 'add', 'ada@desk.test', '--name', 'Ada King', '--role', 'admin', '--department', 'GENERAL']
    expect(await here([...args, '--password-stdin'], { stdin: 'short' })).toMatchObject({
      code: 2,
      err: 'A password must have at least 8 characters.\n',
    })
    const { code, out } = await here([...args, '--password-stdin', '--json'], { stdin: 'a good password\n' })
    expect(code).toBe(0)
    const { userid } = JSON.parse(out)
    expect(await signIn('ada@desk.test', 'a good password')).toBe(200)
    expect(await signIn('ada@desk.test', 'a good password\n')).toBe(401)
    const { body } = await desk.v3('GET', `agents/${userid}`)
    expect(body).toMatchObject({ firstname: 'Ada', lastname: 'King', role: 'D', departments: ['default'] })
  })

  test('password is asked for twice on a terminal, never shown, and can be corrected while it is typed', async () => {
    const ask = (keys: string): Promise<Said> => here(['agent', 'password', 'ada@desk.test'], { keys })
    expect(await ask('first password\rother password\r')).toMatchObject({
      code: 2,
      err: expect.stringContaining('The two passwords differ.'),
    })
    expect((await ask('first pass\u0003')).code).toBe(130)
    expect(await signIn('ada@desk.test', 'a good password')).toBe(200)
    const { code, out, err } = await ask('new passwork\u007fd\rnew password\r')
    expect(code).toBe(0)
    expect(out + err).not.toContain('new passwor')
    expect(await signIn('ada@desk.test', 'a good password')).toBe(401)
    expect(await signIn('ada@desk.test', 'new password')).toBe(200)
  })

  test('password without a terminal wants to be told where it comes from', async () => {
    expect(await here(['agent', 'password', 'ada@desk.test'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--password-stdin'),
    })
    expect(
      (await here(['agent', 'password', 'none@desk.test', '--password-stdin'], { stdin: 'long enough' })).code,
    ).toBe(1)
  })

  test('list shows people, and gives programs JSON', async () => {
    const { out } = await here(['agent', 'list'])
    expect(out.split('\n')[0]).toMatch(/^USERID +EMAIL +NAME +ROLE +DEPARTMENTS +CREATED$/)
    expect(out).toMatch(/ada@desk\.test +Ada King +admin +default +20\d\d-/)
    const agents = JSON.parse((await here(['agent', 'list', '--json'])).out)
    expect(agents).toHaveLength(2)
    expect(agents.map(({ email }: { email: string }) => email).sort()).toEqual(['ada@desk.test', OWNER_EMAIL])
    expect(JSON.stringify(agents)).not.toContain('argon2')
  })
})

describe('deskhand department', () => {
  test('add refuses a name that is taken, in any case', async () => {
    expect(await here(['department', 'add', 'general'])).toMatchObject({ code: 1, out: '' })
    expect((await here(['department', 'add', '  '])).code).toBe(2)
  })

  test('adds one after the others, which the running server shows', async () => {
    const { code, out } = await here(['department', 'add', 'Sales', '--description', 'Offers', '--json'])
    expect(code).toBe(0)
    const { departmentid } = JSON.parse(out)
    const { body } = await desk.v1('GET', 'departments')
    expect(body.departments.at(-1)).toMatchObject({ departmentid, name: 'Sales' })
    const listed = JSON.parse((await here(['department', 'list', '--json'])).out)
    expect(listed).toEqual([
      { departmentid: 'default', name: 'General', description: '', agents: 2 },
      { departmentid, name: 'Sales', description: 'Offers', agents: 0 },
    ])
    expect((await here(['department', 'list'])).out).toMatch(/^DEPARTMENTID +NAME +AGENTS +DESCRIPTION\n/)
  })
})

describe('deskhand apikey', () => {
  test('revoke refuses a key that is not there', async () => {
    expect(await here(['apikey', 'revoke', 'missing0'])).toMatchObject({ code: 1, out: '' })
  })

  test('add prints the key alone, once; it works until it is revoked', async () => {
    const added = await here(['apikey', 'add', '--name', 'Shop', '--read-only', '--rate-limit', '100'])
    expect(added.code).toBe(0)
    const key = added.out.trimEnd()
    expect(added.out).toMatch(/^[A-Za-z0-9]{43}\n$/)
    expect(added.err).toContain('shown this once')
    expect((await desk.v1('GET', 'tags', {}, { key })).status).toBe(200)
    expect((await desk.v1('POST', 'tags', { name: 'x' }, { key })).status).toBe(401)

    const listed = await here(['apikey', 'list', '--json'])
    expect(listed.out).not.toContain(key)
    const shop = JSON.parse(listed.out).find(({ name }: { name: string }) => name === 'Shop')
    expect(shop).toMatchObject({ rights: 'read', rate_limit: 100, daterevoked: null })
    expect((await here(['apikey', 'list'])).out).toMatch(/Shop +read/)

    expect(await here(['apikey', 'revoke', shop.id])).toMatchObject({ code: 0, out: "Revoked the API key 'Shop'.\n" })
    expect((await desk.v1('GET', 'tags', {}, { key })).status).toBe(401)
    expect(await here(['apikey', 'revoke', shop.id])).toMatchObject({ code: 0, out: 'It was revoked already.\n' })
  })

  test('add makes a key for a PBX, which is not one that only reads', async () => {
    const { out } = await here(['apikey', 'add', '--name', 'PBX', '--telephony', '--json'])
    const { key, rights } = JSON.parse(out)
    expect(rights).toBe('telephony')
    expect((await here(['apikey', 'list'])).out).toMatch(/PBX +telephony/)
    expect((await desk.v3('GET', 'calls', undefined, { key })).status).toBe(200)
    expect((await desk.v3('GET', 'agents', undefined, { key })).status).toBe(403)
    expect((await here(['apikey', 'add', '--name', 'x', '--telephony', '--read-only'])).code).toBe(2)
  })

  test('add refuses a limit that is none', async () => {
    expect((await here(['apikey', 'add', '--name', 'x', '--rate-limit', '0'])).code).toBe(2)
  })
})

describe('deskhand migrate', () => {
  test('says that there is nothing to do', async () => {
    expect(await here(['migrate'])).toEqual({ code: 0, out: 'The database is up to date.\n', err: '' })
  })

  if (engine === 'sqlite')
    test('says what ran', async () => {
      const folder = join(empty, 'fresh')
      const { code, out } = await deskhand(['migrate'], { env: { DESKHAND_DATA: folder } })
      expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^ran 0001-foundation\n/) })
      expect(readdirSync(folder)).toContain('deskhand.db')
    })

  test('is asked for by commands that find an older database', async () => {
    const other = await newDesk()
    try {
      const last = await sql<{ name: string }>`select max(name) as name from migrations`.execute(
        other.app.database.reader,
      )
      await other.app.database.write((tx) => sql`delete from migrations where name = ${last.rows[0]?.name}`.execute(tx))
      const { code, err } = await deskhand(['agent', 'list'], { env: settingsOf(other) })
      expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringMatching(/^The database lacks .*deskhand migrate\n$/),
      })
    } finally {
      await other.close()
    }
  })
})

describe('the program', () => {
  test('gives its exit code to the shell, and its version', () => {
    const program = join(import.meta.dirname, '../../bin/deskhand.js')
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } })
    expect(run('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    expect(run('fly')).toMatchObject({ status: 2, stdout: '' })
  })
})
