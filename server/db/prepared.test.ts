import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { prepared } from './prepared.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  await desk.app.database.write(async (tx) => {
    for (const [key, value] of [
      ['x1', '"a"'],
      ['x2', '"b"'],
      ['x3', '"a"'],
    ] as const)
      await tx.insertInto('settings').values({ key, value }).execute()
  })
})
afterAll(() => desk.close())

describe('a prepared query', () => {
  const find = prepared((db, value: string, from: string) =>
    db
      .selectFrom('settings')
      .select('key')
      .where('key', 'like', 'x%')
      .where('key', '>=', from)
      .where('value', '=', value)
      .orderBy('key'),
  )

  test('puts each argument where it was used, and keeps the constants', async () => {
    const db = desk.app.database.reader
    expect(await find(db, '"a"', 'x1')).toEqual([{ key: 'x1' }, { key: 'x3' }])
    expect(await find(db, '"a"', 'x2')).toEqual([{ key: 'x3' }])
    expect(await find(db, '"b"', 'x1')).toEqual([{ key: 'x2' }])
  })

  test('works inside a write as outside, and sees what the write has done', async () => {
    const rows = await desk.app.database.write(async (tx) => {
      await tx.insertInto('settings').values({ key: 'x4', value: '"b"' }).execute()
      return find(tx, '"b"', 'x1')
    })
    expect(rows).toEqual([{ key: 'x2' }, { key: 'x4' }])
  })
})
