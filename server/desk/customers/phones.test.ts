import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { engineOf } from '../../db/differences.ts'
import { chatsAndCalls } from '../../db/migrations/0008-chats-and-calls.ts'
import { addCustomer, changeCustomer, findOrAddByPhone, removeCustomer } from './customers.ts'
import { findCustomerByPhone, phoneQuery } from './phones.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const write: TestDesk['app']['database']['write'] = (work) => desk.app.database.write(work)
const add = (name: string, ...phones: string[]) => write((tx) => addCustomer(tx, { name, phones }))
const find = async (phone: string) => (await findCustomerByPhone(desk.app.database.reader, phone))?.system_name

describe('a customer is found by number', () => {
  test.each(['', 'anonymous', '+', '12', '\0', '٣٤٥٦٧٨٩'])('not by %j, which is none', async (phone) => {
    await add('Withheld', phone.replaceAll('\0', ''))
    expect(await find(phone)).toBeUndefined()
  })

  test('in every spelling, with and without the country', async () => {
    await add('Berta', '+49 (30) 765-4321')
    for (const phone of ['+49307654321', '0049 30 7654321', '030 7654321', '030/765 43 21'])
      expect(await find(phone)).toBe('Berta')
    for (const phone of ['7654320', '+1 30 765 4321', '0317654321', '4321', '+4930176543212'])
      expect(await find(phone)).toBeUndefined()
  })

  test('as it is written rather than as it might be meant', async () => {
    await add('Abroad', '+44 20 7946 0001')
    await add('Home', '020 7946 0001')
    expect(await find('+442079460001')).toBe('Abroad')
    expect(await find('02079460001')).toBe('Home')
  })

  test('as the one of several who was active last, else who was there first', async () => {
    const first = await add('First', '+1 555 010 2000')
    const second = await add('Second', '+1 555 010 2000')
    expect(await find('+15550102000')).toBe('First')
    await desk.v1('POST', 'conversations', {
      message: 'Hello',
      useridentifier: second.id,
      department: 'default',
      subject: 'Question',
      recipient: 'help@example.com',
    })
    expect(await find('+15550102000')).toBe('Second')
    await write((tx) => removeCustomer(tx, second))
    expect(await find('+15550102000')).toBe('First')
    await write((tx) => changeCustomer(tx, first, { phones: ['+1 555 010 2001'] }))
    expect(await find('+15550102000')).toBeUndefined()
    expect(await find('+15550102001')).toBe('First')
  })
})

test('a number that nobody has is a new customer; without a number there is always one', async () => {
  const made = await write((tx) => findOrAddByPhone(tx, '+1 555 010 3000', '<b>Eve</b> Hill'))
  expect(made).toMatchObject({ firstname: '<b>Eve</b>', lastname: 'Hill', phones: '["+1 555 010 3000"]' })
  expect((await write((tx) => findOrAddByPhone(tx, '0015550103000', 'Somebody else'))).id).toBe(made.id)
  const [one, other] = await write(async (tx) => [
    await findOrAddByPhone(tx, 'anonymous', undefined),
    await findOrAddByPhone(tx, 'anonymous', undefined),
  ])
  expect(one?.id).not.toBe(other?.id)
  expect(one).toMatchObject({ system_name: 'Unknown caller', phones: '[]' })
})

test('customers who were there before are found as those who came later', async () => {
  for (const phones of [
    ['+49 30 1', '0049 30 1234567', 'reception', '12'],
    ['  +43 1 5550', '001', '0012345678', '٣٤٥'],
  ])
    await add('Somebody', ...phones)
  const rows = () =>
    desk.app.database.reader
      .selectFrom('customer_phones')
      .selectAll()
      .orderBy('customer_id')
      .orderBy('phone_key')
      .execute()
  const kept = await rows()
  await write(async (tx) => {
    await tx.deleteFrom('customer_phones').execute()
    const filling = chatsAndCalls(engineOf(tx)).find((statement) => statement.startsWith('insert into customer_phones'))
    await sql.raw(filling ?? '').execute(tx)
  })
  expect(await rows()).toEqual(kept)
  expect(kept.length).toBeGreaterThan(5)
})

test('the look for a number reads no whole table', async () => {
  const plan = await planOf(desk, phoneQuery(desk.app.database.reader, '7654321').compile())
  expect(plan.join('\n')).toMatch(/customer_phones USING (COVERING INDEX|PRIMARY KEY|INDEX)|customer_phones_pkey/)
  expect(wholeTableReads(plan)).toEqual([])
})
