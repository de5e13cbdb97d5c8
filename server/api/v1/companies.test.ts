import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

describe('companies on API v1', () => {
  test('without a key nothing is told; an unknown company is an error', async () => {
    expect((await desk.v1('GET', 'companies', {}, { key: null })).status).toBe(400)
    expect((await desk.v1('GET', 'companies')).body).toEqual({ companies: [] })
    expect((await desk.v1('GET', 'companies/nothere0')).status).toBe(404)
    expect((await desk.v1('GET', `companies/${encodeURIComponent("' or 1=1")}`)).status).toBe(404)
    expect((await desk.v1('GET', 'companies/a%00b')).status).toBe(500)
  })

  test('a list shows e-mails as one text, a single company as a list', async () => {
    const { body } = await desk.v3('POST', 'companies', {
      name: 'Company Co.',
      emails: ['support@companyco.com', 'boss@companyco.com'],
      phones: ['+214101254896', '0909 111 111'],
      language: 'en',
      ip: '10.10.1.1',
      groups: [{ groupname: 'Super group' }],
      custom_fields: [
        { code: 'drink', value: 'coffee' },
        { code: 'drink', value: 'tea' },
      ],
      unique_fields: [{ code: 'vat', value: 'DE1' }],
    })
    const datecreated = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    expect((await desk.v1('GET', 'companies')).body.companies).toEqual([
      {
        id: body.id,
        name: 'Company Co.',
        emails: 'support@companyco.com,boss@companyco.com',
        datecreated,
        ip: '10.10.1.1',
      },
    ])
    expect((await desk.v1('GET', `companies/${body.id}`)).body).toEqual({
      id: body.id,
      name: 'Company Co.',
      datecreated,
      language: 'en',
      ip: '10.10.1.1',
      emails: ['support@companyco.com', 'boss@companyco.com'],
      phones: ['+214101254896', '0909 111 111'],
      groups: [{ groupid: body.groups[0].groupid, groupname: 'Super group' }],
      custom_fields: [
        { code: 'drink', value: 'coffee' },
        { code: 'drink', value: 'tea' },
      ],
      unique_fields: [
        { code: 'email', value: 'support@companyco.com' },
        { code: 'email', value: 'boss@companyco.com' },
        { code: 'phone', value: '+214101254896' },
        { code: 'phone', value: '0909 111 111' },
        { code: 'vat', value: 'DE1' },
      ],
    })
    const { text } = await desk.v1('GET', 'companies.xml')
    expect(text).toContain('<companie>')
  })

  test('customers and companies are never mixed', async () => {
    const company = (await desk.v3('POST', 'companies', { name: 'Mixed Ltd', emails: ['mixed@ltd.example'] })).body
    const customer = (await desk.v1('POST', 'customers', { email: 'mixed@ltd.example', name: 'Mixed Ltd' })).body
    expect((await desk.v1('GET', `customers/${company.id}`)).status).toBe(404)
    expect((await desk.v1('GET', `companies/${customer.contactid}`)).status).toBe(404)
    expect((await desk.v1('GET', `companies/${customer.userid}`)).status).toBe(404)
    const { customers } = (await desk.v1('GET', 'customers', { email: 'mixed@' })).body
    expect(customers.map((row: { contactid: string }) => row.contactid)).toEqual([customer.contactid])
    const { companies } = (await desk.v1('GET', 'companies')).body
    expect(companies.map((row: { id: string }) => row.id)).not.toContain(customer.contactid)
  })

  test('pages can be asked for as with customers', async () => {
    const all = (await desk.v1('GET', 'companies')).body.companies
    expect((await desk.v1('GET', 'companies', { limitcount: 1, limitfrom: 1 })).body.companies).toEqual([all[1]])
    expect((await desk.v1('GET', 'companies', { limitfrom: 1 })).body.companies).toEqual(all.slice(1))
  })

  test('a deleted company is gone', async () => {
    const { body } = await desk.v3('POST', 'companies', { name: 'Gone Ltd' })
    await desk.v3('DELETE', `companies/${body.id}`)
    expect((await desk.v1('GET', `companies/${body.id}`)).status).toBe(404)
    const { companies } = (await desk.v1('GET', 'companies')).body
    expect(companies.map((row: { id: string }) => row.id)).not.toContain(body.id)
  })
})
