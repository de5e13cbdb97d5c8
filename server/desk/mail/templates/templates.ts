// Templates: the words that administrators chose for a kind of mail, for one department or all, in one language or all.
import type { Selectable } from 'kysely'
import { lockForChange } from '../../../db/differences.ts'
import { prepared } from '../../../db/prepared.ts'
import type { Reader, Tx } from '../../../db/write.ts'
import { recordEvent } from '../../../events/record.ts'
import { Conflict, Invalid, NotAllowed, NotFound } from '../../../lib/errors.ts'
import { newId } from '../../../lib/ids.ts'
import { type Actor, mayAdminister } from '../../actor.ts'
import { getDepartment } from '../../departments/departments.ts'
import type { MailTemplateRow } from '../tables.ts'
import { languageKeys } from '../words/languages.ts'
import { assertTemplate } from './check.ts'
import { type TemplateKind, templateKinds } from './variables.ts'

export type MailTemplate = Selectable<MailTemplateRow>

/** For every department, or every language. */
export const ALL = ''

export interface TemplateDraft {
  kind: TemplateKind
  departmentId: string
  language: string
  subject: string
  /** Sanitised: see lib/html.ts. */
  html: string
  isActive: boolean
}

export function assertMayWordMails(actor: Actor): void {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators may see and change the templates of mails.')
}

/** Every template, in the order of their places: there are some tens. */
export async function listTemplates(db: Reader, actor: Actor): Promise<MailTemplate[]> {
  assertMayWordMails(actor)
  return db
    .selectFrom('mail_templates')
    .selectAll()
    .orderBy('kind')
    .orderBy('department_id')
    .orderBy('language')
    .execute()
}

export async function getTemplate(db: Reader, actor: Actor, id: string): Promise<MailTemplate> {
  assertMayWordMails(actor)
  return existing(await db.selectFrom('mail_templates').selectAll().where('id', '=', id).executeTakeFirst(), id)
}

function existing(row: MailTemplate | undefined, id: string): MailTemplate {
  if (!row) throw new NotFound(`Mail template '${id}' not found`)
  return row
}

export async function addTemplate(tx: Tx, actor: Actor, draft: TemplateDraft): Promise<MailTemplate> {
  assertMayWordMails(actor)
  const now = Date.now()
  const row: MailTemplate = { id: newId(), ...(await columnsOf(tx, draft)), created_at: now, changed_at: now }
  await assertPlaceFree(tx, row)
  await tx.insertInto('mail_templates').values(row).execute()
  recordEvent(tx, { type: 'mailtemplate.added', data: { templateid: row.id, kind: row.kind } })
  return row
}

export async function changeTemplate(
  tx: Tx,
  actor: Actor,
  id: string,
  patch: Partial<TemplateDraft>,
): Promise<MailTemplate> {
  assertMayWordMails(actor)
  const query = tx.selectFrom('mail_templates').selectAll().where('id', '=', id)
  const before = existing(await lockForChange(tx, query).executeTakeFirst(), id)
  const columns = await columnsOf(tx, {
    kind: patch.kind ?? kindOf(before),
    departmentId: patch.departmentId ?? before.department_id,
    language: patch.language ?? before.language,
    subject: patch.subject ?? before.subject,
    html: patch.html ?? before.html,
    isActive: patch.isActive ?? before.is_active === 1,
  })
  const row: MailTemplate = { ...before, ...columns, changed_at: Date.now() }
  await assertPlaceFree(tx, row)
  await tx.updateTable('mail_templates').set(row).where('id', '=', id).execute()
  recordEvent(tx, { type: 'mailtemplate.changed', data: { templateid: id, kind: row.kind } })
  return row
}

export async function removeTemplate(tx: Tx, actor: Actor, id: string): Promise<void> {
  const row = await getTemplate(tx, actor, id)
  await tx.deleteFrom('mail_templates').where('id', '=', row.id).execute()
  recordEvent(tx, { type: 'mailtemplate.removed', data: { templateid: row.id, kind: row.kind } })
}

/** The kind of a stored template. */
export function kindOf({ id, kind }: MailTemplate): TemplateKind {
  const known = templateKinds.find((one) => one === kind)
  if (!known) throw new Error(`the mail template '${id}' is of no kind that there is: '${kind}'`)
  return known
}

async function columnsOf(tx: Tx, draft: TemplateDraft) {
  if (draft.departmentId !== ALL) await getDepartment(tx, draft.departmentId)
  assertWords(draft)
  return {
    kind: draft.kind,
    department_id: draft.departmentId,
    language: draft.language.replaceAll('_', '-').toLowerCase(),
    subject: draft.subject,
    html: draft.html,
    is_active: draft.isActive ? 1 : 0,
  }
}

/** Throws Invalid for whatever sending would stumble over. */
export function assertWords({ kind, subject, html }: Pick<TemplateDraft, 'kind' | 'subject' | 'html'>): void {
  assertTemplate(kind, 'subject', subject)
  assertTemplate(kind, 'html', html)
  if (kind !== 'answer' && subject.trim() === '') throw new Invalid('subject', 'must not be empty')
  if (kind === 'answer' && !html.includes('{$message}'))
    throw new Invalid('html', 'must hold {$message}: without it nobody would get what was written')
  if ((kind === 'registration' || kind === 'password') && !html.includes('{$link}'))
    throw new Invalid('html', 'must hold {$link}: without it the mail is of no use')
}

async function assertPlaceFree(tx: Tx, { id, kind, department_id, language }: MailTemplate): Promise<void> {
  const taken = await tx
    .selectFrom('mail_templates')
    .select('id')
    .where('kind', '=', kind)
    .where('department_id', '=', department_id)
    .where('language', '=', language)
    .where('id', '<>', id)
    .executeTakeFirst()
  if (taken) throw new Conflict('There is a template for this kind, department and language already: change that one.')
}

const ofKind = prepared((db, kind: string) => db.selectFrom('mail_templates').selectAll().where('kind', '=', kind))

/**
 * The templates that fit a mail, best first. One for the department is better than one for the language: whoever wrote it
 * knew that department, and left the language open on purpose.
 */
export async function fittingTemplates(
  db: Reader,
  kind: TemplateKind,
  departmentId: string,
  language: string | null,
): Promise<MailTemplate[]> {
  const languages = [...languageKeys(language), ALL]
  const departments = [departmentId, ALL]
  const rank = (row: MailTemplate): number =>
    departments.indexOf(row.department_id) * (languages.length + 1) + languages.indexOf(row.language)
  return (await ofKind(db, kind))
    .filter((row) => departments.includes(row.department_id) && languages.includes(row.language))
    .sort((a, b) => rank(a) - rank(b))
}
