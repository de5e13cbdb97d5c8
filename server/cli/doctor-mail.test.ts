// What deskhand doctor says about mail.
import { afterEach, describe, expect, test } from 'vitest'
import { deskhand, settingsOf } from '../../test/cli/terminal.ts'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { startSubmission } from '../../test/mail-servers/submission.ts'
import { missingMailServers, startMailServers } from '../../test/mail-servers.ts'
import { aMailbox } from '../../test/mailbox.ts'
import { queueMail } from '../desk/outbox/outbox.ts'
import type { Finding } from './checks/finding.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

async function aDesk(): Promise<TestDesk> {
  const desk = await newDesk()
  cleanups.push(() => desk.close())
  return desk
}

async function findings(desk: TestDesk, ...args: string[]): Promise<{ code: number; list: Finding[] }> {
  const { code, out } = await deskhand(['doctor', '--json', ...args], { env: { ...settingsOf(desk), PORT: '0' } })
  const all: Finding[] = JSON.parse(out).findings
  return { code, list: all.filter(({ about }) => ['mail', 'mailbox', 'outbox', 'round trip'].includes(about)) }
}

describe('deskhand doctor about mail', () => {
  test('names a mailbox whose server does not work, and the setting to look at', async () => {
    const desk = await aDesk()
    await aMailbox(desk, 9)
    const { code, list } = await findings(desk)
    expect(code).toBe(1)
    expect(list[0]).toEqual({
      state: 'fail',
      about: 'mailbox',
      says: expect.stringMatching(/^support@desk\.test: .*refuses connections on port 9/),
      todo: expect.stringContaining("'port'"),
    })
  })

  test('hints at it if nobody can send, which is no fault', async () => {
    const { code, list } = await findings(await aDesk())
    expect(code).toBe(0)
    expect(list).toEqual([
      { state: 'ok', about: 'mail', says: expect.stringContaining('no mailbox can send'), todo: expect.anything() },
    ])
    expect((await findings(await aDesk(), '--mail')).list.at(-1)).toMatchObject({ state: 'fail', about: 'round trip' })
  })

  test('warns of mails that wait, failed, or of which nobody knows', async () => {
    const desk = await aDesk()
    const raw = { mailbox_id: '', source: 'import', size: 1, envelope: '{}', attempts: 0, received_at: 0 }
    await desk.app.database.write(async (tx) => {
      for (const [n, state] of ['waiting', 'failed', 'failed', 'held'].entries())
        await tx
          .insertInto('raw_mails')
          .values({ ...raw, content_hash: `hash ${n}`, state, created_at: 0 })
          .execute()
      for (const state of ['failed', 'unconfirmed', 'queued']) {
        const seq = await queueMail(tx, { kind: 'test', messageId: state, to: [{ name: '', address: 'a@b.test' }] })
        await tx
          .updateTable('outbox')
          .set({ state, due_at: 0, ...(state === 'failed' && { trouble: '550 No such user' }) })
          .where('seq', '=', seq)
          .execute()
      }
    })
    const { code, list } = await findings(desk)
    expect(code).toBe(0)
    const warned = list.filter(({ state }) => state === 'warn').map(({ about, says }) => `${about}: ${says}`)
    expect(warned.sort()).toEqual([
      'mail: 1 came in and wait to be accepted',
      'mail: 1 held back, by far too many from one sender',
      'mail: 2 could not be accepted',
      'outbox: 1 could not be sent: 550 No such user',
      'outbox: 1 may have been sent, or not: the process ended meanwhile',
      'outbox: 1 wait since more than 10 minutes',
    ])
    for (const { state, todo } of list) if (state === 'warn') expect(todo).toBeTruthy()
  })

  test('cannot try a mailbox that only sends', async () => {
    const desk = await aDesk()
    const relay = await startSubmission({ isOpen: true, isStartTlsHidden: true })
    cleanups.push(() => relay.stop())
    await aMailbox(desk, relay.port)
    const { code, list } = await findings(desk, '--mail')
    expect(code).toBe(0)
    expect(list[0]).toMatchObject({ state: 'ok', says: 'support@desk.test: sending works' })
    expect(list.at(-1)).toMatchObject({ state: 'warn', says: expect.stringContaining('no server to fetch from') })
    expect(relay.taken).toEqual([])
  })

  test.skipIf(missingMailServers())('sends a mail through real servers and has it back', async () => {
    const desk = await aDesk()
    const servers = await startMailServers()
    cleanups.push(() => servers.stop())
    const address = 'support@desk.test'
    await aMailbox(desk, servers.smtp.port, {
      plusAddress: true,
      incoming: {
        host: 'localhost',
        port: servers.dovecot.imapsPort,
        user: address,
        authorities: servers.authority,
      },
      secrets: { incoming: { password: servers.password } },
    })
    const { code, list } = await findings(desk, '--mail')
    expect(list.map(({ state, says }) => [state, says])).toEqual([
      ['ok', `${address}: fetching and sending works`],
      ['ok', expect.stringContaining('--mail')],
      ['ok', expect.stringMatching(/back after .* threaded by its headers$/)],
      ['ok', expect.stringMatching(/back after .* threaded by its reply address$/)],
    ])
    expect(code).toBe(0)
  })
})
