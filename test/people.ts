// Builders: people and things that tests need, made through the API as anybody would.
import { newId } from '../server/lib/ids.ts'
import type { TestDesk } from './desk.ts'

/** An agent in the given departments (`default` unless said otherwise), with the password `agent-password`. */
export async function anAgent(
  desk: TestDesk,
  fields: { role?: string; departments?: string[]; email?: string } = {},
): Promise<{ userid: string; email: string }> {
  const { body, text, status } = await desk.v3('POST', 'agents', {
    email: fields.email ?? `agent-${newId()}@desk.test`,
    firstname: 'Ada',
    lastname: 'Agent',
    role: fields.role ?? 'A',
    gender: 'F',
    password: 'agent-password',
    departments: fields.departments ?? ['default'],
  })
  if (status !== 200) throw new Error(text)
  return body
}

export interface OpenedConversation {
  conversationid: string
  code: string
  publicurlcode: string
}

/** A conversation opened by a customer. */
export async function aConversation(desk: TestDesk, fields: Record<string, string> = {}): Promise<OpenedConversation> {
  const { body, text, status } = await desk.v1('POST', 'conversations', {
    message: 'My printer is on fire.',
    useridentifier: `customer-${newId()}@example.com`,
    department: 'default',
    subject: 'Printer',
    recipient: 'support@desk.test',
    ...fields,
  })
  if (status !== 200) throw new Error(text)
  return body
}
