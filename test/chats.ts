// People who chat: visitors with their tokens, and agents who are online for chats.
import type { Reply, TestDesk } from './desk.ts'
import { anAgent } from './people.ts'
import { type SignedIn, signIn } from './session.ts'

/** Calls of a widget; without a token, of anybody. */
export async function callWidget(
  desk: TestDesk,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<Reply> {
  const reply = await desk.app.http.inject({
    method: method as 'GET',
    url: `/api/widget/${path}`,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  })
  const json: unknown = reply.body.startsWith('{') ? JSON.parse(reply.body) : undefined
  return { status: reply.statusCode, text: reply.body, body: json, headers: reply.headers }
}

export interface AVisitor {
  id: string
  token: string
  call(method: string, path: string, body?: unknown): Promise<Reply>
}

export async function aVisitor(desk: TestDesk, draft: Record<string, string> = {}): Promise<AVisitor> {
  const { body, status, text } = await callWidget(desk, 'POST', 'visitors', draft)
  if (status !== 200) throw new Error(text)
  return {
    id: body.visitorid,
    token: body.token,
    call: (method, path, sent) => callWidget(desk, method, path, sent, body.token),
  }
}

/** A visitor who has asked for a chat. */
export async function aChat(
  desk: TestDesk,
  draft: Record<string, unknown> = {},
): Promise<{ visitor: AVisitor; id: string; state: string }> {
  const visitor = await aVisitor(desk, { page: 'https://shop.example/prices' })
  const { body, status, text } = await visitor.call('POST', 'chats', { message: 'Do you ship to Oslo?', ...draft })
  if (status !== 200) throw new Error(text)
  return { visitor, id: body.chatid, state: body.state }
}

export interface Chatter extends SignedIn {
  userid: string
  email: string
}

/** An agent who takes chats in his departments, and is online. */
export async function aChatter(desk: TestDesk, departments: string[] = ['default'], role = 'A'): Promise<Chatter> {
  const { userid, email } = await anAgent(desk, { departments, role })
  const session = await signIn(desk, email)
  await goOnline(desk, userid, departments)
  return { ...session, userid, email }
}

export async function goOnline(desk: TestDesk, userid: string, departments: string[] = ['default']): Promise<void> {
  const presets = departments.map((departmentid) => ({ departmentid, services: 'T' }))
  await expectOk(desk.v3('PUT', `agents/${userid}/presets`, { presets }))
  await expectOk(desk.v3('POST', 'presence', { agent: userid, seconds: 3_600 }))
  await desk.drain()
}

export async function goOffline(desk: TestDesk, userid: string): Promise<void> {
  await expectOk(desk.v3('DELETE', `presence?agent=${userid}`))
  await desk.drain()
}

async function expectOk(replying: Promise<Reply>): Promise<Reply> {
  const reply = await replying
  if (reply.status !== 200) throw new Error(reply.text)
  return reply
}

/** A department of its own, so that tests of one file do not give each other their chats. */
export async function aDepartment(desk: TestDesk, routing: Record<string, unknown> = {}): Promise<string> {
  const { body } = await expectOk(desk.v3('POST', 'departments', { name: `Department ${Math.random()}` }))
  if (Object.keys(routing).length > 0)
    await expectOk(desk.v3('PATCH', `departments/${body.departmentid}/routing`, { chats: routing }))
  return body.departmentid
}
