import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deskhand, settingsOf } from '../../test/cli/terminal.ts'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { aMailboxRow } from '../../test/mailbox-row.ts'
import { lockFolder } from '../db/lock.ts'
import { readRaw } from '../desk/mail/intake/read-raw.ts'

let desk: TestDesk
let folder: string
const run = (...args: string[]) => deskhand(args, { env: { ...settingsOf(desk), DESKHAND_MAIL_LIMIT: '20kB' } })
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text, 'latin1')
  return path
}
const rows = () => desk.app.database.reader.selectFrom('raw_mails').selectAll().orderBy('seq').execute()

const mail = (n: number): string =>
  `From: Anna <anna${n}@example.com>\nTo: support@desk.test\nSubject: Printer ${n}\nDate: Mon, 5 Jan 2004 10:${10 + n}:00 +0000\nMessage-ID: <m${n}@example.com>\n\nIt is on fire, n\xfamero ${n}.\n`
const mbox = (...numbers: number[]): string =>
  numbers.map((n) => `From anna${n}@example.com Mon Jan  5 10:${10 + n}:30 2004\n${mail(n)}\n`).join('')

beforeAll(async () => {
  desk = await newDesk()
  folder = mkdtempSync(join(tmpdir(), 'deskhand-import-'))
  await aMailboxRow(desk, { id: 'support0', address: 'support@desk.test' })
})
beforeEach(() =>
  desk.app.database.write(async (tx) => {
    await tx.deleteFrom('raw_mail_contents').execute()
    await tx.deleteFrom('raw_mails').execute()
  }),
)
afterAll(async () => {
  await desk.close()
  rmSync(folder, { recursive: true })
})

describe('deskhand import', () => {
  test('wants to know what, and into which department and mailbox that exist', async () => {
    expect((await run('import')).code).toBe(2)
    expect((await run('import', 'mbox')).code).toBe(2)
    const path = file('x.mbox', mbox(1))
    expect(await run('import', 'mbox', path, '--department', 'None')).toMatchObject({ code: 1, out: '' })
    expect(await run('import', 'mbox', path, '--mailbox', 'none@desk.test')).toMatchObject({
      code: 1,
      err: expect.stringContaining('support@desk.test'),
    })
    expect(await rows()).toEqual([])
  })

  test('names each file that cannot be read and goes on', async () => {
    const large = `From a@b.c Mon Jan  5 10:10:30 2004\nSubject: large\n\n${'x\n'.repeat(20_000)}\n`
    const paths = [
      join(folder, 'missing.mbox'),
      folder,
      file('none.mbox', 'Subject: none\n\nx'),
      file('good.mbox', mbox(1) + large + mbox(2)),
    ]
    const { code, out, err } = await run('import', 'mbox', ...paths)
    expect(code).toBe(1)
    expect(out).toContain('Mails: 2 imported, 0 there already, 4 failed.\n')
    expect(err).toContain('missing.mbox: there is no such file\n')
    expect(err).toContain(`${folder}: it is a folder\n`)
    expect(err).toContain("none.mbox: it is no mbox file: it does not begin with 'From '\n")
    expect(err).toMatch(/good\.mbox, the mail at byte \d+: it is larger than 20 kB/)
    const single = await run(
      'import',
      'eml',
      join(folder, 'missing.eml'),
      file('large.eml', large),
      file('1.eml', mail(3)),
    )
    expect(single).toMatchObject({ code: 1, out: expect.stringContaining('1 imported, 0 there already, 2 failed') })
  })

  test('keeps every mail as it was, with its own date, and run twice adds nothing', async () => {
    const path = file('two.mbox', mbox(1, 2))
    const first = await run('import', 'mbox', path, '--mailbox', 'Support@desk.test')
    expect(first).toMatchObject({ code: 0, err: '', out: expect.stringContaining('2 imported, 0 there already') })
    const stored = await rows()
    expect(stored).toMatchObject([
      { mailbox_id: 'support0', source: 'import', department_id: null, received_at: Date.UTC(2004, 0, 5, 10, 11) },
      { mailbox_id: 'support0', source: 'import', department_id: null, received_at: Date.UTC(2004, 0, 5, 10, 12) },
    ])
    for (const [n, row] of stored.entries())
      expect(Buffer.from(await readRaw(desk.app, row)).toString('latin1')).toBe(mail(n + 1))
    // The file has grown meanwhile.
    writeFileSync(path, mbox(1, 2, 3), 'latin1')
    const second = await run('import', 'mbox', path, '--mailbox', 'support0')
    expect(second).toMatchObject({ code: 0, out: expect.stringContaining('1 imported, 2 there already, 0 failed') })
    expect(await rows()).toHaveLength(3)
  })

  test('takes folders of single mails and Maildirs, into a department', async () => {
    await deskhand(['department', 'add', 'Old'], { env: settingsOf(desk) })
    file('tree/a/1.eml', mail(1))
    file('tree/a/notes.txt', 'no mail')
    file('tree/cur/1700000000.M1P2.host:2,S', mail(2))
    file('tree/cur/.hidden', 'no mail')
    const { code, out } = await run('import', 'eml', join(folder, 'tree'), '--department', 'old')
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Mails: 2 imported') })
    const stored = await rows()
    expect(stored.map(({ mailbox_id }) => mailbox_id)).toEqual(['', ''])
    expect(new Set(stored.map(({ department_id }) => department_id)).size).toBe(1)
    expect(stored[0]?.department_id).not.toBe('default')
  })

  test('without a server turns them into conversations itself; nothing waits and nobody gets a mail', async () => {
    const { code } = await run('import', 'mbox', file('three.mbox', mbox(4, 5)))
    expect(code).toBe(0)
    expect((await rows()).map(({ state, verdict }) => [state, verdict])).toEqual([
      ['accepted', 'opened'],
      ['accepted', 'opened'],
    ])
    const conversations = await desk.app.database.reader
      .selectFrom('conversations')
      .selectAll()
      .where('subject', '=', 'Printer 4')
      .execute()
    expect(conversations.map(({ created_at }) => created_at)).toEqual([Date.UTC(2004, 0, 5, 10, 14)])
    expect(await desk.app.database.reader.selectFrom('outbox').selectAll().execute()).toEqual([])
  })

  if (engine === 'sqlite')
    test('beside a server leaves that to the server', async () => {
      const lock = lockFolder(desk.dataFolder)
      try {
        const { code, out } = await run('import', 'mbox', file('four.mbox', mbox(6)))
        expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('The running server') })
        expect((await rows()).map(({ state }) => state)).toEqual(['waiting'])
      } finally {
        lock?.release()
      }
    })
})

describe('deskhand mail', () => {
  const imported = () => run('import', 'mbox', file('mail.mbox', mbox(7, 8)), '--mailbox', 'support0')

  test('list shows what came and what became of it', async () => {
    expect((await run('mail', 'list')).out).toBe('There is no such mail.\n')
    await imported()
    const [seven, eight] = await rows()
    const { out } = await run('mail', 'list')
    expect(out).toMatch(/^NUMBER +RECEIVED +FROM +STATE +VERDICT +SUBJECT\n/)
    const list = async (...args: string[]): Promise<{ id: number }[]> =>
      JSON.parse((await run('mail', 'list', '--json', ...args)).out)
    expect((await list()).map(({ id }) => id)).toEqual([eight?.seq, seven?.seq])
    expect((await list('--before', String(eight?.seq))).map(({ id }) => id)).toEqual([seven?.seq])
    expect(await list('--state', 'failed')).toEqual([])
    expect(await list('--mailbox', 'support@desk.test', '--limit', '1')).toHaveLength(1)
    expect((await run('mail', 'list', '--state', 'rubbish')).code).toBe(2)
    expect((await run('mail', 'list', '--limit', '0')).code).toBe(2)
  })

  test('show prints a mail byte for byte', async () => {
    await imported()
    const [seven] = await rows()
    expect(await run('mail', 'show', String(seven?.seq))).toEqual({ code: 0, out: mail(7), err: '' })
    expect((await run('mail', 'show', '999999')).code).toBe(1)
    expect((await run('mail', 'show', 'x')).code).toBe(2)
  })

  test('replay wants to know which, and leaves what is a message as it is', async () => {
    expect((await run('mail', 'replay')).code).toBe(2)
    expect((await run('mail', 'replay', '--all', '--failed')).code).toBe(2)
    await imported()
    const before = await rows()
    expect(await run('mail', 'replay', '--all')).toEqual({
      code: 0,
      out: '0 mails wait to be accepted again.\n',
      err: '',
    })
    expect(await rows()).toEqual(before)
    const [seven] = before
    await desk.app.database.write((tx) =>
      tx
        .updateTable('raw_mails')
        .set({
          state: 'failed',
          verdict: 'failed',
          group_seq: null,
          conversation_id: null,
          body_hash: null,
          message_id: null,
        })
        .where('seq', '=', seven?.seq ?? 0)
        .execute(),
    )
    expect((await run('mail', 'replay', '--failed')).out).toContain('1 mail waits')
    expect((await rows()).map(({ state }) => state)).toEqual(['accepted', 'accepted'])
    expect((await run('mail', 'replay', '--id', '999998', '999999')).out).toContain('0 mails')
  })
})
