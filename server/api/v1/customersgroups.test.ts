import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const aGroup = async (name: string): Promise<string> => (await desk.v1('POST', 'customersgroups', { name })).body.id

describe('customers groups on API v1', () => {
  test('without a key nothing is told', async () => {
    expect((await desk.v1('GET', 'customersgroups', {}, { key: null })).status).toBe(400)
  })

  test.each([
    ['name', {}],
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(256) }],
    ['name', { name: 'nul\0' }],
    ['color', { name: 'Odd', color: 'reddish' }],
    ['bg_color', { name: 'Odd', bg_color: '12345' }],
  ])('a wrong %s is refused by name and stores nothing', async (parameter, params) => {
    const reply = await desk.v1('POST', 'customersgroups', params)
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain(`'${parameter}'`)
    expect((await desk.v1('GET', 'customersgroups')).body.groups).toEqual([])
  })

  test('an unknown group is an error for every call', async () => {
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await desk.v1(method, 'customersgroups/nothere0', { name: 'Any' })).status).toBe(404)
  })

  test('a group is created, read, changed and deleted', async () => {
    const created = await desk.v1('POST', 'customersgroups', { name: 'VIP', color: 'ffffff', bg_color: '#0000FF' })
    const { id } = created.body
    const stored = { id, name: 'VIP', color: 'FFFFFF', bg_color: '0000FF' }
    expect(created.body).toEqual({ status: 'OK', statuscode: 0, ...stored })
    expect((await desk.v1('GET', `customersgroups/${id}`)).body).toEqual(stored)
    expect((await desk.v1('PUT', `customersgroups/${id}`, { color: '112233' })).body).toEqual({
      status: 'OK',
      statuscode: 0,
    })
    expect((await desk.v1('GET', `customersgroups/${id}`)).body).toEqual({ ...stored, color: '112233' })
    expect((await desk.v1('GET', 'customersgroups')).body.groups).toEqual([{ id, name: 'VIP' }])
    expect((await desk.v1('DELETE', `customersgroups/${id}`)).status).toBe(200)
    expect((await desk.v1('GET', `customersgroups/${id}`)).status).toBe(404)
  })

  test('a second group of the same name, in any case and composition, is refused', async () => {
    const id = await aGroup('Café')
    expect((await desk.v1('POST', 'customersgroups', { name: ' CAFE\u0301 ' })).status).toBe(500)
    const other = await aGroup('Bar')
    expect((await desk.v1('PUT', `customersgroups/${other}`, { name: 'café' })).status).toBe(500)
    expect((await desk.v1('PUT', `customersgroups/${id}`, { name: 'CAFÉ' })).status).toBe(200)
  })

  test('a deleted group leaves its members at once, and its rows with the next jobs', async () => {
    const id = await aGroup('Passing')
    const { contactid } = (await desk.v1('POST', 'customers', { email: 'member@example.com' })).body
    await desk.v1('POST', `customers/${contactid}/groups`, { name: 'passing' })
    const company = (await desk.v3('POST', 'companies', { name: 'Member Ltd', groups: [id] })).body
    expect(company.groups).toEqual([{ groupid: id, groupname: 'Passing' }])
    await desk.v1('DELETE', `customersgroups/${id}`)
    expect((await desk.v1('GET', `customers/${contactid}/groups`)).body.groups).toEqual([])
    expect((await desk.v1('GET', `companies/${company.id}`)).body.groups).toEqual([])
    await desk.drain()
    expect(await desk.app.database.reader.selectFrom('group_members').selectAll().execute()).toEqual([])
  })
})
