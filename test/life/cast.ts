// A desk on which nothing has happened yet, with people and promises on it.
import { vi } from 'vitest'
import type { Tables } from '../../server/db/schema.ts'
import { systemActor } from '../../server/desk/actor.ts'
import { addAgent } from '../../server/desk/agents/agents.ts'
import { setPresets } from '../../server/desk/agents/presets.ts'
import { addVisitor } from '../../server/desk/chats/visitors.ts'
import { findOrAddCustomer } from '../../server/desk/customers/customers.ts'
import { addDepartment } from '../../server/desk/departments/departments.ts'
import { stayOnline } from '../../server/desk/presence/connections.ts'
import { addLevel } from '../../server/desk/sla/levels.ts'
import { addRule } from '../../server/desk/sla/rules.ts'
import { addTag } from '../../server/desk/tags/tags.ts'
import type { TestDesk } from '../desk.ts'
import { termsOf } from './changes.ts'
import { Life } from './life.ts'
import { PresenceNotes } from './presence.ts'

/** Everything but the owner, the first department and settings. What points to others comes before them. */
const EMPTIED: readonly (keyof Tables)[] = [
  ...([
    'facts',
    'rollups',
    'load_changes',
    'load_stays',
    'load_courses',
    'load_sums',
    'sla_clocks',
    'sla_rollups',
  ] as const),
  ...(['online_days', 'online_stretches', 'presence_connections', 'agent_turns', 'offers', 'calls', 'chats'] as const),
  ...(['visitors', 'ratings', 'conversation_tags', 'conversation_moves', 'conversation_links', 'messages'] as const),
  ...(['message_groups', 'conversations', 'department_counts', 'sla_rules', 'sla_levels', 'tags'] as const),
  ...(['department_agents', 'customer_phones', 'customers', 'jobs', 'events', 'outbox'] as const),
]

async function empty(desk: TestDesk): Promise<void> {
  await desk.app.database.write(async (tx) => {
    for (const table of EMPTIED) await tx.deleteFrom(table).execute()
    await tx.deleteFrom('agents').where('email', 'like', '%@life.test').execute()
    await tx.deleteFrom('departments').where('id', '<>', 'default').execute()
    await tx.updateTable('rollup_positions').set({ seq: 0 }).execute()
  })
}

const SHIFT_MS = 12 * 3_600_000
const ROLES = ['D', 'A', 'A', 'A']
/** In which of the departments each of them works. */
const WORKS = [[0, 1, 2], [0, 1], [0, 1, 2], [2]]

export async function newLife(desk: TestDesk, start: number, zone: string): Promise<Life> {
  vi.setSystemTime(start)
  await empty(desk)
  const life = new Life(desk, start)
  life.zone = zone
  const { status, text } = await desk.v3('PATCH', 'settings', { timezone: zone })
  if (status !== 200) throw new Error(text)
  await desk.app.database.write(async (tx) => {
    life.departments = [{ id: 'default', isDeleted: false }]
    for (const name of ['Sales', 'Elsewhere'])
      life.departments.push({ id: (await addDepartment(tx, systemActor, { name })).id, isDeleted: false })
    for (const name of ['one', 'two', 'three'])
      life.tags.push({ id: (await addTag(tx, { name })).id, isDeleted: false })
    for (const [n, role] of ROLES.entries()) {
      const email = `agent${n}@life.test`
      const departments = (WORKS[n] ?? []).flatMap((index) => life.departments[index]?.id ?? [])
      const draft = { email, firstname: `A${n}`, lastname: 'Agent', role, departmentIds: departments }
      const { id } = await addAgent(tx, systemActor, draft)
      const presets = departments.map((departmentId) => ({ departmentId, services: 'MPRT' }))
      await setPresets(tx, systemActor, id, presets)
      const presence = new PresenceNotes()
      presence.presets = new Map(departments.map((department) => [department, 'MPRT']))
      await stayOnline(tx, id, SHIFT_MS / 1_000, start)
      presence.change(start, () =>
        presence.connections.set('call', { kind: 'call', seen: start, expires: start + SHIFT_MS }),
      )
      life.agents.push({ id, email, role, departments, presence, isDeleted: false })
    }
    for (const name of ['anna', 'carl']) {
      const { id, user_id } = await findOrAddCustomer(tx, `${name}@example.com`)
      life.customers.push({ id, user_id, email: `${name}@example.com` })
    }
    for (let n = 0; n < 3; n++) life.visitors.push((await addVisitor(tx, {}, start)).visitor.id)
    for (const [n, name] of ['Gold', 'Silver', 'Bronze'].entries()) {
      const terms = termsOf(n * 5 + 3)
      const { id } = await addLevel(tx, systemActor, { name, ...terms })
      life.levels.set(id, terms)
      const conditions = [{ tags: [life.tags[0]?.id ?? ''] }, { departments: [life.departments[1]?.id ?? ''] }, {}][n]
      life.rules.push(
        (await addRule(tx, systemActor, { level_id: id, position: n, ...(conditions && { conditions }) })).id,
      )
    }
  })
  return life
}
