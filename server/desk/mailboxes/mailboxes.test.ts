import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { queriesOf } from '../../../test/queries.ts'
import { findSender } from './mailboxes.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

let count = 0
async function aMailbox(fields: Record<string, unknown>): Promise<string> {
  const outgoing = { host: 'smtp.desk.test', auth: 'none' }
  const address = `m${++count}@desk.test`
  const { body, text, status } = await desk.v3('POST', 'mailboxes', {
    address,
    outgoing,
    is_test_skipped: true,
    ...fields,
  })
  if (status !== 200) throw new Error(text)
  return body.id
}
const sender = async (departmentId: string): Promise<string | undefined> =>
  (await findSender(desk.app.database.reader, departmentId))?.id

describe('the mailbox that sends for a department', () => {
  test('is its own, else the default; never one that is switched off, removed, or cannot send', async () => {
    const sales = (await desk.v3('POST', 'departments', { name: 'Sales' })).body.departmentid
    expect(await sender(sales)).toBeUndefined()
    const common = await aMailbox({ is_default: true })
    const own = await aMailbox({ departmentid: sales })
    await aMailbox({ departmentid: sales })
    expect([await sender('default'), await sender(sales)]).toEqual([common, own])
    await desk.v3('PATCH', `mailboxes/${own}`, { outgoing: null })
    expect(await sender(sales)).not.toBe(own)
    for (const { id } of (await desk.v3('GET', 'mailboxes')).body.mailboxes)
      if (id !== common) await desk.v3('DELETE', `mailboxes/${id}`)
    expect(await sender(sales)).toBe(common)
    await desk.v3('PATCH', `mailboxes/${common}`, { is_active: false })
    expect([await sender('default'), await sender(sales)]).toEqual([undefined, undefined])
  })

  test('is found by an index', async () => {
    const queries = await queriesOf(desk, (db) => findSender(db, 'nowhere0'))
    expect(queries).toHaveLength(2)
    for (const query of queries) expect(wholeTableReads(await planOf(desk, query))).toEqual([])
  })
})
