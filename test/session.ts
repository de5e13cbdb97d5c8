// Signed-in agents: calls that carry a session cookie and no API key.
import type { CallOptions, Reply, TestDesk } from './desk.ts'

export interface SignedIn {
  /** What the browser would send. */
  cookie: string
  v1(method: string, path: string, params?: Record<string, unknown>): Promise<Reply>
  v3(method: string, path: string, body?: unknown): Promise<Reply>
}

/** Signs an agent in; agents from people.ts have the password `agent-password`. */
export async function signIn(desk: TestDesk, email: string, password = 'agent-password'): Promise<SignedIn> {
  const reply = await desk.v3('POST', 'session', { email, password }, { key: null })
  if (reply.status !== 200) throw new Error(reply.text)
  return withCookie(desk, cookieOf(reply))
}

/** The `name=value` that a reply sets. */
export const cookieOf = (reply: Reply): string => String(reply.headers['set-cookie']).split(';', 1)[0] ?? ''

export function withCookie(desk: TestDesk, cookie: string): SignedIn {
  const options: CallOptions = { key: null, headers: { cookie } }
  return {
    cookie,
    v1: (method, path, params) => desk.v1(method, path, params, options),
    v3: (method, path, body) => desk.v3(method, path, body, options),
  }
}
