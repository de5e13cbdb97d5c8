import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { acceptWaiting } from '../accepting/accept-waiting.ts'
import { openTools } from '../accepting/tools.ts'
import { keepRaw } from './keep-raw.ts'
import type { RawMail } from './read-raw.ts'
import { replay } from './replay.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
beforeEach(() => desk.app.database.write((tx) => tx.deleteFrom('raw_mails').execute()))
afterAll(() => desk.close())

const rows = () => desk.app.database.reader.selectFrom('raw_mails').selectAll().orderBy('seq').execute()
const messages = () => desk.app.database.reader.selectFrom('messages').select(['seq', 'body']).orderBy('seq').execute()
const conversations = () => desk.app.database.reader.selectFrom('conversations').select('id').execute()
let n = 0
const keep = async (
  mail = `Subject: ${n}\r\nFrom: a@b.test\r\nMessage-ID: <${n++}@b.test>\r\n\r\nhello`,
): Promise<number> =>
  (
    await keepRaw(desk.app, {
      mailboxId: '',
      departmentId: 'default',
      source: 'smtp',
      contents: Buffer.from(mail),
      envelope: {},
    })
  ).seq
const become = (seq: number, fields: Partial<RawMail>) =>
  desk.app.database.write((tx) => tx.updateTable('raw_mails').set(fields).where('seq', '=', seq).execute())
const replaying = (filter = {}) => desk.app.database.write((tx) => replay(tx, filter))

describe('replaying raw mails', () => {
  test('posts nothing twice, however often it runs', async () => {
    await keep()
    await keep()
    await acceptWaiting(desk.app)
    const before = [await rows(), await messages()]
    expect(before[0]).toMatchObject([{ verdict: 'opened' }, { verdict: 'opened' }])
    for (let times = 0; times < 3; times++) {
      expect(await replaying()).toEqual({ count: 0, last: undefined })
      await acceptWaiting(desk.app)
    }
    expect([await rows(), await messages()]).toEqual(before)
  })

  test('takes those that failed, or those that are named, and nothing that waits', async () => {
    const [failed = 0, held = 0, bounce = 0, waiting = 0] = [await keep(), await keep(), await keep(), await keep()]
    await become(failed, { state: 'failed', verdict: 'failed', attempts: 6, locked_until: 5 })
    await become(held, { state: 'held', verdict: 'held' })
    await become(bounce, { state: 'accepted', verdict: 'bounce', accepted_at: 5 })
    await become(waiting, { attempts: 2, locked_until: Date.now() + 60_000 })
    expect((await replaying({ seqs: [] })).count).toBe(0)
    expect((await replaying({ seqs: [waiting, 999_999] })).count).toBe(0)
    expect((await replaying({ isFailed: true })).count).toBe(1)
    expect(await rows()).toMatchObject([
      { state: 'waiting', attempts: 0, locked_until: null },
      { state: 'held' },
      { state: 'accepted' },
      { state: 'waiting', attempts: 2, locked_until: expect.any(Number) },
    ])
    expect((await replaying({})).count).toBe(2)
    // Accepting sees that it was held, and lets it in.
    expect((await rows()).map(({ state, verdict }) => [state, verdict])[1]).toEqual(['waiting', 'held'])
  })

  test('goes through many in portions', async () => {
    await desk.app.database.write(async (tx) => {
      for (let i = 0; i < 2_500; i++)
        await tx
          .insertInto('raw_mails')
          .values({
            mailbox_id: '',
            content_hash: String(i),
            source: 'import',
            size: 0,
            envelope: '{}',
            state: 'failed',
            verdict: 'failed',
            attempts: 1,
            received_at: 1,
            created_at: 1,
          })
          .execute()
    })
    const counts: number[] = []
    for (let after: number | undefined = 0; after !== undefined; ) {
      const portion: { count: number; last: number | undefined } = await replaying({ after })
      counts.push(portion.count)
      after = portion.last
    }
    expect(counts).toEqual([1_000, 1_000, 500])
  })

  test('of a mail that could not be read stays in the one conversation that it has', async () => {
    const seq = await keep('')
    await acceptWaiting(desk.app)
    const [row] = await rows()
    const opened = (await conversations()).length
    await become(seq, { verdict: 'unreadable' })
    for (let times = 0; times < 2; times++) {
      expect((await replaying({ seqs: [seq] })).count).toBe(1)
      await acceptWaiting(desk.app)
      expect(await conversations()).toHaveLength(opened)
      const [again] = await rows()
      expect(again).toMatchObject({ state: 'accepted', conversation_id: row?.conversation_id })
      await become(seq, { verdict: 'unreadable' })
    }
  })

  test('of a mail that still cannot be read opens no second conversation', async () => {
    const broken = { ...openTools(), read: () => Promise.reject(new Error('no program can read this')) }
    const seq = await keep()
    const before = (await conversations()).length
    for (let times = 0; times < 3; times++) {
      // The last attempt: it is tried no further.
      await become(seq, { detail: JSON.stringify({ failures: 2 }) })
      await acceptWaiting(desk.app, broken)
      expect(await rows()).toMatchObject([{ state: 'accepted', verdict: 'unreadable' }])
      expect(await conversations()).toHaveLength(before + 1)
      expect((await replaying()).count).toBe(1)
    }
  })
})
