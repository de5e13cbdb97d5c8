import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

async function aCompany(fields: Record<string, unknown> = {}) {
  const { body, status, text } = await desk.v3('POST', 'companies', { name: 'Some Ltd', ...fields })
  if (status !== 200) throw new Error(text)
  return body
}

const eventsAbout = async (id: string): Promise<string[]> => {
  const rows = await desk.app.database.reader.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  return rows.filter(({ data }) => data.includes(id)).map(({ type }) => type)
}

describe('companies on our own API', () => {
  test('without a key nothing is told', async () => {
    expect((await desk.v3('GET', 'companies', undefined, { key: null })).status).toBe(401)
  })

  test.each([
    ['name', {}],
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(256) }],
    ['name', { name: 'nul\0' }],
    ['name', { name: '\ud800' }],
    ['emails', { name: 'A', emails: ['no address'] }],
    ['emails', { name: 'A', emails: 'a@b.example' }],
    ['phones.0', { name: 'A', phones: [''] }],
    ['ip', { name: 'A', ip: '300.1.1.1' }],
    ['language', { name: 'A', language: 'english please' }],
    ['groups', { name: 'A', groups: ['nothere0'] }],
    ['custom_fields.0.code', { name: 'A', custom_fields: [{ code: '', value: 'x' }] }],
    ['unique_fields.0.value', { name: 'A', unique_fields: [{ code: 'a', value: ' ' }] }],
    ['colour', { name: 'A', colour: 'red' }],
  ])('a wrong %s is refused by name and stores nothing: %j', async (field, body) => {
    const reply = await desk.v3('POST', 'companies', body)
    expect(reply.status).toBe(400)
    expect(reply.body.error.field).toBe(field)
    expect((await desk.v3('GET', 'companies')).body.companies).toEqual([])
  })

  test('an unknown company is not found by any call', async () => {
    for (const id of ['nothere0', "'", '%25', '🙂']) {
      const path = `companies/${encodeURIComponent(id)}`
      expect((await desk.v3('GET', path)).status).toBe(404)
      expect((await desk.v3('PATCH', path, { name: 'A' })).status).toBe(404)
      expect((await desk.v3('DELETE', path)).status).toBe(404)
    }
  })

  test('a NUL in an id is refused', async () => {
    expect((await desk.v3('GET', 'companies/a%00b')).status).toBe(400)
  })

  test('is stored as it was given, each contact once', async () => {
    const company = await aCompany({
      name: ' Company Co. ',
      emails: ['Support@companyco.com', 'boss@companyco.com', 'SUPPORT@companyco.com'],
      phones: ['+214 101', '00214-101', '0909'],
      language: 'en',
      ip: '::1',
      note: 'Pays late',
      groups: [{ groupname: 'Super group' }, { groupname: 'super GROUP' }],
      custom_fields: [{ code: 'people', value: '42' }],
      unique_fields: [{ code: 'vat', value: 'DE1' }],
    })
    expect(company).toEqual({
      id: expect.stringMatching(/^[0-9a-z]{8}$/),
      name: 'Company Co.',
      datecreated: expect.stringMatching(/Z$/),
      language: 'en',
      ip: '::1',
      emails: ['Support@companyco.com', 'boss@companyco.com'],
      phones: ['+214 101', '0909'],
      note: 'Pays late',
      groups: [{ groupid: expect.stringMatching(/^[0-9a-z]{8}$/), groupname: 'Super group' }],
      custom_fields: [{ code: 'people', value: '42' }],
      unique_fields: [
        { code: 'email', value: 'Support@companyco.com' },
        { code: 'email', value: 'boss@companyco.com' },
        { code: 'phone', value: '+214 101' },
        { code: 'phone', value: '0909' },
        { code: 'vat', value: 'DE1' },
      ],
    })
    expect((await desk.v3('GET', `companies/${company.id}`)).body).toEqual(company)
    expect(await eventsAbout(company.id)).toContain('company.added')
  })

  test('an e-mail or number of another company is a conflict; a shared phone is not, but identifies the first', async () => {
    const first = await aCompany({
      emails: ['one@share.example'],
      phones: ['030 1'],
      unique_fields: [{ code: 'no', value: '1' }],
    })
    const taken = { name: 'Second', emails: ['ONE@share.example'] }
    expect((await desk.v3('POST', 'companies', taken)).status).toBe(409)
    expect(
      (await desk.v3('POST', 'companies', { name: 'Second', unique_fields: [{ code: 'no', value: '1' }] })).status,
    ).toBe(409)
    const second = await aCompany({ phones: ['030/1'] })
    expect(second).toMatchObject({ phones: ['030/1'], unique_fields: [] })
    expect((await desk.v3('PATCH', `companies/${second.id}`, { emails: taken.emails })).status).toBe(409)
    expect((await desk.v3('GET', `companies/${second.id}`)).body).toEqual(second)
    await desk.v3('DELETE', `companies/${first.id}`)
    expect((await desk.v3('PATCH', `companies/${second.id}`, { emails: taken.emails })).status).toBe(200)
  })

  test('what was read can be sent back, and changes nothing', async () => {
    const company = await aCompany({
      emails: ['back@again.example'],
      phones: ['0151'],
      groups: [{ groupname: 'Again' }],
      custom_fields: [{ code: 'a', value: '1' }],
      unique_fields: [{ code: 'vat', value: 'back' }],
    })
    const { id, datecreated, ...changeable } = company
    expect((await desk.v3('PATCH', `companies/${id}`, changeable)).body).toEqual({ id, datecreated, ...changeable })
  })

  test('changes what is named; a list replaces the one before; null clears', async () => {
    const { id } = await aCompany({
      emails: ['old@change.example'],
      phones: ['0171'],
      note: 'Old',
      unique_fields: [{ code: 'vat', value: 'keep' }],
      groups: [{ groupname: 'Before' }],
    })
    const { body } = await desk.v3('PATCH', `companies/${id}`, {
      emails: ['new@change.example'],
      note: null,
      groups: [{ groupname: 'After' }],
    })
    expect(body).toMatchObject({
      name: 'Some Ltd',
      emails: ['new@change.example'],
      phones: ['0171'],
      note: null,
      groups: [{ groupname: 'After' }],
      unique_fields: [
        { code: 'email', value: 'new@change.example' },
        { code: 'phone', value: '0171' },
        { code: 'vat', value: 'keep' },
      ],
    })
    expect((await desk.v3('PATCH', `companies/${id}`, { unique_fields: [], groups: [] })).body).toMatchObject({
      groups: [],
      unique_fields: [{ code: 'email' }, { code: 'phone' }],
    })
  })

  test('search looks for a part of the name, whatever its case, and takes wildcards as they are', async () => {
    for (const name of ['Straße 100% AG', 'Straße 1000 AG', 'a_b GmbH', 'axb GmbH']) await aCompany({ name })
    const names = async (search: string): Promise<string[]> => {
      const { body } = await desk.v3('GET', `companies?search=${encodeURIComponent(search)}`)
      return body.companies.map(({ name }: { name: string }) => name)
    }
    expect(await names('STRAßE 100')).toEqual(['Straße 100% AG', 'Straße 1000 AG'])
    expect(await names('100%')).toEqual(['Straße 100% AG'])
    expect(await names('a_b')).toEqual(['a_b GmbH'])
    expect(await names("'; drop table companies; --")).toEqual([])
    expect((await desk.v3('GET', 'companies?search=a%00b')).status).toBe(400)
  })

  test('pages by cursor go through all once, and a forged cursor is refused', async () => {
    for (let n = 0; n < 7; n++) await aCompany({ name: 'Same Name Inc' })
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor ? `&cursor=${cursor}` : ''
      const { body } = await desk.v3('GET', `companies?search=same+name&limit=3${query}`)
      seen.push(...body.companies.map(({ id }: { id: string }) => id))
      cursor = body.next_cursor
    }
    expect(seen).toHaveLength(7)
    expect(new Set(seen).size).toBe(7)
    for (const forged of ['x', 'W10', Buffer.from('["a\\u0000","b"]').toString('base64url')])
      expect((await desk.v3('GET', `companies?cursor=${forged}`)).body.error.field).toBe('cursor')
    expect((await desk.v3('GET', 'companies?limit=0')).status).toBe(400)
  })

  test('a deleted company lets go of its customers with the next jobs', async () => {
    const { id } = await aCompany()
    const { contactid } = (await desk.v3('POST', 'customers', { email: 'staff@ltd.example', companyid: id })).body
    expect((await desk.v3('GET', `customers?companyid=${id}`)).body.customers).toMatchObject([{ contactid }])
    await desk.v3('DELETE', `companies/${id}`)
    await desk.drain()
    expect((await desk.v3('GET', `customers/${contactid}`)).body.companyid).toBeNull()
    expect((await desk.v3('PATCH', `customers/${contactid}`, { companyid: id })).status).toBe(404)
    expect(await eventsAbout(id)).toContain('company.removed')
  })
})
