import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { openDatabase } from '../../../db/open.ts'
import { Unavailable } from '../../../lib/errors.ts'
import { keepRaw, keepRawIn, prepareRaw, type RawDraft } from './keep-raw.ts'
import { readRaw } from './read-raw.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const draft = (contents: Uint8Array | string, over: Partial<RawDraft> = {}): RawDraft => ({
  mailboxId: 'box00000',
  source: 'smtp',
  contents: typeof contents === 'string' ? Buffer.from(contents) : contents,
  envelope: {},
  ...over,
})
const rows = () => desk.app.database.reader.selectFrom('raw_mails').selectAll().orderBy('seq').execute()
const row = (seq: number) =>
  desk.app.database.reader.selectFrom('raw_mails').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow()
const jobs = (name: string) =>
  desk.app.database.reader.selectFrom('jobs').selectAll().where('name', '=', name).execute()
const large = (): Buffer => randomBytes(600_000)
const fileIdOf = async (job: { payload: string }): Promise<string> => JSON.parse(job.payload).fileId

describe('keeping a raw mail', () => {
  test('without room on the disk stores nothing and says so', async () => {
    const before = await rows()
    const { write } = desk.app.database
    desk.app.database.write = async () => {
      throw new Unavailable('The disk is full')
    }
    try {
      await expect(keepRaw(desk.app, draft('full'))).rejects.toThrow(Unavailable)
      await expect(keepRaw(desk.app, draft(large()))).rejects.toThrow(Unavailable)
    } finally {
      desk.app.database.write = write
    }
    expect(await rows()).toEqual(before)
  })

  test('that has no fault is not kept back by one beside it that has', async () => {
    const faulty = draft('faulty', { mailboxId: 'nul\0' })
    // SQLite takes the NUL; a source that is none of the table's types is refused by both.
    const broken = { ...faulty, source: undefined as never }
    const results = await Promise.allSettled([
      keepRaw(desk.app, draft('good 1')),
      keepRaw(desk.app, broken),
      keepRaw(desk.app, draft('good 2')),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('leaves the row, the contents and one job behind', async () => {
    await desk.app.database.write((tx) => tx.deleteFrom('jobs').where('name', '=', 'accept-mails').execute())
    const contents = 'From: a@b.c\r\n\r\nhello'
    const envelope = { from: '', to: ['x@y.z'], client: { address: '::1', name: 'mx.test' } }
    const [one, two] = await Promise.all([
      keepRaw(desk.app, draft(contents, { envelope, receivedAt: 5, departmentId: 'default' })),
      keepRaw(desk.app, draft(`${contents}!`)),
    ])
    expect([one?.isNew, two?.isNew]).toEqual([true, true])
    const kept = await row(one?.seq ?? 0)
    expect(kept).toMatchObject({
      mailbox_id: 'box00000',
      content_hash: createHash('sha256').update(contents).digest('hex'),
      source: 'smtp',
      department_id: 'default',
      size: contents.length,
      file_id: null,
      state: 'waiting',
      attempts: 0,
      received_at: 5,
    })
    expect(JSON.parse(kept.envelope)).toEqual(envelope)
    expect(Buffer.from(await readRaw(desk.app, kept)).toString()).toBe(contents)
    expect(await jobs('accept-mails')).toHaveLength(1)
  })

  test('twice is no error and writes nothing; in another mailbox it is another mail', async () => {
    const first = await keepRaw(desk.app, draft('twice'))
    await desk.app.database.write((tx) => tx.deleteFrom('jobs').where('name', '=', 'accept-mails').execute())
    const before = await rows()
    expect(await keepRaw(desk.app, draft('twice', { source: 'imap', receivedAt: 1 }))).toEqual({
      seq: first.seq,
      isNew: false,
    })
    expect(await rows()).toEqual(before)
    expect(await jobs('accept-mails')).toEqual([])
    expect(await keepRaw(desk.app, draft('twice', { mailboxId: 'other000' }))).toMatchObject({ isNew: true })
  })

  test('at the same time from many, in two processes, stores it once', async () => {
    const other = await openDatabase({ dataFolder: desk.dataFolder, url: desk.app.config.databaseUrl, poolSize: 4 })
    const mails = ['race 1', 'race 2', 'race 3']
    try {
      const all = Array.from({ length: 60 }, (_, n) =>
        keepRaw({ ...desk.app, database: n % 2 ? other : desk.app.database }, draft(mails[n % 3] ?? '')),
      )
      const kept = await Promise.all(all)
      expect(kept.filter(({ isNew }) => isNew)).toHaveLength(3)
      expect(new Set(kept.map(({ seq }) => seq)).size).toBe(3)
    } finally {
      await other.close()
    }
  })

  test('in a burst shares commits', async () => {
    const { write } = desk.app.database
    let writes = 0
    desk.app.database.write = (work) => {
      writes++
      return write(work)
    }
    try {
      await Promise.all(Array.from({ length: 500 }, (_, n) => keepRaw(desk.app, draft(`burst ${n}`))))
    } finally {
      desk.app.database.write = write
    }
    expect(writes).toBeLessThan(10)
  })

  test('in a transaction of the caller is undone with it', async () => {
    const mail = await prepareRaw(desk.app, draft('with a position'))
    const attempt = desk.app.database.write(async (tx) => {
      await keepRawIn(tx, mail)
      throw new Error('the position could not be stored')
    })
    await expect(attempt).rejects.toThrow('position')
    expect(await desk.app.database.write((tx) => keepRawIn(tx, mail))).toMatchObject({ isNew: true })
    expect(await desk.app.database.write((tx) => keepRawIn(tx, mail))).toMatchObject({ isNew: false })
  })

  test('whatever its bytes, stores it once and gives it back byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (contents) => {
        const mailboxId = `p${Math.random()}`
        const kept = await keepRaw(desk.app, draft(contents, { mailboxId }))
        expect(kept.isNew).toBe(true)
        expect(await keepRaw(desk.app, draft(Buffer.from(contents), { mailboxId }))).toEqual({ ...kept, isNew: false })
        expect(Buffer.from(await readRaw(desk.app, await row(kept.seq)))).toEqual(Buffer.from(contents))
      }),
      { numRuns: 60 },
    )
  })
})

describe('a large raw mail', () => {
  test('lies in the file store, and nothing would remove it', async () => {
    const contents = large()
    const kept = await row((await keepRaw(desk.app, draft(contents))).seq)
    expect(kept.file_id).toMatch(/^[0-9a-f]{32}$/)
    expect(Buffer.from(await readRaw(desk.app, kept))).toEqual(contents)
    expect(await jobs('remove-file')).toEqual([])
    expect(await keepRaw(desk.app, draft(contents))).toEqual({ seq: kept.seq, isNew: false })
    expect(await jobs('remove-file')).toEqual([])
  })

  test('whose row was never written is removed a day later', async () => {
    await prepareRaw(desk.app, draft(large()))
    const [waste] = await jobs('remove-file')
    if (!waste) throw new Error('nothing will remove it')
    expect(waste.run_at).toBeGreaterThan(Date.now() + 23 * 3_600_000)
    const fileId = await fileIdOf(waste)
    await desk.app.files.read(fileId).then((stream) => stream.destroy())
    await desk.app.database.write((tx) =>
      tx.updateTable('jobs').set({ run_at: 0 }).where('id', '=', waste.id).execute(),
    )
    await desk.drain()
    await expect(desk.app.files.read(fileId)).rejects.toThrow('missing')
  })

  test('brought by two at the same time is stored once, and the second contents are removed', async () => {
    const contents = large()
    const [one, two] = await Promise.all([prepareRaw(desk.app, draft(contents)), prepareRaw(desk.app, draft(contents))])
    if (!one || !two) throw new Error('not prepared')
    const first = await desk.app.database.write((tx) => keepRawIn(tx, one))
    const second = await desk.app.database.write((tx) => keepRawIn(tx, two))
    expect(second).toEqual({ seq: first.seq, isNew: false })
    await desk.drain()
    await expect(desk.app.files.read(two.fileId ?? '')).rejects.toThrow('missing')
    expect(Buffer.from(await readRaw(desk.app, await row(first.seq)))).toEqual(contents)
  })

  test('whose contents were removed meanwhile is refused', async () => {
    const mail = await prepareRaw(desk.app, draft(large()))
    await desk.app.database.write((tx) => tx.deleteFrom('jobs').where('name', '=', 'remove-file').execute())
    const before = await rows()
    await expect(desk.app.database.write((tx) => keepRawIn(tx, mail))).rejects.toThrow('Bring it once more')
    expect(await rows()).toEqual(before)
  })
})
