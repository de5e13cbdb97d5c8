import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aMailboxRow } from '../../../test/mailbox-row.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { aliasesQuery, findMailboxFor, findPostmaster } from './routing.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  await aMailboxRow(desk, {
    id: 'support0',
    address: 'Support@desk.test',
    aliases: ['help@desk.test', 'a+b@desk.test'],
  })
  await aMailboxRow(desk, { id: 'sales000', address: 'sales@münchen.test', is_default: 1 })
  await aMailboxRow(desk, { id: 'plus0000', address: 'support+vip@desk.test' })
  await aMailboxRow(desk, { id: 'off00000', address: 'off@desk.test', aliases: ['off2@desk.test'], is_active: 0 })
  await aMailboxRow(desk, { id: 'gone0000', address: 'gone@desk.test', aliases: ['gone2@desk.test'], deleted_at: 1 })
})
afterAll(() => desk.close())

const idFor = async (address: string) => (await findMailboxFor(desk.app.database.reader, address))?.id

describe('the mailbox for an address', () => {
  test.each([
    'nobody@desk.test',
    'off@desk.test',
    'off2@desk.test',
    'gone@desk.test',
    'gone2@desk.test',
    'support@other.test',
    'support',
    '@desk.test',
    '+x@desk.test',
    'support@desk.test@desk.test',
    '',
    "' or 1=1 --@desk.test",
    'a+c@desk.test',
  ])('is none for %j', async (address) => {
    expect(await idFor(address)).toBeUndefined()
  })

  test.each([
    ['support@desk.test', 'support0'],
    ['SUPPORT@Desk.Test', 'support0'],
    ['help@desk.test', 'support0'],
    ['support+r-abc.def+x@desk.test', 'support0'],
    ['help+anything@desk.test', 'support0'],
    ['a+b@desk.test', 'support0'],
    ['support+vip@desk.test', 'plus0000'],
    ['sales@münchen.test', 'sales000'],
    ['Sales+x@xn--mnchen-3ya.test', 'sales000'],
  ])('of %s is %s', async (address, id) => {
    expect(await idFor(address)).toBe(id)
  })

  test('that names no domain is the default one', async () => {
    expect((await findPostmaster(desk.app.database.reader))?.id).toBe('sales000')
  })

  test('is found without reading all of them', async () => {
    const { reader } = desk.app.database
    const own = reader
      .selectFrom('mailboxes')
      .selectAll()
      .where('deleted_at', 'is', null)
      .where('address_key', 'in', ['a', 'b'])
      .compile()
    for (const query of [own, aliasesQuery(reader).compile()])
      expect(wholeTableReads(await planOf(desk, query))).toEqual([])
  })
})
