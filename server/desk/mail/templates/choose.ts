// Which words a mail gets: the best template that is in use, else the program's own.
import type { Reader } from '../../../db/write.ts'
import type { MailText } from './render.ts'
import { fittingTemplates } from './templates.ts'
import type { TemplateKind } from './variables.ts'
import type { Voice } from './voice.ts'

export async function templateFor(
  db: Reader,
  { words, language }: Voice,
  kind: TemplateKind,
  departmentId: string,
): Promise<MailText> {
  const fitting = await fittingTemplates(db, kind, departmentId, language)
  return fitting.find(({ is_active }) => is_active === 1) ?? words.mails[kind]
}
