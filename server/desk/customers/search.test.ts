import { type CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { queriesOf } from '../../../test/queries.ts'
import { fold } from '../../lib/fold.ts'
import { addCustomer, type CustomerDraft, getCustomerForChange, removeCustomer } from './customers.ts'
import { addGroup, joinGroup } from './groups.ts'
import { type CustomerFilter, customerCursor, listCustomers } from './search.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const add = (draft: CustomerDraft) => desk.app.database.write((tx) => addCustomer(tx, draft))
const find = (filter: Partial<CustomerFilter>) => listCustomers(desk.app.database.reader, { limit: 100, ...filter })
const emails = async (filter: Partial<CustomerFilter>) => (await find(filter)).map(({ email }) => email)

/** Reads of a whole table. A `SCAN` of the search index with a match (`M`) is a look into it. */
const tableReads = async (query: CompiledQuery): Promise<string[]> =>
  wholeTableReads(await planOf(desk, query)).filter((line) => !/VIRTUAL TABLE INDEX \d+:M/.test(line))

describe('searching customers', () => {
  test.each([
    '%',
    '_',
    '\\',
    '"',
    "'",
    "' or ''='",
    '%%%',
    '___',
    '"*"',
    '*',
    'a OR b',
    'NEAR(',
    '{email}',
    ': x',
    '-- ',
    ';;;',
    '\u{1F642}',
    '(((',
    'x'.repeat(1_000),
  ])('what means something to a database means itself: %s', async (text) => {
    await add({ email: 'plain@example.com', firstname: 'Plain', lastname: 'Jane' }).catch(() => {})
    for (const column of ['email', 'firstname', 'lastname', 'search'] as const)
      expect(await find({ [column]: text })).toEqual([])
  })

  test('wildcards, quotes and operators in names are found as they are', async () => {
    const names = ['100%', 'a_b', 'back\\slash', `O'Brien "Bo"`, 'AND OR NOT', '{x}:(y)*', '^start', '🙂🙃😉']
    for (const firstname of names) await add({ firstname, lastname: 'Special' })
    for (const firstname of names) {
      const found = await find({ firstname, lastname: 'special' })
      expect(found.map((customer) => customer.firstname)).toEqual([firstname])
    }
  })

  test('case and composition do not matter in any script; accents do', async () => {
    const names = ['Émile', 'ΟΔΥΣΣΕΥΣ', 'Ярослав', 'İpek', 'Ångström', '山田太郎', 'محمد']
    for (const firstname of names) await add({ firstname, lastname: 'Worldly' })
    for (const firstname of names)
      for (const spelling of [firstname, firstname.normalize('NFD'), firstname.toLowerCase(), firstname.slice(1)]) {
        const found = await find({ firstname: spelling, lastname: 'world' })
        expect(
          found.map((customer) => customer.firstname),
          spelling,
        ).toContain(firstname)
      }
    expect(await find({ firstname: 'emile', lastname: 'world' })).toEqual([])
  })

  test.each(['z', 'zo', 'zoë', 'oë-', 'ë', '@q', 'q.example'])('a part of any length is found: %s', async (search) => {
    await add({ email: 'ZOË-1@q.example', name: 'Zoë Quell' }).catch(() => {})
    expect((await find({ search })).map(({ firstname }) => firstname)).toEqual(['Zoë'])
  })

  test('conditions narrow each other, and the text is looked for in its own column', async () => {
    await add({ email: 'both@narrow.example', name: 'Mara Stone' })
    await add({ email: 'stone@narrow.example', name: 'Mara Wood' })
    expect(await emails({ email: 'narrow', lastname: 'stone' })).toEqual(['both@narrow.example'])
    expect(await emails({ email: 'narrow', search: 'stone' })).toEqual(['both@narrow.example', 'stone@narrow.example'])
    expect(await emails({ firstname: 'mara', lastname: 'mara' })).toEqual([])
  })

  test('changed names and deleted customers are not found under what they were', async () => {
    const { id } = await add({ email: 'leaver@example.com', name: 'Leo Leaver' })
    expect(await emails({ lastname: 'leaver' })).toEqual(['leaver@example.com'])
    await desk.app.database.write(async (tx) => removeCustomer(tx, await getCustomerForChange(tx, id)))
    expect(await emails({ lastname: 'leaver' })).toEqual([])
    expect(await emails({ email: 'leaver' })).toEqual([])
  })

  test('pages by cursor go through everybody once, both ways', async () => {
    for (let n = 0; n < 25; n++) await add({ email: `page-${n}@pages.example` })
    const all = await emails({ email: 'pages.example' })
    expect(all).toHaveLength(25)
    for (const newestFirst of [false, true]) {
      const seen: (string | null)[] = []
      let cursor: string | undefined
      do {
        const page = await find({ email: 'pages.example', limit: 10, cursor, newestFirst })
        seen.push(...page.map(({ email }) => email))
        const last = page.at(-1)
        cursor = page.length === 10 && last ? customerCursor(last) : undefined
      } while (cursor)
      expect(seen).toEqual(newestFirst ? all.toReversed() : all)
    }
    await expect(find({ cursor: "1-1'; drop table customers" })).rejects.toThrow('cursor')
  })
})

describe('with many customers', () => {
  const MANY = 12_000
  let groupId = ''
  beforeAll(async () => {
    await desk.app.database.write(async (tx) => {
      const numbers =
        engine === 'postgres'
          ? sql`select n from generate_series(1, ${sql.lit(MANY)}) as numbers (n)`
          : sql`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(MANY)})
                select n from numbers`
      await sql`
        insert into customers (id, user_id, email, email_key, firstname, firstname_key, lastname, lastname_key,
          system_name, role, phones, auth_epoch, created_at, changed_at)
        select 'c' || n, 'u' || n, 'many' || n || '@crowd.example', 'many' || n || '@crowd.example', 'Crowd', 'crowd',
          'Member' || n, 'member' || n, '', 'V', '[]', 1, 1000000 + n, 0 from (${numbers}) as all_numbers`.execute(tx)
      if (engine === 'sqlite')
        await sql`insert into customer_search (rowid, email, firstname, lastname)
          select seq, email_key, firstname_key, lastname_key from customers where id like 'c%' and email like '%crowd%'`.execute(
          tx,
        )
      groupId = (await addGroup(tx, { name: 'Few of the crowd' })).id
      for (const n of [5, 7_000]) await joinGroup(tx, 'customer', `c${n}`, 'Few of the crowd')
      // One member that is no customer, under the id of one.
      await joinGroup(tx, 'company', 'c6', 'Few of the crowd')
    })
    if (engine === 'postgres') await sql`vacuum analyze customers`.execute(desk.app.database.reader)
  })

  const filters: [string, Partial<CustomerFilter>][] = [
    ['all', {}],
    ['newest first', { newestFirst: true }],
    ['by date', { createdFrom: 1_000_500, createdTo: 1_000_600 }],
    ['by a rare e-mail', { email: 'many777@' }],
    ['by a rare first name', { firstname: 'nobody is called so' }],
    ['by a rare last name', { lastname: 'member777' }],
    ['by anything rare', { search: 'member777' }],
    ['by what nearly all have', { email: 'crowd.example' }],
    ['by what nearly all have in two columns', { email: 'crowd.example', firstname: 'row', search: 'member' }],
    ['by two letters', { email: 'cr' }],
    ['by a company', { companyId: 'nobodys0' }],
    ['after a cursor', { cursor: '1-1', newestFirst: false }],
  ]

  test.each(filters)('no list reads the whole table: %s', async (_name, filter) => {
    const queries = await queriesOf(desk, (db) => listCustomers(db, { limit: 10, ...filter }))
    expect(queries.length).toBeGreaterThan(0)
    for (const query of queries) expect(await tableReads(query)).toEqual([])
  })

  test('a group is listed from its members', async () => {
    const queries = await queriesOf(desk, (db) => listCustomers(db, { limit: 10, groupId }))
    for (const query of queries) {
      const plan = await planOf(desk, query)
      expect(await tableReads(query)).toEqual([])
      expect(plan.join('\n')).toMatch(/group_members_group/)
    }
    expect((await find({ groupId })).map(({ id }) => id)).toEqual(['c5', 'c7000'])
  })

  test('what is rare is found by the search index and nothing is walked through', async () => {
    const queries = await queriesOf(desk, (db) => listCustomers(db, { limit: 10, email: 'many777@' }))
    const last = queries.at(-1)
    if (!last) throw new Error('no query was asked')
    const plan = (await planOf(desk, last)).join('\n')
    expect(plan).toMatch(engine === 'postgres' ? /customers_email_parts/ : /USING INTEGER PRIMARY KEY/)
    expect(plan).toMatch(engine === 'postgres' ? /Bitmap/ : /customer_search VIRTUAL TABLE/)
    expect(await emails({ email: 'many777@' })).toEqual(['many777@crowd.example'])
  })

  test('what many have is listed in order, whichever way was taken', async () => {
    const crowd = Array.from({ length: MANY }, (_, n) => `many${n + 1}@crowd.example`)
    expect(await emails({ email: 'CROWD.example', limit: MANY })).toEqual(crowd)
    expect(await emails({ email: 'crowd.example', offset: 11_000, limit: 2 })).toEqual(crowd.slice(11_000, 11_002))
    expect(await emails({ search: 'member99', limit: MANY })).toEqual(
      crowd.filter((_, n) => String(n + 1).startsWith('99')),
    )
    expect(await emails({ email: 'crowd', newestFirst: true, limit: 1 })).toEqual([`many${MANY}@crowd.example`])
  })

  test('a large group is listed too', async () => {
    const group = await desk.app.database.write((tx) => addGroup(tx, { name: 'All of the crowd' }))
    await desk.app.database.write((tx) =>
      sql`insert into group_members (group_id, member_type, member_id, added_at)
        select ${group.id}, 'customer', id, 0 from customers where email like '%@crowd.example'`.execute(tx),
    )
    const filter = { groupId: group.id, limit: 3, offset: 4 }
    expect((await find(filter)).map(({ id }) => id)).toEqual(['c5', 'c6', 'c7'])
    for (const query of await queriesOf(desk, (db) => listCustomers(db, filter)))
      expect(await tableReads(query)).toEqual([])
  })

  test('dates are inclusive at both ends', async () => {
    const found = await emails({ createdFrom: 1_000_500, createdTo: 1_000_502 })
    expect(found).toEqual(['many500@crowd.example', 'many501@crowd.example', 'many502@crowd.example'])
  })

  test('folding is what the columns hold', async () => {
    const [customer] = await find({ email: 'many1@' })
    expect(customer?.firstname_key).toBe(fold(customer?.firstname ?? ''))
  })
})
