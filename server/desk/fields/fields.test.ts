import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { queriesOf } from '../../../test/queries.ts'
import { listCompanies, searchCompanies } from '../companies/find.ts'
import { findCustomer } from '../customers/customers.ts'
import { findGroupByName, listGroups, listGroupsOf } from '../customers/groups.ts'
import {
  type FieldValue,
  faultOf,
  fieldColumn,
  fieldValues,
  listFields,
  mergedFields,
  withoutFields,
} from './fields.ts'
import { findUniqueOwner, listUniqueFields } from './unique.ts'

const value = fc.record({ code: fc.constantFrom('a', 'b', 'c', '%', ''), value: fc.string({ unit: 'grapheme' }) })
const list = fc.array(value, { maxLength: 10 })

describe('values in a column', () => {
  test('come out as they went in', () => {
    fc.assert(
      fc.property(list, (values) => {
        expect(fieldValues(fieldColumn(values))).toEqual(values)
      }),
    )
  })

  test('removing a code takes all its values and no other; removing all leaves none', () => {
    fc.assert(
      fc.property(list, fc.constantFrom('a', 'b', '%'), (values, code) => {
        const left = fieldValues(withoutFields(fieldColumn(values), code))
        expect(left).toEqual(values.filter((field) => field.code !== code))
        expect(withoutFields(fieldColumn(values), undefined)).toBeNull()
      }),
    )
  })

  test('merging gives each named code the new values and keeps the others', () => {
    fc.assert(
      fc.property(list, list, (before, values) => {
        const merged = mergedFields(fieldColumn(before), values)
        for (const code of new Set([...before, ...values].map((field) => field.code))) {
          const ofCode = (fields: readonly FieldValue[]) => fields.filter((field) => field.code === code)
          expect(ofCode(merged)).toEqual(ofCode(values).length > 0 ? ofCode(values) : ofCode(before))
        }
      }),
    )
  })
})

describe('what a value must be', () => {
  test.each([
    ['number', '', false],
    ['number', ' ', false],
    ['number', 'Infinity', false],
    ['number', '12,5', false],
    ['number', '-12.5', true],
    ['date', '2026-02-30', false],
    ['date', '2026-02-28', true],
    ['bool', 'true', false],
    ['bool', 'Y', true],
    ['list', 'GOLD', false],
    ['list', 'gold', true],
    ['text', '', true],
  ])('a %s may be %j: %s', (type, text, isGood) => {
    expect(faultOf({ type, options: '["gold"]' }, text) === undefined).toBe(isGood)
  })
})

describe('lists and look-ups', () => {
  let desk: TestDesk
  beforeAll(async () => {
    desk = await newDesk()
    // Rows enough for the planner to care.
    for (let n = 0; n < 30; n++) {
      const groups = [{ groupname: `Group ${n % 5}` }]
      await desk.v3('POST', 'companies', { name: `Company ${n}`, emails: [`${n}@plan.example`], groups })
      await desk.v3('POST', 'fields', { code: `f${n}`, name: 'F', entity: 'company' })
    }
  })
  afterAll(() => desk.close())

  test.each([
    ['companies', (db) => listCompanies(db, { limit: 10 })],
    ['companies by name', (db) => searchCompanies(db, { limit: 10 })],
    ['companies by a part of the name', (db) => searchCompanies(db, { search: 'any', limit: 10 })],
    ['companies after a cursor', (db) => searchCompanies(db, { cursor: 'WyJhIiwiYiJd', limit: 10 })],
    ['groups', (db) => listGroups(db)],
    ['a group by name', (db) => findGroupByName(db, 'Group 1')],
    ['groups of a member', (db) => listGroupsOf(db, 'company', 'some1234')],
    ['definitions', (db) => listFields(db)],
    ['definitions of an entity', (db) => listFields(db, 'company')],
    ['unique fields of an owner', (db) => listUniqueFields(db, 'company', 'some1234')],
    ['the owner of a unique field', (db) => findUniqueOwner(db, 'company', { code: 'email', value: 'a@b' })],
    ['a customer by e-mail', (db) => findCustomer(db, 'a@b')],
    ['a customer by id', (db) => findCustomer(db, 'some1234')],
  ] satisfies [string, Parameters<typeof queriesOf>[1]][])('use an index: %s', async (_name, work) => {
    const queries = await queriesOf(desk, work)
    expect(queries.length).toBeGreaterThan(0)
    for (const query of queries) {
      const plan = await planOf(desk, query)
      expect(wholeTableReads(plan)).toEqual([])
    }
  })

  test.each([
    ['companies', (db) => listCompanies(db, { limit: 10 })],
    ['companies by name', (db) => searchCompanies(db, { search: 'any', limit: 10 })],
    ['groups', (db) => listGroups(db)],
    ['definitions', (db) => listFields(db)],
  ] satisfies [string, Parameters<typeof queriesOf>[1]][])('come in order without sorting: %s', async (_name, work) => {
    for (const query of await queriesOf(desk, work))
      expect((await planOf(desk, query)).join('\n')).not.toMatch(/Sort|TEMP B-TREE/)
  })
})
