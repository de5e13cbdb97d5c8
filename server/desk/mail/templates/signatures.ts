// Signatures: of an agent, of an agent in one department, of a department, of everybody.
import type { Selectable } from 'kysely'
import { prepared } from '../../../db/prepared.ts'
import type { Reader, Tx } from '../../../db/write.ts'
import { recordEvent } from '../../../events/record.ts'
import { NotAllowed } from '../../../lib/errors.ts'
import { type Actor, mayAdminister, visibleDepartments } from '../../actor.ts'
import { getAgent } from '../../agents/agents.ts'
import { getDepartment } from '../../departments/departments.ts'
import type { SignatureRow } from '../tables.ts'
import { assertTemplate } from './check.ts'

export type Signature = Selectable<SignatureRow>

export interface SignaturePlace {
  /** Empty: every department. */
  departmentId: string
  /** Empty: every agent. */
  agentId: string
}

const isOwn = (actor: Actor, agentId: string): boolean => actor.kind === 'agent' && actor.agentId === agentId

/** What the actor may see: administrators all, agents their own and those of their departments. */
export async function listSignatures(db: Reader, actor: Actor): Promise<Signature[]> {
  const rows = await db.selectFrom('signatures').selectAll().orderBy('department_id').orderBy('agent_id').execute()
  const departments = visibleDepartments(actor)
  if (!departments) return rows
  return rows.filter(
    ({ agent_id, department_id }) =>
      isOwn(actor, agent_id) || (agent_id === '' && (department_id === '' || departments.includes(department_id))),
  )
}

/** Sets a signature; an empty one is removed. `html` is sanitised. */
export async function setSignature(
  tx: Tx,
  actor: Actor,
  { departmentId, agentId }: SignaturePlace,
  html: string,
): Promise<void> {
  if (!mayAdminister(actor) && !isOwn(actor, agentId))
    throw new NotAllowed(
      'Agents may set their own signature; those of others and of departments are for administrators.',
    )
  if (departmentId !== '') await getDepartment(tx, departmentId)
  if (agentId !== '') await getAgent(tx, agentId)
  assertTemplate('signature', 'html', html)
  if (html.trim() === '') {
    const row = tx.deleteFrom('signatures').where('department_id', '=', departmentId)
    await row.where('agent_id', '=', agentId).execute()
  } else {
    const values = { department_id: departmentId, agent_id: agentId, html, changed_at: Date.now() }
    await tx
      .insertInto('signatures')
      .values(values)
      .onConflict((conflict) => conflict.columns(['department_id', 'agent_id']).doUpdateSet(values))
      .execute()
  }
  recordEvent(tx, { type: 'signature.changed', data: { departmentid: departmentId, userid: agentId } })
}

const fitting = prepared((db, departmentId: string, agentId: string) =>
  db
    .selectFrom('signatures')
    .selectAll()
    .where('department_id', 'in', [departmentId, ''])
    .where('agent_id', 'in', [agentId, '']),
)

/** The signature under what an agent writes in a department: his own before the department's. */
export async function findSignature(db: Reader, { departmentId, agentId }: SignaturePlace): Promise<string> {
  const rank = (row: Signature): number => (row.agent_id === '' ? 2 : 0) + (row.department_id === '' ? 1 : 0)
  const [best] = (await fitting(db, departmentId, agentId)).sort((a, b) => rank(a) - rank(b))
  return best?.html ?? ''
}
