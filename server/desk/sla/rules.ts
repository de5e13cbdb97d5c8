// SLA rules: which conversations get which level. They are tried in order, and the first that fits decides.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { lockForChange } from '../../db/differences.ts'
import { prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Invalid, NotAllowed, NotFound } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import { priorities } from '../../lib/priorities.ts'
import { type Actor, mayAdminister } from '../actor.ts'
import type { SlaRuleRow } from './tables.ts'

const anyOf = z.array(z.string().min(1).max(100)).min(1).max(200).optional()

/** All that are given must fit, each with any of its values. None: the rule fits every conversation. */
export const conditionsSchema = z.strictObject({
  departments: anyOf,
  /** Ids; one of them is on the conversation. */
  tags: anyOf,
  /** Ids of groups of the requester, or of his company. */
  groups: anyOf,
  companies: anyOf,
  /** Letters. */
  channels: anyOf,
  priorities: z.array(z.enum(priorities)).min(1).optional(),
})
export type Conditions = z.infer<typeof conditionsSchema>

export type Rule = Omit<Selectable<SlaRuleRow>, 'conditions'> & { conditions: Conditions }

const ruleOf = (row: Selectable<SlaRuleRow>): Rule => ({
  ...row,
  conditions: conditionsSchema.parse(JSON.parse(row.conditions)),
})

const inOrder = prepared((db) =>
  db.selectFrom('sla_rules').selectAll().orderBy('position').orderBy('created_at').orderBy('id'),
)

export const hasRules = async (db: Reader): Promise<boolean> => (await inOrder(db)).length > 0

export async function listRules(db: Reader, actor: Actor): Promise<Rule[]> {
  assertMayAdminister(actor)
  return (await inOrder(db)).map(ruleOf)
}

export async function getRule(db: Reader, actor: Actor, id: string): Promise<Rule> {
  assertMayAdminister(actor)
  const row = await db.selectFrom('sla_rules').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound(`SLA rule '${id}' not found`)
  return ruleOf(row)
}

export interface RuleDraft {
  level_id: string
  conditions?: Conditions | undefined
  position?: number | undefined
}

/** Adds a rule. Conversations that are there keep their level until something changes that rules look at. */
export async function addRule(tx: Tx, actor: Actor, { level_id, conditions = {}, position = 0 }: RuleDraft) {
  assertMayAdminister(actor)
  await assertLiveLevel(tx, level_id)
  await assertNamed(tx, conditions)
  const rule: Rule = { id: newId(), level_id, conditions, position, created_at: Date.now() }
  await tx
    .insertInto('sla_rules')
    .values({ ...rule, conditions: JSON.stringify(conditions) })
    .execute()
  recordEvent(tx, { type: 'slarule.added', data: { slaruleid: rule.id } })
  return rule
}

export async function changeRule(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: { [K in keyof RuleDraft]?: RuleDraft[K] | undefined },
): Promise<Rule> {
  assertMayAdminister(actor)
  await lockForChange(tx, tx.selectFrom('sla_rules').select('id').where('id', '=', id)).execute()
  const before = await getRule(tx, actor, id)
  if (patch.level_id !== undefined) await assertLiveLevel(tx, patch.level_id)
  if (patch.conditions) await assertNamed(tx, patch.conditions, before.conditions)
  const rule: Rule = {
    ...before,
    level_id: patch.level_id ?? before.level_id,
    conditions: patch.conditions ?? before.conditions,
    position: patch.position ?? before.position,
  }
  await tx
    .updateTable('sla_rules')
    .set({ ...rule, conditions: JSON.stringify(rule.conditions) })
    .where('id', '=', id)
    .execute()
  recordEvent(tx, { type: 'slarule.changed', data: { slaruleid: id } })
  return rule
}

export async function removeRule(tx: Tx, actor: Actor, id: string): Promise<void> {
  await getRule(tx, actor, id)
  await tx.deleteFrom('sla_rules').where('id', '=', id).execute()
  recordEvent(tx, { type: 'slarule.removed', data: { slaruleid: id } })
}

async function assertLiveLevel(tx: Tx, id: string): Promise<void> {
  const level = tx.selectFrom('sla_levels').select('id').where('id', '=', id).where('deleted_at', 'is', null)
  // Locked: a level that is deleted right now would keep a rule.
  if (!(await lockForChange(tx, level).executeTakeFirst()))
    throw new Invalid('slalevelid', `names no SLA level: '${id}'`)
}

/** What a rule names must be there: it would never fit otherwise, and nobody would notice. What it named before may be gone. */
async function assertNamed(tx: Tx, conditions: Conditions, before: Conditions = {}): Promise<void> {
  const among: Record<'departments' | 'tags' | 'groups' | 'companies', (ids: string[]) => Promise<{ id: string }[]>> = {
    departments: (ids) =>
      tx.selectFrom('departments').select('id').where('id', 'in', ids).where('deleted_at', 'is', null).execute(),
    tags: (ids) => tx.selectFrom('tags').select('id').where('id', 'in', ids).execute(),
    groups: (ids) => tx.selectFrom('customer_groups').select('id').where('id', 'in', ids).execute(),
    companies: (ids) =>
      tx.selectFrom('companies').select('id').where('id', 'in', ids).where('deleted_at', 'is', null).execute(),
  }
  for (const name of ['departments', 'tags', 'groups', 'companies'] as const) {
    const ids = conditions[name]?.filter((id) => !before[name]?.includes(id)) ?? []
    if (ids.length === 0) continue
    const found = new Set((await among[name](ids)).map(({ id }) => id))
    const missing = ids.find((id) => !found.has(id))
    if (missing !== undefined) throw new Invalid(`conditions.${name}`, `names nothing that is there: '${missing}'`)
  }
}

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage SLA rules.')
}

/** What rules look at. */
export interface Classified {
  id: string
  department_id: string
  customer_id: string
  channel: string
  priority: string
}

/** The level that the rules give to a conversation; null: none. On a desk without rules this is one look-up. */
export async function pickLevel(db: Reader, conversation: Classified): Promise<string | null> {
  const rules = (await inOrder(db)).map(ruleOf)
  if (rules.length === 0) return null
  const looksAt = (...names: (keyof Conditions)[]) =>
    rules.some(({ conditions }) => names.some((name) => conditions[name] !== undefined))
  const tags = looksAt('tags') ? (await tagsOf(db, conversation.id)).map(({ tag_id }) => tag_id) : []
  const companies = looksAt('groups', 'companies')
    ? (await companyOf(db, conversation.customer_id)).flatMap(({ company_id }) => company_id ?? [])
    : []
  const groups = looksAt('groups')
    ? (await groupsOf(db, conversation.customer_id, companies[0] ?? '')).map(({ group_id }) => group_id)
    : []
  const found: Record<keyof Conditions, readonly string[]> = {
    departments: [conversation.department_id],
    channels: [conversation.channel],
    priorities: [conversation.priority],
    tags,
    groups,
    companies,
  }
  return levelFor(rules, found)
}

/** The level of the first rule that fits what was found of a conversation. */
export function levelFor(rules: readonly Rule[], found: Record<keyof Conditions, readonly string[]>): string | null {
  const fits = ({ conditions }: Rule): boolean =>
    Object.entries(found).every(([name, values]) => {
      const wanted = conditions[name as keyof Conditions]
      return wanted === undefined || wanted.some((value: string) => values.includes(value))
    })
  return rules.find(fits)?.level_id ?? null
}

const tagsOf = prepared((db, conversationId: string) =>
  db.selectFrom('conversation_tags').select('tag_id').where('conversation_id', '=', conversationId),
)
const companyOf = prepared((db, customerId: string) =>
  db.selectFrom('customers').select('company_id').where('id', '=', customerId),
)
/** Groups of a customer, and of his company. */
export const groupsOf = prepared((db, customerId: string, companyId: string) =>
  db
    .selectFrom('group_members')
    .select('group_id')
    .where((eb) =>
      eb.or([
        eb.and([eb('member_type', '=', 'customer'), eb('member_id', '=', customerId)]),
        eb.and([eb('member_type', '=', 'company'), eb('member_id', '=', companyId)]),
      ]),
    ),
)
