// Which mail is spam, by the administrators' rules: addresses, domains, and what filters before us wrote into headers.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Reader, Tx } from '../../../db/write.ts'
import { recordEvent } from '../../../events/record.ts'
import { emailKey } from '../../../lib/email.ts'
import { Invalid, NotAllowed, NotFound } from '../../../lib/errors.ts'
import { newId } from '../../../lib/ids.ts'
import { type Actor, mayAdminister } from '../../actor.ts'
import type { ReadMail } from '../reading/mail.ts'
import type { MailRuleRow } from '../tables.ts'

export type MailRule = Selectable<MailRuleRow>

export const ruleActions = ['allow', 'block'] as const
export const ruleSubjects = ['sender', 'header'] as const
export const ruleComparisons = ['equals', 'contains', 'at_least'] as const

/** The first rule that fits decides. Of rules at the same position, what allows comes first: it is the narrower one. */
export const listRules = (db: Reader): Promise<MailRule[]> =>
  db.selectFrom('mail_rules').selectAll().orderBy('position').orderBy('action').orderBy('id').execute()

/** The same for whoever administers them. */
export function viewRules(db: Reader, actor: Actor): Promise<MailRule[]> {
  assertMayAdminister(actor)
  return listRules(db)
}

/** The first rule that fits a mail. */
export function ruleFor(
  rules: readonly MailRule[],
  read: Pick<ReadMail, 'from' | 'headers'>,
  envelopeFrom: string | undefined,
): MailRule | undefined {
  if (rules.length === 0) return undefined
  const senders = [read.from?.address, envelopeFrom].flatMap((address) => (address ? [emailKey(address)] : []))
  return rules.find((rule) =>
    rule.subject === 'sender'
      ? senders.some((sender) => isSender(rule.pattern, sender))
      : read.headers.some(([name, value]) => name === rule.header && fits(rule, value)),
  )
}

/** `eve@example.com`, or `example.com` for it and everything below it. */
function isSender(pattern: string, sender: string): boolean {
  if (pattern.includes('@') && !pattern.startsWith('@')) return sender === pattern
  const domain = pattern.replace(/^@/, '')
  return sender.endsWith(`@${domain}`) || sender.endsWith(`.${domain}`)
}

function fits({ comparison, pattern }: MailRule, value: string): boolean {
  if (comparison === 'equals') return value.trim().toLowerCase() === pattern.toLowerCase()
  if (comparison === 'contains') return value.toLowerCase().includes(pattern.toLowerCase())
  const [, number] = /(-?\d+(?:\.\d+)?)/.exec(value.slice(0, 200)) ?? []
  return number !== undefined && Number(number) >= Number(pattern)
}

const shape = z.object({
  action: z.enum(ruleActions),
  subject: z.enum(ruleSubjects),
  pattern: z.string().trim().min(1).max(500),
  header: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[!-9;-~]{1,100}$/, 'must be the name of a header')
    .nullable()
    .default(null),
  comparison: z.enum(ruleComparisons).default('equals'),
  position: z.number().int().min(0).max(1_000_000).default(0),
})
export type MailRuleDraft = z.input<typeof shape>

/** Adds a rule. What it says of earlier mails changes nothing about them. */
export async function addRule(tx: Tx, actor: Actor, draft: MailRuleDraft): Promise<MailRule> {
  assertMayAdminister(actor)
  const row: MailRule = { id: newId(), ...checked(draft), created_at: Date.now() }
  await tx.insertInto('mail_rules').values(row).execute()
  recordEvent(tx, { type: 'mailrule.added', data: { mailruleid: row.id } })
  return row
}

export async function changeRule(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: { [K in keyof MailRuleDraft]?: MailRuleDraft[K] | undefined },
): Promise<MailRule> {
  assertMayAdminister(actor)
  const before = await getRule(tx, actor, id)
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const row: MailRule = { ...before, ...checked({ ...before, ...given }) }
  await tx.updateTable('mail_rules').set(row).where('id', '=', id).execute()
  recordEvent(tx, { type: 'mailrule.changed', data: { mailruleid: id } })
  return row
}

export async function removeRule(tx: Tx, actor: Actor, id: string): Promise<void> {
  assertMayAdminister(actor)
  const { numDeletedRows } = await tx.deleteFrom('mail_rules').where('id', '=', id).executeTakeFirst()
  if (!numDeletedRows) throw unknownRule(id)
  recordEvent(tx, { type: 'mailrule.removed', data: { mailruleid: id } })
}

export async function getRule(db: Reader, actor: Actor, id: string): Promise<MailRule> {
  assertMayAdminister(actor)
  const row = await db.selectFrom('mail_rules').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw unknownRule(id)
  return row
}

const unknownRule = (id: string): NotFound => new NotFound(`Mail rule '${id}' not found`)

function checked(draft: object): z.output<typeof shape> {
  const result = shape.safeParse(draft)
  if (!result.success) {
    const [issue] = result.error.issues
    throw new Invalid(String(issue?.path[0] ?? 'rule'), issue?.message ?? 'is not valid')
  }
  const rule = result.data
  if (rule.subject === 'header' && rule.header === null) throw new Invalid('header', 'is missing')
  if (rule.comparison === 'at_least' && !/^-?\d+(\.\d+)?$/.test(rule.pattern))
    throw new Invalid('pattern', 'must be a number to compare with')
  if (rule.subject === 'header') return rule
  if (!SENDER.test(rule.pattern)) throw new Invalid('pattern', 'must be an e-mail address or a domain')
  return { ...rule, pattern: emailKey(rule.pattern), header: null, comparison: 'equals' }
}

/** An address or a domain; `example` alone would fit nobody, `com` nearly everybody. */
const SENDER = /^([^\s@]{1,64})?@?[^\s@.]+(\.[^\s@.]+)+$/

function assertMayAdminister(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may manage the rules for mails.')
}
