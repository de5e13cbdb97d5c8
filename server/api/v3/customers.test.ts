import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { systemActor } from '../../desk/actor.ts'
import { addAgent } from '../../desk/agents/agents.ts'
import { beginSession } from '../../desk/sessions/sessions.ts'
import { newId } from '../../lib/ids.ts'
import { verifyPassword } from '../../lib/password.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const anAddress = (): string => `someone-${newId()}@example.com`

async function aCustomer(fields: Record<string, unknown> = {}) {
  const { body, status, text } = await desk.v3('POST', 'customers', { email: anAddress(), ...fields })
  if (status !== 200) throw new Error(text)
  return body
}

/** Call options of a signed-in agent. */
async function signedIn(role: string): Promise<{ key: null; headers: Record<string, string> }> {
  const token = await desk.app.database.write(async (tx) => {
    const draft = { email: `agent-${newId()}@desk.test`, firstname: 'Ada', lastname: 'Agent', role }
    const { id } = await addAgent(tx, systemActor, draft)
    return (await beginSession(tx, { kind: 'agent', userId: id, address: '127.0.0.1', userAgent: 'test' })).token
  })
  return { key: null, headers: { cookie: `deskhand=${token}` } }
}

describe('customers on our own API', () => {
  test('without a key nothing is told', async () => {
    expect((await desk.v3('GET', 'customers', undefined, { key: null })).status).toBe(401)
  })

  test.each([
    ['email', {}],
    ['email', { firstname: ' ' }],
    ['email', { email: 'no address' }],
    ['email', { name: 'Jo', password: 'long enough' }],
    ['password', { email: 'short@example.com', password: 'short' }],
    ['firstname', { firstname: '\ud800' }],
    ['note', { name: 'Jo', note: 'a\0b' }],
    ['groups', { name: 'Jo', groups: ['nothere0'] }],
    ['admin', { name: 'Jo', admin: true }],
  ])('a wrong %s is refused by name and stores nothing: %j', async (field, body) => {
    const reply = await desk.v3('POST', 'customers', body)
    expect(reply.status).toBe(400)
    expect(reply.body.error.field).toBe(field)
    expect((await desk.v3('GET', 'customers')).body.customers).toEqual([])
  })

  test('an unknown company or customer is not found, and nothing is stored', async () => {
    expect((await desk.v3('POST', 'customers', { name: 'Jo', companyid: 'nothere0' })).status).toBe(404)
    expect((await desk.v3('GET', 'customers/nothere0')).status).toBe(404)
    expect((await desk.v3('GET', 'customers/a%00b')).status).toBe(400)
    expect((await desk.v3('GET', 'customers')).body.customers).toEqual([])
  })

  test('is stored as it was given, and found by contactid, userid and e-mail', async () => {
    const company = (await desk.v3('POST', 'companies', { name: 'Berg AG' })).body
    const email = `Anna.${newId()}@Example.com`
    const customer = await aCustomer({
      email,
      firstname: 'Anna Maria',
      lastname: 'van den Berg',
      gender: 'F',
      role: 'R',
      language: 'de',
      phones: ['+49 30 1', '0049 (30) 1', '2'],
      note: 'Likes tea',
      companyid: company.id,
      groups: [{ groupname: 'Tea drinkers' }],
      customfields: [{ code: 'cups', value: '3' }],
      uniquefields: [{ code: 'number', value: 'A1' }],
    })
    expect(customer).toEqual({
      contactid: expect.any(String),
      userid: expect.any(String),
      email,
      firstname: 'Anna Maria',
      lastname: 'van den Berg',
      systemname: 'Anna Maria van den Berg',
      role: 'R',
      gender: 'F',
      language: 'de',
      phones: ['+49 30 1', '2'],
      companyid: company.id,
      datecreated: expect.stringMatching(/Z$/),
      note: 'Likes tea',
      groups: [{ groupid: expect.any(String), groupname: 'Tea drinkers' }],
      customfields: [{ code: 'cups', value: '3' }],
      uniquefields: [{ code: 'number', value: 'A1' }],
    })
    for (const id of [customer.contactid, customer.userid, encodeURIComponent(email.toLowerCase())])
      expect((await desk.v3('GET', `customers/${id}`)).body).toEqual(customer)
    const { contactid, userid, systemname, datecreated, ...changeable } = customer
    expect((await desk.v3('PATCH', `customers/${contactid}`, changeable)).body).toEqual(customer)
    const members = await desk.v3('GET', `customers?groupid=${customer.groups[0].groupid}`)
    expect(members.body.customers).toMatchObject([{ contactid }])
  })

  test('a known e-mail or number is a conflict', async () => {
    const { email } = await aCustomer({ uniquefields: [{ code: 'number', value: 'B1' }] })
    expect((await desk.v3('POST', 'customers', { email: email.toUpperCase() })).status).toBe(409)
    const other = await aCustomer()
    expect((await desk.v3('PATCH', `customers/${other.contactid}`, { email })).status).toBe(409)
    const uniquefields = [{ code: 'number', value: 'B1' }]
    expect((await desk.v3('PATCH', `customers/${other.contactid}`, { uniquefields })).status).toBe(409)
  })

  test('changes what is named; a list replaces the one before; null clears', async () => {
    const { contactid, email } = await aCustomer({
      firstname: 'Old',
      lastname: 'Name',
      note: 'x',
      gender: 'M',
      customfields: [{ code: 'a', value: '1' }],
    })
    const { body } = await desk.v3('PATCH', `customers/${contactid}`, {
      firstname: 'New',
      note: null,
      gender: null,
      customfields: [{ code: 'b', value: '2' }],
    })
    expect(body).toMatchObject({
      email,
      firstname: 'New',
      lastname: 'Name',
      note: null,
      gender: null,
      customfields: [{ code: 'b', value: '2' }],
    })
  })

  test('deleted is gone', async () => {
    const { contactid } = await aCustomer()
    expect((await desk.v3('DELETE', `customers/${contactid}`)).body).toEqual({ status: 'OK' })
    expect((await desk.v3('GET', `customers/${contactid}`)).status).toBe(404)
  })

  test('lists come newest first, in pages', async () => {
    for (let n = 0; n < 5; n++) await aCustomer({ email: `${n}@newest.example` })
    const first = (await desk.v3('GET', 'customers?search=NEWEST.example&limit=3')).body
    const second = (await desk.v3('GET', `customers?search=newest.example&limit=3&cursor=${first.next_cursor}`)).body
    const emails = [...first.customers, ...second.customers].map(({ email }) => email[0])
    expect(emails).toEqual(['4', '3', '2', '1', '0'])
    expect(second.next_cursor).toBeNull()
  })

  test('a plain agent manages customers, but neither passwords nor definitions of fields', async () => {
    const agent = await signedIn('A')
    const email = anAddress()
    const created = await desk.v3('POST', 'customers', { email }, agent)
    expect(created.status).toBe(200)
    const path = `customers/${created.body.contactid}`
    expect((await desk.v3('PATCH', path, { note: 'Called' }, agent)).status).toBe(200)
    expect((await desk.v3('PATCH', path, { password: 'long enough' }, agent)).status).toBe(403)
    const definition = { code: 'c', name: 'C', entity: 'customer' }
    expect((await desk.v3('POST', 'fields', definition, agent)).status).toBe(403)
    expect((await desk.v3('POST', 'companies', { name: 'By an agent' }, agent)).status).toBe(200)
    const onV1 = await desk.v1('PUT', path, { password: 'long enough' }, agent)
    expect(onV1.status).toBe(401)
    const administrator = await signedIn('D')
    expect((await desk.v3('PATCH', path, { password: 'long enough' }, administrator)).status).toBe(200)
    const row = await desk.app.database.reader
      .selectFrom('customers')
      .select('password_hash')
      .where('id', '=', created.body.contactid)
      .executeTakeFirstOrThrow()
    expect(await verifyPassword(row.password_hash, 'long enough')).toBe(true)
  })

  test('a plain agent sees no auth token of a customer', async () => {
    const { email } = await aCustomer()
    const { headers } = await signedIn('A')
    const reply = await desk.v1('GET', `customers/${email}`, {}, { key: null, headers })
    expect(reply.body).toMatchObject({ email, authtoken: null })
  })
})

describe('definitions of custom fields', () => {
  test.each([
    ['options', { code: 'x', name: 'X', entity: 'customer', type: 'list' }],
    ['options', { code: 'x', name: 'X', entity: 'customer', type: 'list', options: ['a', 'a'] }],
    ['entity', { code: 'x', name: 'X', entity: 'agent' }],
    ['type', { code: 'x', name: 'X', entity: 'customer', type: 'colour' }],
    ['code', { name: 'X', entity: 'customer' }],
  ])('a wrong %s is refused by name', async (field, body) => {
    const reply = await desk.v3('POST', 'fields', body)
    expect(reply.status).toBe(400)
    expect(reply.body.error.field).toBe(field)
  })

  test('a definition is created, read, changed and removed; a code is free for another entity', async () => {
    const draft = { code: 'plan', name: 'Plan', entity: 'company', type: 'list', options: ['gold', 'tin'], position: 2 }
    const { body } = await desk.v3('POST', 'fields', draft)
    expect(body).toMatchObject(draft)
    expect((await desk.v3('POST', 'fields', draft)).status).toBe(409)
    expect((await desk.v3('POST', 'fields', { ...draft, entity: 'conversation' })).status).toBe(200)
    const wrong = await desk.v3('POST', 'companies', { name: 'A', custom_fields: [{ code: 'plan', value: 'wood' }] })
    expect(wrong.body.error.field).toBe('custom_fields')
    expect((await desk.v3('PATCH', `fields/${body.id}`, { options: [] })).status).toBe(400)
    expect((await desk.v3('PATCH', `fields/${body.id}`, { options: ['wood'] })).body.options).toEqual(['wood'])
    expect((await desk.v3('GET', `fields/${body.id}`)).body.options).toEqual(['wood'])
    expect((await desk.v3('GET', 'fields?entity=company')).body.fields).toHaveLength(1)
    expect((await desk.v3('GET', 'fields?entity=agent')).status).toBe(400)
    expect((await desk.v3('DELETE', `fields/${body.id}`)).status).toBe(200)
    expect((await desk.v3('GET', `fields/${body.id}`)).status).toBe(404)
    expect((await desk.v3('PATCH', `fields/${body.id}`, { name: 'X' })).status).toBe(404)
    expect((await desk.v3('DELETE', `fields/${body.id}`)).status).toBe(404)
  })
})

describe('customers groups on our own API', () => {
  test('a group is created, changed and deleted', async () => {
    const { body } = await desk.v3('POST', 'customersgroups', { name: 'Gold', color: '#112233' })
    expect(body).toMatchObject({ name: 'Gold', color: '112233', bg_color: '0000FF' })
    expect((await desk.v3('POST', 'customersgroups', { name: 'gold' })).status).toBe(409)
    expect((await desk.v3('POST', 'customersgroups', { name: ' ' })).status).toBe(400)
    const path = `customersgroups/${body.id}`
    expect((await desk.v3('PATCH', path, { name: 'Silver' })).body).toMatchObject({ name: 'Silver', color: '112233' })
    expect((await desk.v3('GET', path)).body.name).toBe('Silver')
    expect((await desk.v3('GET', 'customersgroups')).body.groups.map(({ id }: { id: string }) => id)).toContain(body.id)
    expect((await desk.v3('DELETE', path)).body).toEqual({ status: 'OK' })
    expect((await desk.v3('GET', path)).status).toBe(404)
    expect((await desk.v3('DELETE', path)).status).toBe(404)
  })
})
