import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { TEST_KEY } from '../../../test/first-start.ts'
import { aConversation } from '../../../test/people.ts'
import { systemActor } from '../../desk/actor.ts'
import { addApiKey } from '../../desk/keys/keys.ts'
import { isGenuine } from '../../desk/sessions/auth-tokens.ts'
import { newId } from '../../lib/ids.ts'
import { verifyPassword } from '../../lib/password.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const anAddress = (): string => `someone-${newId()}@example.com`

async function aCustomer(fields: Record<string, string> = {}) {
  const { body, status, text } = await desk.v1('POST', 'customers', { email: anAddress(), name: 'Jo Doe', ...fields })
  if (status !== 200) throw new Error(text)
  return body
}

const rowOf = (contactid: string) =>
  desk.app.database.reader.selectFrom('customers').selectAll().where('id', '=', contactid).executeTakeFirstOrThrow()

const eventsAbout = async (contactid: string): Promise<string[]> => {
  const rows = await desk.app.database.reader.selectFrom('events').select(['type', 'data']).orderBy('seq').execute()
  return rows.filter(({ data }) => data.includes(contactid)).map(({ type }) => type)
}

describe('POST customers', () => {
  test('without a key nothing is stored', async () => {
    const email = anAddress()
    expect((await desk.v1('POST', 'customers', { email }, { key: null })).status).toBe(400)
    expect((await desk.v1('GET', `customers/${email}`)).status).toBe(404)
  })

  test.each([
    ['email', { email: 'no address' }],
    ['email', { email: 'two@at@example.com' }],
    ['email', { email: 'nul\0@example.com' }],
    ['gender', { gender: 'X' }],
    ['role', { role: 'A' }],
    ['customfields', { customfields: '{"code":"a","value":"b"}' }],
    ['customfields', { customfields: '[{"value":"b"}]' }],
    ['customfields', { customfields: '[{"code":"a","value":"\\u0000"}]' }],
    ['customfields', { customfields: '[{"code":"a","value":"\\ud800"}]' }],
    ['customfields', { customfields: '['.repeat(10_000) }],
    ['uniquefields', { uniquefields: 'none' }],
    ['uniquefields', { uniquefields: '[{"code":"number","value":""}]' }],
    ['uniquefields', { uniquefields: JSON.stringify([{ code: 'number', value: 'x'.repeat(300) }]) }],
    ['name', { name: 'x'.repeat(501) }],
    ['phone', { phone: '0'.repeat(101) }],
    ['send_registration_mail', { send_registration_mail: 'perhaps' }],
  ])('a wrong %s is refused by name and stores nothing: %j', async (parameter, params) => {
    const email = anAddress()
    const reply = await desk.v1('POST', 'customers', { email, ...params })
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain(`'${parameter}'`)
    expect((await desk.v1('GET', `customers/${email}`)).status).toBe(404)
  })

  test('half of a surrogate pair in a JSON body is refused', async () => {
    const reply = await desk.app.http.inject({
      method: 'POST',
      url: '/api/customers',
      headers: { apikey: 'test', 'content-type': 'application/json' },
      payload: `{"apikey":"${TEST_KEY}","name":"a\\ud800b"}`,
    })
    expect(reply.statusCode).toBe(500)
    expect(reply.json().response.errormessage).toContain("'name'")
  })

  test('a password without an address is refused: nobody could sign in with it', async () => {
    const reply = await desk.v1('POST', 'customers', { name: 'Jo', password: 'secret' })
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain("'email'")
  })

  test('an address that is known, in any case, never makes a second customer', async () => {
    const { email, contactid } = await aCustomer()
    const reply = await desk.v1('POST', 'customers', { email: email.toUpperCase(), name: 'Other Name' })
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain('email')
    expect((await desk.v1('GET', `customers/${email}`)).body).toMatchObject({ contactid, firstname: 'Jo' })
  })

  test('of many requests for one new address at once, one makes the customer', async () => {
    const email = anAddress()
    const replies = await Promise.all(Array.from({ length: 8 }, () => desk.v1('POST', 'customers', { email })))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1)
    expect((await desk.v1('GET', 'customers', { email })).body.customers).toHaveLength(1)
  })

  test('a value that identifies another customer is refused, and nothing is stored', async () => {
    await aCustomer({ uniquefields: '[{"code":"number","value":"4711"}]' })
    const email = anAddress()
    const reply = await desk.v1('POST', 'customers', { email, uniquefields: '[{"code":"number","value":"4711"}]' })
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain('uniquefields')
    expect((await desk.v1('GET', `customers/${email}`)).status).toBe(404)
  })

  test('answers the whole record', async () => {
    const email = anAddress()
    const { body } = await desk.v1('POST', 'customers', {
      email,
      name: 'Anna Maria Berg',
      gender: 'O',
      customfields: '[{"code":"plan","value":"gold"},{"code":"plan","value":"silver"}]',
      phone: '+49 30 1234',
      note: 'Likes tea',
      uniquefields: '[{"code":"number","value":"1"}]',
    })
    expect(body).toEqual({
      contactid: expect.stringMatching(/^[0-9a-z]{8}$/),
      email,
      firstname: 'Anna Maria',
      lastname: 'Berg',
      systemname: 'Anna Maria Berg',
      authtoken: expect.stringMatching(/^[0-9a-f]{32}$/),
      browsercookiename: 'LaVisitorId',
      role: 'V',
      gender: 'O',
      userid: expect.stringMatching(/^[0-9a-z]{8}$/),
      datecreated: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      customfields: [
        { code: 'plan', value: 'gold' },
        { code: 'plan', value: 'silver' },
      ],
      note: 'Likes tea',
      phones: ['+49 30 1234'],
      uniquefields: [{ code: 'number', value: '1' }],
    })
    expect((await desk.v1('GET', `customers/${email}`)).body).toEqual(body)
    expect(await eventsAbout(body.contactid)).toEqual(['customer.added'])
  })

  test('one without anything is a nameless visitor, as the document allows', async () => {
    const { body, status } = await desk.v1('POST', 'customers')
    expect(status).toBe(200)
    expect(body).toMatchObject({ email: null, firstname: '', role: 'V', gender: null, phones: [], customfields: [] })
  })

  test('a password is kept as a hash, makes the customer registered, and its token is genuine', async () => {
    const { contactid, userid, browsercookiename, role, authtoken } = await aCustomer({ password: 'open sesame' })
    expect({ role, browsercookiename }).toEqual({ role: 'R', browsercookiename: 'V_auth' })
    const row = await rowOf(contactid)
    expect(row.password_hash).toMatch(/^\$argon2id\$/)
    expect(await verifyPassword(row.password_hash, 'open sesame')).toBe(true)
    expect(isGenuine(desk.app.installation.secret, authtoken, userid, row.auth_epoch)).toBe(true)
  })

  test.each([
    ['registered without a password is invited', { role: 'R' }, true],
    ['registered without a password, mail not wanted, is not', { role: 'R', send_registration_mail: 'N' }, false],
    ['registered with a password is not', { password: 'open sesame' }, false],
    ['registered with a password, mail wanted, is', { password: 'open', send_registration_mail: 'Y' }, true],
    ['a visitor is not', {}, false],
  ])('who is %s', async (_name, params, isInvited) => {
    const { contactid } = await aCustomer(params)
    expect((await eventsAbout(contactid)).includes('customer.invited')).toBe(isInvited)
  })

  test('the fields of a JSON body may be a list', async () => {
    const email = anAddress()
    const reply = await desk.app.http.inject({
      method: 'POST',
      url: '/api/customers',
      headers: { 'content-type': 'application/json' },
      payload: {
        apikey: TEST_KEY,
        email,
        customfields: [{ code: 'seats', value: 5 }],
      },
    })
    expect(reply.json().response.customfields).toEqual([{ code: 'seats', value: '5' }])
  })
})

describe('customers by identifier', () => {
  test.each(['nobody@example.com', 'zzzzzzzz', "' or 1=1 --", '%25', '%', '_', '🙂'])(
    'an unknown customer is an error, never an empty answer: %s',
    async (identifier) => {
      const path = `customers/${encodeURIComponent(identifier)}`
      expect((await desk.v1('GET', path)).status).toBe(404)
      expect((await desk.v1('PUT', path, { name: 'New' })).status).toBe(404)
      expect((await desk.v1('DELETE', path)).status).toBe(404)
      expect((await desk.v1('GET', `${path}/fields`)).status).toBe(404)
      expect((await desk.v1('GET', `${path}/groups`)).status).toBe(404)
    },
  )

  test('a NUL in the identifier is refused', async () => {
    expect((await desk.v1('GET', 'customers/a%00b')).status).toBe(500)
  })

  test('email, contactid and userid name the same customer, raw or percent-encoded, in any case', async () => {
    const email = `Jo+Tag_${newId()}@Example.com`
    const { contactid, userid } = await aCustomer({ email })
    const spellings = [
      contactid,
      userid,
      email,
      encodeURIComponent(email),
      email.toUpperCase(),
      email.toLowerCase().replace('@', '%40'),
      `${email}/`,
    ]
    for (const spelling of spellings)
      expect((await desk.v1('GET', `customers/${spelling}`)).body, spelling).toMatchObject({ contactid, email })
    const handler = `handler=${encodeURIComponent(`customers/${encodeURIComponent(email)}`)}`

    const reply = await desk.app.http.inject(`/api/index.php?${handler}&apikey=${TEST_KEY}`)
    expect(reply.json().response.contactid).toBe(contactid)
  })

  test('an address outside of ASCII is found in any case', async () => {
    const email = `ÄRGER-${newId()}@bücher.example`
    const { contactid } = await aCustomer({ email })
    const path = `customers/${encodeURIComponent(email.toLowerCase())}`
    expect((await desk.v1('GET', path)).body.contactid).toBe(contactid)
    expect((await desk.v1('GET', 'customers', { email: 'ärger' })).body.customers).toHaveLength(1)
  })

  test('a key that may only read gets no auth token, and changes nothing', async () => {
    const { email } = await aCustomer()
    const options = await desk.app.database.write((tx) =>
      addApiKey(tx, systemActor, { name: 'reader', rights: 'read' }),
    )
    expect((await desk.v1('GET', `customers/${email}`, {}, options)).body).toMatchObject({ email, authtoken: null })
    expect((await desk.v1('DELETE', `customers/${email}`, {}, options)).status).toBe(401)
    expect((await desk.v1('GET', `customers/${email}`)).status).toBe(200)
  })
})

describe('PUT and DELETE customers', () => {
  test('an address of another customer is refused; one of his own in another case is not', async () => {
    const [one, other] = [await aCustomer(), await aCustomer()]
    expect((await desk.v1('PUT', `customers/${one.contactid}`, { email: other.email })).status).toBe(500)
    const { body } = await desk.v1('PUT', `customers/${one.contactid}`, { email: one.email.toUpperCase() })
    expect(body).toMatchObject({ status: 'OK', statuscode: 0, email: one.email.toUpperCase() })
  })

  test('changes what is given and leaves the rest', async () => {
    const before = await aCustomer({
      gender: 'F',
      phone: '1',
      note: 'Old',
      customfields: '[{"code":"a","value":"1"},{"code":"b","value":"2"}]',
      uniquefields: '[{"code":"vat","value":"DE1"}]',
    })
    const { body } = await desk.v1('PUT', `customers/${before.email}`, {
      name: 'Ada Lovelace',
      phone: '22',
      customfields: '[{"code":"b","value":"3"}]',
    })
    expect(body).toEqual({
      ...before,
      status: 'OK',
      statuscode: 0,
      firstname: 'Ada',
      lastname: 'Lovelace',
      systemname: 'Ada Lovelace',
      phones: ['22'],
      customfields: [
        { code: 'a', value: '1' },
        { code: 'b', value: '3' },
      ],
    })
    expect((await desk.v1('GET', 'customers', { lastname: 'lovel' })).body.customers).toHaveLength(1)
    expect(await eventsAbout(before.contactid)).toEqual(['customer.added', 'customer.changed'])
  })

  test('another password ends sign-ins and tokens; a visitor again has none', async () => {
    const { contactid, userid, authtoken } = await aCustomer({ password: 'first one' })
    await desk.v1('PUT', `customers/${contactid}`, { password: 'second one' })
    let row = await rowOf(contactid)
    expect(await verifyPassword(row.password_hash, 'second one')).toBe(true)
    expect(isGenuine(desk.app.installation.secret, authtoken, userid, row.auth_epoch)).toBe(false)
    await desk.v1('PUT', `customers/${contactid}`, { role: 'V' })
    row = await rowOf(contactid)
    expect(row).toMatchObject({ role: 'V', password_hash: null })
  })

  test('a deleted customer is gone from everywhere, and the address can be used again', async () => {
    const before = await aCustomer({ uniquefields: '[{"code":"gone","value":"1"}]' })
    await desk.v1('POST', `customers/${before.email}/groups`, { name: 'Leavers' })
    expect((await desk.v1('DELETE', `customers/${before.email}`)).body).toEqual({ status: 'OK', statuscode: 0 })
    for (const identifier of [before.email, before.contactid, before.userid])
      expect((await desk.v1('GET', `customers/${identifier}`)).status).toBe(404)
    expect((await desk.v1('GET', 'customers', { email: before.email })).body.customers).toEqual([])
    const after = await aCustomer({ email: before.email, uniquefields: '[{"code":"gone","value":"1"}]' })
    expect(after.contactid).not.toBe(before.contactid)
    expect((await desk.v1('GET', `customers/${before.email}/groups`)).body.groups).toEqual([])
  })

  test('his conversations stay when a customer is deleted', async () => {
    const { email } = await aCustomer()
    const { conversationid } = await aConversation(desk, { useridentifier: email })
    await desk.v1('DELETE', `customers/${email}`)
    const { body } = await desk.v1('GET', `conversations/${conversationid}`)
    expect(body).toMatchObject({ owneremail: email, ownername: 'Jo Doe' })
  })
})

describe('fields of a customer', () => {
  const fieldsOf = async (email: string) => (await desk.v1('GET', `customers/${email}/fields`)).body.customfields

  test('POST adds, codes may repeat, DELETE takes one code, DELETE without a code takes all', async () => {
    const { email } = await aCustomer()
    expect((await desk.v1('POST', `customers/${email}/fields`)).body.errormessage).toContain("'customfields'")
    await desk.v1('POST', `customers/${email}/fields`, { customfields: '[{"code":"a","value":"1"}]' })
    await desk.v1('POST', `customers/${email}/fields`, {
      customfields: '[{"code":"a","value":"1"},{"code":"b","value":"2"},{"code":"%","value":"3"}]',
    })
    expect(await fieldsOf(email)).toEqual([
      { code: 'a', value: '1' },
      { code: 'a', value: '1' },
      { code: 'b', value: '2' },
      { code: '%', value: '3' },
    ])
    await desk.v1('DELETE', `customers/${email}/fields`, { code: 'a' })
    expect(await fieldsOf(email)).toHaveLength(2)
    await desk.v1('DELETE', `customers/${email}/fields`, { code: 'unknown' })
    expect(await fieldsOf(email)).toHaveLength(2)
    expect((await desk.v1('DELETE', `customers/${email}/fields`)).body).toEqual({ status: 'OK', statuscode: 0 })
    expect(await fieldsOf(email)).toEqual([])
    expect((await desk.v1('GET', `customers/${email}`)).body.customfields).toEqual([])
  })

  test('values added at the same time are all kept', async () => {
    const { email } = await aCustomer()
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        desk.v1('POST', `customers/${email}/fields`, { customfields: `[{"code":"n","value":"${n}"}]` }),
      ),
    )
    expect(await fieldsOf(email)).toHaveLength(10)
  })

  test('there can be 200 values and no more', async () => {
    const { email } = await aCustomer()
    const many = JSON.stringify(Array.from({ length: 200 }, (_, n) => ({ code: 'n', value: String(n) })))
    expect((await desk.v1('POST', `customers/${email}/fields`, { customfields: many })).status).toBe(200)
    const reply = await desk.v1('POST', `customers/${email}/fields`, { customfields: '[{"code":"n","value":"x"}]' })
    expect(reply.body.errormessage).toContain("'customfields'")
    expect(await fieldsOf(email)).toHaveLength(200)
  })

  test('a definition says which values are good, and old values do not stand in the way of new ones', async () => {
    const { email } = await aCustomer({ customfields: '[{"code":"size","value":"huge"}]' })
    await desk.v3('POST', 'fields', { code: 'size', name: 'Size', entity: 'customer', type: 'number' })
    const wrong = await desk.v1('POST', `customers/${email}/fields`, { customfields: '[{"code":"size","value":"x"}]' })
    expect(wrong.status).toBe(500)
    expect(wrong.body.errormessage).toContain("'customfields'")
    const changed = await desk.v1('PUT', `customers/${email}`, { customfields: '[{"code":"plan","value":"gold"}]' })
    expect(changed.body.customfields).toEqual([
      { code: 'size', value: 'huge' },
      { code: 'plan', value: 'gold' },
    ])
  })
})

describe('groups of a customer', () => {
  test('an unknown group is created, twice is once, and leaving one that he is not in is an error', async () => {
    const { email } = await aCustomer()
    const path = `customers/${email}/groups`
    expect((await desk.v1('POST', path)).body.errormessage).toContain("'name'")
    expect((await desk.v1('POST', path, { name: '   ' })).body.errormessage).toContain("'name'")
    expect((await desk.v1('DELETE', path, { name: 'Nobodies' })).status).toBe(404)
    const name = `Prémium ${newId()}`
    expect((await desk.v1('POST', path, { name })).body).toEqual({ status: 'OK', statuscode: 0 })
    await desk.v1('POST', path, { name: name.toUpperCase() })
    const { groups } = (await desk.v1('GET', path)).body
    expect(groups).toEqual([{ groupid: expect.stringMatching(/^[0-9a-z]{8}$/), groupname: name }])
    expect((await desk.v1('GET', `customersgroups/${groups[0].groupid}`)).body.name).toBe(name)
    expect((await desk.v1('DELETE', path, { name })).status).toBe(200)
    expect((await desk.v1('DELETE', path, { name })).status).toBe(404)
    expect((await desk.v1('GET', path)).body.groups).toEqual([])
  })

  test('XML names the items by their list', async () => {
    const { email } = await aCustomer({ phone: '1', customfields: '[{"code":"a","value":"1"}]' })
    const { text } = await desk.v1('GET', `customers/${email}.xml`)
    expect(text).toContain('<customfield>')
    expect(text).toContain('<phone>1</phone>')
    expect(text).toContain('<uniquefields/>')
  })
})
