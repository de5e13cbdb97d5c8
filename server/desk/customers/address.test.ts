import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'

let desk: TestDesk
let agent: SignedIn
let outsider: SignedIn
let hidden: string
beforeAll(async () => {
  desk = await newDesk()
  const { body } = await desk.v3('POST', 'departments', { name: 'Hidden' })
  hidden = body.departmentid
  agent = await signIn(desk, (await anAgent(desk)).email)
  outsider = await signIn(desk, (await anAgent(desk, { departments: [] })).email)
})
afterAll(() => desk.close())

let count = 0
async function customerWith(...departments: string[]): Promise<string> {
  const email = `c${++count}@example.com`
  const { body } = await desk.v3('POST', 'customers', { email })
  for (const department of departments) await aConversation(desk, { useridentifier: email, department })
  return body.contactid
}

test('an agent cannot make himself a customer who has conversations that are hidden from him', async () => {
  const id = await customerWith('default', hidden)
  expect((await agent.v3('PATCH', `customers/${id}`, { email: 'mine@desk.test' })).status).toBe(403)
  expect((await agent.v3('PATCH', `customers/${id}`, { email: null })).status).toBe(403)
  expect((await agent.v1('PUT', `customers/${id}`, { email: 'mine@desk.test' })).status).toBe(401)
  expect((await outsider.v3('PATCH', `customers/${id}`, { email: 'mine@desk.test' })).status).toBe(403)
  expect((await desk.v3('GET', `customers/${id}`)).body.email).toBe(`c${count}@example.com`)
})

test('what else is changed, and the same address in other letters, is his to change', async () => {
  const id = await customerWith(hidden)
  expect(
    (await agent.v3('PATCH', `customers/${id}`, { email: `C${count}@Example.com`, firstname: 'Carla' })).status,
  ).toBe(200)
})

test('the address of a customer whose conversations he sees all is, too; administrators and keys change any', async () => {
  const id = await customerWith('default')
  expect((await agent.v3('PATCH', `customers/${id}`, { email: 'new1@example.com' })).status).toBe(200)
  const other = await customerWith(hidden)
  expect((await desk.v3('PATCH', `customers/${other}`, { email: 'new2@example.com' })).status).toBe(200)
})
