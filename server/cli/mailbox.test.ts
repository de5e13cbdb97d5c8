import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deskhand, type Given, type Said, settingsOf } from '../../test/cli/terminal.ts'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { AUTHORITY } from '../../test/mail-servers/certificates.ts'
import { startSubmission } from '../../test/mail-servers/submission.ts'
import { ConfigError, describeSettings, readConfig } from '../config.ts'
import { secretsOf } from '../desk/mailboxes/mailbox.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const here = (args: readonly string[], given: Given = {}): Promise<Said> =>
  deskhand(['mailbox', ...args], { ...given, env: { ...settingsOf(desk), ...given.env } })

const rowsOf = ({ app }: TestDesk) =>
  app.database.reader
    .selectFrom('mailboxes')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('address_key')
    .execute()

describe('deskhand mailbox', () => {
  test.each([
    [2, ['add', 'nobody']],
    [2, ['add', 'a@desk.test', '--imap', 'mail.desk.test']],
    [2, ['add', 'a@desk.test', '--imap', 'imaps://a:secret@mail.desk.test']],
    [2, ['add', 'a@desk.test', '--imap', 'imaps://mail.desk.test', '--no-test']],
    [1, ['add', 'a@desk.test', '--department', 'Nowhere', '--password-stdin']],
    [1, ['test', 'nobody@desk.test']],
    [1, ['remove', 'nobody@desk.test']],
  ])('ends with code %d: %j', async (code, args) => {
    const said = await here(args, { stdin: 'secret' })
    expect([said.code, said.out]).toEqual([code, ''])
    expect(said.err).not.toContain('secret')
    expect(await rowsOf(desk)).toEqual([])
  })

  test('adds none whose servers do not work', async () => {
    const args = ['add', 'a@desk.test', '--smtp', 'smtp://127.0.0.1:9', '--password-stdin']
    const said = await here(args, { stdin: 'secret\n' })
    expect(said).toMatchObject({ code: 1, out: '' })
    expect(said.err).toContain('127.0.0.1 refuses connections on port 9')
    expect(await rowsOf(desk)).toEqual([])
  })

  test('adds, lists, tries and removes', async () => {
    const server = await startSubmission({ isStartTlsHidden: true })
    const smtp = `smtp://127.0.0.1:${server.port}`
    const add = ['add', 'help@desk.test', '--name', 'Help', '--smtp', smtp, '--password-stdin', '--json']
    const added = await here(add, { stdin: 'open-sesame\n' })
    expect(added).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(added.out)).toMatchObject({ address: 'help@desk.test', is_default: true, outgoing: '127.0.0.1' })
    const [row] = await rowsOf(desk)
    if (!row) throw new Error('it is not there')
    expect(secretsOf(desk.app.installation.secret, row).outgoing).toEqual({ password: 'open-sesame' })
    const list = await here(['list'])
    expect(list.out).toMatch(/help@desk\.test +default +– +127\.0\.0\.1 +yes/)
    expect(list.out + (await here(['list', '--json'])).out).not.toContain('open-sesame')
    expect((await here(['test', 'HELP@desk.test'])).out).toBe('incoming  not set\noutgoing  works\n')
    await server.stop()
    const broken = await here(['test', row.id])
    expect(broken).toMatchObject({ code: 1, out: expect.stringContaining('refuses connections') })
    expect(await here(['remove', 'help@desk.test'])).toMatchObject({
      code: 0,
      out: 'Removed the mailbox help@desk.test.\n',
    })
    expect((await here(['list'])).out).toBe('There is no mailbox.\n')
  })

  test('takes the usual servers of a provider, and asks for the password without showing it', async () => {
    const said = await here(['add', 'shop@gmail.com', '--no-test', '--folder', 'INBOX', 'Sales'], {
      keys: 'abcd efgh\r',
    })
    expect(said).toMatchObject({ code: 0, out: expect.stringContaining('Added the mailbox shop@gmail.com') })
    expect(said.err).not.toContain('abcd')
    const [row] = await rowsOf(desk)
    expect(JSON.parse(row?.incoming ?? '')).toMatchObject({
      host: 'imap.gmail.com',
      user: 'shop@gmail.com',
      folders: ['INBOX', 'Sales'],
      isOnlyNew: true,
    })
  })
})

describe('a mailbox of the environment', () => {
  const environment = {
    DESKHAND_MAIL_ADDRESS: 'env@desk.test',
    DESKHAND_IMAP_URL: 'imaps://env%40desk.test:first@mail.desk.test',
    DESKHAND_SMTP_URL: 'smtp://env:second@mail.desk.test:587?starttls',
  }

  test.each([
    { DESKHAND_IMAP_URL: 'https://a:secret@b' },
    { DESKHAND_SMTP_URL: 'imaps://a:secret@b' },
    { DESKHAND_MAIL_ADDRESS: 'nobody' },
    { DESKHAND_MAIL_ADDRESS: '' },
    { DESKHAND_IMAP_URL: '', DESKHAND_SMTP_URL: '' },
  ])('is refused without telling passwords: %j', (change) => {
    const attempt = (): unknown => readConfig({ ...environment, ...change })
    expect(attempt).toThrow(ConfigError)
    expect(attempt).not.toThrow(/secret|first|second/)
  })

  test('is hidden in what is shown of the settings', () => {
    const secret = describeSettings().filter(({ isSecret }) => isSecret)
    expect(secret.map(({ name }) => name)).toEqual(expect.arrayContaining(['DESKHAND_IMAP_URL', 'DESKHAND_SMTP_URL']))
  })

  test('is there at the start, and is changed with it; what administrators changed stays', async () => {
    const one = await newDesk(environment)
    const [row] = await rowsOf(one)
    if (!row) throw new Error('it is not there')
    expect(row).toMatchObject({ address: 'env@desk.test', is_default: 1, department_id: 'default' })
    expect(JSON.parse(row.incoming ?? '')).toMatchObject({ port: 993, security: 'tls', user: 'env@desk.test' })
    expect(JSON.parse(row.outgoing ?? '')).toMatchObject({ port: 587, security: 'starttls', user: 'env' })
    await one.v3('PATCH', `mailboxes/${row.id}`, {
      name: 'Mine',
      incoming: { folders: ['Desk'], authorities: AUTHORITY, password: 'first' },
      is_test_skipped: true,
    })
    const [before] = await rowsOf(one)
    const { applyEnvironmentMailbox } = await import('../desk/mailboxes/from-environment.ts')
    const apply = async (values: Record<string, string>): Promise<void> => {
      const { mailbox } = readConfig({ ...environment, ...values })
      if (mailbox) await applyEnvironmentMailbox(one.app.database, one.app.installation.secret, mailbox)
    }
    await apply({})
    expect(await rowsOf(one)).toEqual([before])
    await apply({ DESKHAND_IMAP_URL: 'imaps://env:third@other.desk.test' })
    const [after] = await rowsOf(one)
    if (!after) throw new Error('it is gone')
    expect(after).toMatchObject({ id: row.id, name: 'Mine', outgoing: before?.outgoing })
    expect(JSON.parse(after.incoming ?? '')).toMatchObject({ host: 'other.desk.test', folders: ['Desk'] })
    expect(secretsOf(one.app.installation.secret, after)).toMatchObject({
      incoming: { password: 'third' },
      outgoing: { password: 'second' },
    })
    await one.close()
  })
})
