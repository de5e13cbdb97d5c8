// Agents: the people who answer.
import type { Selectable } from 'kysely'
import { lockForChange } from '../../db/differences.ts'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { enqueue } from '../../jobs/queue.ts'
import { emailKey, isEmail } from '../../lib/email.ts'
import { Conflict, Invalid, NotAllowed, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import { removePresence } from '../presence/stretches.ts'
import { setDepartmentsOf } from './membership.ts'
import type { AgentRow } from './tables.ts'

export type Agent = Selectable<AgentRow>

const live = (db: Reader) => db.selectFrom('agents').selectAll().where('deleted_at', 'is', null)

const byEmail = prepared((db, key: string) => live(db).where('email_key', '=', key))
const byId = prepared((db, id: string) => live(db).where('id', '=', id))
const byContact = prepared((db, id: string) => live(db).where('contact_id', '=', id))

/** An agent by email, userid or contactid; undefined if there is none or he was deleted. */
export async function findAgent(db: Reader, identifier: string): Promise<Agent | undefined> {
  if (identifier.includes('@')) return (await byEmail(db, emailKey(identifier)))[0]
  return (await byId(db, identifier))[0] ?? (await byContact(db, identifier))[0]
}

export async function getAgent(db: Reader, identifier: string): Promise<Agent> {
  const agent = await findAgent(db, identifier)
  if (!agent) throw new NotFound(`Agent '${identifier}' not found`)
  return agent
}

/** Nobody else changes the agent before this transaction ends: an old row written back could restore an old password. */
async function getAgentForChange(tx: Tx, identifier: string): Promise<Agent> {
  const { id } = await getAgent(tx, identifier)
  const query = tx.selectFrom('agents').selectAll().where('id', '=', id).where('deleted_at', 'is', null)
  const agent = await lockForChange(tx, query).executeTakeFirst()
  if (!agent) throw new NotFound(`Agent '${identifier}' not found`)
  return agent
}

/** Agents by id, optionally only those whose name or e-mail contains `search`. A desk has tens of them, at most thousands. */
export async function listAgents(db: Reader, search?: string): Promise<Agent[]> {
  const rows = await db.selectFrom('agents').selectAll().where('deleted_at', 'is', null).orderBy('id').execute()
  if (!search) return rows
  const needle = search.toLowerCase()
  return rows.filter((agent) => `${agent.firstname} ${agent.lastname} ${agent.email}`.toLowerCase().includes(needle))
}

export const listDepartmentsOf = async (db: Reader, agentId: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('department_agents')
    .select('department_id')
    .where('agent_id', '=', agentId)
    .orderBy('department_id')
    .execute()
  return rows.map((row) => row.department_id)
}

/** The agents of a department with the services each has set for it. */
export const listAgentsIn = (db: Reader, departmentId: string) =>
  db
    .selectFrom('department_agents')
    .innerJoin('agents', 'agents.id', 'department_agents.agent_id')
    .select(['agents.id', 'agents.firstname', 'agents.lastname', 'agents.email', 'department_agents.preset_status'])
    .where('department_agents.department_id', '=', departmentId)
    .where('agents.deleted_at', 'is', null)
    .orderBy('agents.id')
    .execute()

export interface AgentDraft {
  email: string
  firstname: string
  lastname: string
  /** `O`, `D` or `A`. */
  role: string
  gender?: string | null | undefined
  avatarUrl?: string | undefined
  /** From lib/password.ts: hashing is too slow for a transaction. */
  passwordHash?: string | null | undefined
  departmentIds?: readonly string[] | undefined
}

export async function addAgent(tx: Tx, actor: Actor, draft: AgentDraft): Promise<Agent> {
  assertMayAdminister(actor)
  if (draft.role === 'O') assertOwner(actor)
  await assertEmailFree(tx, draft.email)
  const now = Date.now()
  const row: Agent = {
    id: newId(),
    contact_id: newId(),
    email: draft.email.trim(),
    email_key: emailKey(draft.email),
    firstname: draft.firstname,
    lastname: draft.lastname,
    system_name: `${draft.firstname} ${draft.lastname}`.trim() || draft.email,
    role: draft.role,
    gender: draft.gender ?? null,
    avatar_url: draft.avatarUrl ?? '',
    password_hash: draft.passwordHash ?? null,
    auth_epoch: 1,
    created_at: now,
    changed_at: now,
    deleted_at: null,
  }
  await tx.insertInto('agents').values(row).execute()
  await setDepartmentsOf(tx, row.id, draft.departmentIds ?? [])
  recordEvent(tx, { type: 'agent.added', data: { userid: row.id } })
  return row
}

/**
 * Changes what the patch names. Agents may change their own name, gender, picture and password; the rest is for
 * administrators. A new password ends every sign-in and every auth token given out before.
 */
export async function changeAgent(tx: Tx, actor: Actor, id: string, patch: Partial<AgentDraft>): Promise<Agent> {
  const before = await getAgentForChange(tx, id)
  const isSelf = actor.kind === 'agent' && actor.agentId === before.id
  // The e-mail is whom mails go to and who may sign in: a plain agent could make himself somebody else.
  const isPrivileged = patch.role !== undefined || patch.departmentIds !== undefined || patch.email !== undefined
  if (!isSelf || isPrivileged) assertMayAdminister(actor)
  if (before.role === 'O' || patch.role === 'O') assertOwner(actor)
  if (before.role === 'O' && patch.role !== undefined && patch.role !== 'O') await assertAnotherOwner(tx, before.id)
  if (patch.email !== undefined && emailKey(patch.email) !== before.email_key) await assertEmailFree(tx, patch.email)
  const firstname = patch.firstname ?? before.firstname
  const lastname = patch.lastname ?? before.lastname
  const email = patch.email?.trim() ?? before.email
  const row: Agent = {
    ...before,
    email,
    email_key: emailKey(email),
    firstname,
    lastname,
    system_name: `${firstname} ${lastname}`.trim() || email,
    role: patch.role ?? before.role,
    gender: patch.gender === undefined ? before.gender : patch.gender,
    avatar_url: patch.avatarUrl ?? before.avatar_url,
    password_hash: patch.passwordHash ?? before.password_hash,
    auth_epoch: patch.passwordHash ? before.auth_epoch + 1 : before.auth_epoch,
    changed_at: Date.now(),
  }
  await tx.updateTable('agents').set(row).where('id', '=', before.id).execute()
  if (patch.passwordHash) await tx.deleteFrom('sessions').where('user_id', '=', before.id).execute()
  if (patch.departmentIds) await setDepartmentsOf(tx, before.id, patch.departmentIds)
  recordEvent(tx, { type: 'agent.changed', data: { userid: before.id } })
  return row
}

/** Deletes an agent: he can no longer sign in; a job unassigns his open conversations; history still names him. */
export async function removeAgent(tx: Tx, actor: Actor, id: string): Promise<void> {
  assertMayAdminister(actor)
  const agent = await getAgentForChange(tx, id)
  if (agent.role === 'O') {
    assertOwner(actor)
    await assertAnotherOwner(tx, agent.id)
  }
  const now = Date.now()
  await tx
    .updateTable('agents')
    .set({ deleted_at: now, changed_at: now, auth_epoch: agent.auth_epoch + 1 })
    .where('id', '=', agent.id)
    .execute()
  await tx.deleteFrom('sessions').where('user_id', '=', agent.id).execute()
  await tx.deleteFrom('department_agents').where('agent_id', '=', agent.id).execute()
  await removePresence(tx, agent.id)
  await enqueue(tx, 'release-conversations', { agentId: agent.id })
  recordEvent(tx, { type: 'agent.removed', data: { userid: agent.id } })
}

async function assertEmailFree(db: Reader, email: string): Promise<void> {
  if (!isEmail(email.trim())) throw new Invalid('email', 'must be an e-mail address')
  if (await findAgent(db, email)) throw new Conflict(`An agent with the e-mail '${email}' exists already.`)
}

/** Locks every owner: two owners who demote each other at the same time must not both succeed. */
async function assertAnotherOwner(tx: Tx, exceptId: string): Promise<void> {
  const owners = tx.selectFrom('agents').select('id').where('role', '=', 'O').where('deleted_at', 'is', null)
  const rows = await lockForChange(tx, owners.orderBy('id')).execute()
  if (!rows.some(({ id }) => id !== exceptId))
    throw new Conflict('There must always be an owner: make somebody else owner first.')
}

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage agents.')
}

/** An administrator could otherwise take over the account by setting the owner's password. */
function assertOwner(actor: Actor): void {
  if (actor.kind === 'agent' && actor.role !== 'O')
    throw new NotAllowed('Only an owner may change or appoint an owner.')
}
