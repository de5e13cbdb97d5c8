// Telephone calls for tests: agents who are online for them, and what a call has left behind.

import type { Reply, TestDesk } from './desk.ts'
import { anAgent } from './people.ts'

/** An agent who takes calls in his departments. */
export async function aCallAgent(desk: TestDesk, fields: { departments?: string[]; role?: string } = {}) {
  const agent = await anAgent(desk, fields)
  await goOnline(desk, agent.userid, fields.departments)
  return agent
}

export async function goOnline(desk: TestDesk, userid: string, departments: readonly string[] = ['default']) {
  const presets = departments.map((departmentid) => ({ departmentid, services: 'P' }))
  await must(desk.v3('PUT', `agents/${userid}/presets`, { presets }))
  await must(desk.v3('POST', 'presence', { agent: userid, seconds: 43_200 }))
}

export const goOffline = (desk: TestDesk, userid: string) => must(desk.v3('DELETE', `presence?agent=${userid}`))

async function must(reply: Promise<Reply>): Promise<Reply> {
  const { status, text } = await reply
  if (status !== 200) throw new Error(text)
  return reply
}

/** Somebody calls; the number is his own. */
export async function aCall(desk: TestDesk, fields: Record<string, unknown> = {}) {
  const number = `+1 555 ${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`
  return (await must(desk.v3('POST', 'calls', { direction: 'incoming', caller: number, ...fields }))).body
}

/** Facts of a conversation, `kind agent seconds`, in the order in which they were written. */
export async function factsOf(desk: TestDesk, conversationId: string, names: Record<string, string> = {}) {
  const rows = await desk.app.database.reader
    .selectFrom('facts')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('seq')
    .execute()
  return rows.map(({ kind, agent_id, seconds }) =>
    [kind, agent_id === null ? '' : (names[agent_id] ?? agent_id), seconds ?? ''].join(' ').trim(),
  )
}

/** The load of calls now, from all its steps: `department agent: count`, without zeros. */
export async function callLoad(desk: TestDesk): Promise<Record<string, number>> {
  const rows = await desk.app.database.reader
    .selectFrom('load_changes')
    .select(['department_id', 'agent_id', 'delta'])
    .where('service', '=', 'calls')
    .execute()
  const sums: Record<string, number> = {}
  for (const { department_id, agent_id, delta } of rows) {
    const place = `${department_id} ${agent_id || 'waits'}`
    sums[place] = (sums[place] ?? 0) + delta
  }
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0))
}
