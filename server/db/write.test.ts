import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { Conflict, Invalid } from '../lib/errors.ts'
import { newId } from '../lib/ids.ts'
import type { Tx } from './write.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const tagRow = (name: string, id = newId()) => ({
  id,
  name,
  name_key: name,
  color: '',
  bg_color: '',
  is_archived: 0,
  created_at: 1,
})
const addRow = (tx: Tx, name: string, id?: string) => tx.insertInto('tags').values(tagRow(name, id)).execute()
const names = async (): Promise<string[]> =>
  (await desk.app.database.reader.selectFrom('tags').select('name').orderBy('name').execute()).map(({ name }) => name)

describe('a write', () => {
  test('that throws stores nothing of what it did', async () => {
    const { write } = desk.app.database
    const attempt = write(async (tx) => {
      await addRow(tx, 'half')
      throw new Invalid('name', 'is not good')
    })
    await expect(attempt).rejects.toThrow(Invalid)
    expect(await names()).not.toContain('half')
  })

  test('that throws takes none of the writes beside it with it', async () => {
    const { write } = desk.app.database
    const results = await Promise.allSettled([
      write((tx) => addRow(tx, 'beside-1')),
      write(async (tx) => {
        await addRow(tx, 'beside-2')
        throw new Error('no')
      }),
      write((tx) => addRow(tx, 'beside-3')),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const stored = await names()
    expect(stored).toEqual(expect.arrayContaining(['beside-1', 'beside-3']))
    expect(stored).not.toContain('beside-2')
  })

  test('that meets an identifier drawn twice is run again', async () => {
    const { write } = desk.app.database
    await write((tx) => addRow(tx, 'first', 'taken000'))
    const drawn = ['taken000', 'free0000']
    await write((tx) => addRow(tx, 'second', drawn.shift()))
    expect(await names()).toEqual(expect.arrayContaining(['first', 'second']))
  })

  test('that meets a name taken for good ends as a conflict', async () => {
    const { write } = desk.app.database
    await write((tx) => addRow(tx, 'unique name'))
    await expect(write((tx) => addRow(tx, 'unique name'))).rejects.toThrow(Conflict)
  })

  // Between its look for a thing and its attempt to add it, another process can have added it.
  if (engine === 'postgres')
    test('that ends in a conflict is run again once, and a true conflict says so again', async () => {
      const { write } = desk.app.database
      let runs = 0
      const passing = write(async () => {
        if (++runs === 1) throw new Conflict('somebody else was quicker')
        return 'found it'
      })
      await expect(passing).resolves.toBe('found it')
      runs = 0
      const lasting = write(async () => {
        runs++
        throw new Conflict('it is taken')
      })
      await expect(lasting).rejects.toThrow('it is taken')
      expect(runs).toBe(2)
    })

  test('is seen by readers as soon as it was answered', async () => {
    await desk.app.database.write((tx) => addRow(tx, 'at once'))
    expect(await names()).toContain('at once')
  })

  test('is one of many that are all stored when they come at once', async () => {
    const { write } = desk.app.database
    await Promise.all(Array.from({ length: 300 }, (_, n) => write((tx) => addRow(tx, `many-${n}`))))
    expect((await names()).filter((name) => name.startsWith('many-'))).toHaveLength(300)
  })

  if (engine === 'sqlite')
    test('must not wait for anything but the database', async () => {
      const { write } = desk.app.database
      const attempt = write(async (tx) => {
        await addRow(tx, 'strayed')
        await new Promise((resume) => setTimeout(resume, 5))
      })
      await expect(attempt).rejects.toThrow('waited for something that is not the database')
      expect(await names()).not.toContain('strayed')
    })

  if (engine === 'sqlite')
    test('is flushed to disk before it is answered', async () => {
      const [row] = (await sql<{ synchronous: number }>`pragma synchronous`.execute(await writerOf())).rows
      expect(row?.synchronous).toBe(2)
      const [mode] = (await sql<{ journal_mode: string }>`pragma journal_mode`.execute(await writerOf())).rows
      expect(mode?.journal_mode).toBe('wal')
    })

  if (engine === 'sqlite')
    test('cannot be made through the reading handle', async () => {
      await expect(
        sql`insert into settings (key, value) values ('a', 'b')`.execute(desk.app.database.reader),
      ).rejects.toThrow('readonly')
    })
})

/** The connection that writes, by way of a write that lets it go again. */
const writerOf = (): Promise<Tx> => desk.app.database.write(async (tx) => tx)
