// /api/v3/mailtemplates
import { z } from 'zod'
import { instantText } from '../../../contract/v3/kinds.ts'
import {
  mailTemplateDraftSchema,
  mailTemplatePatchSchema,
  mailTemplateSchema,
} from '../../../contract/v3/mailtemplates.ts'
import {
  ALL,
  addTemplate,
  changeTemplate,
  getTemplate,
  kindOf,
  listTemplates,
  type MailTemplate,
  removeTemplate,
} from '../../desk/mail/templates/templates.ts'
import { variablesOf } from '../../desk/mail/templates/variables.ts'
import { sanitiseHtml } from '../../lib/html.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (template: MailTemplate): z.input<typeof mailTemplateSchema> => ({
  templateid: template.id,
  kind: kindOf(template),
  departmentid: template.department_id || null,
  language: template.language || null,
  subject: template.subject,
  html: template.html,
  is_active: template.is_active === 1,
  variables: variablesOf(kindOf(template)),
  datecreated: instantText(template.created_at),
  datechanged: instantText(template.changed_at),
})

/** Null means all; undefined, that a patch does not name it. Cleaning takes too long for a transaction. */
const patchOf = async (body: z.output<typeof mailTemplatePatchSchema>) => ({
  kind: body.kind,
  departmentId: body.departmentid === null ? ALL : body.departmentid,
  language: body.language === null ? ALL : body.language,
  subject: body.subject,
  html: body.html === undefined ? undefined : await sanitiseHtml(body.html),
  isActive: body.is_active,
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/mailtemplates',
    summary: 'The templates of mails. For administrators.',
    answer: z.object({ mailtemplates: z.array(mailTemplateSchema) }),
    handle: async ({ app, actor }) => ({
      mailtemplates: (await listTemplates(app.database.reader, actor)).map(view),
    }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/mailtemplates',
    summary: 'Words a kind of mail, for one department or all, in one language or all. For administrators.',
    body: mailTemplateDraftSchema,
    answer: mailTemplateSchema,
    handle: async ({ app, actor, body }) => {
      const { departmentId = ALL, language = ALL, html = '', isActive = true } = await patchOf(body)
      const draft = { kind: body.kind, subject: body.subject, departmentId, language, html, isActive }
      return view(await app.database.write((tx) => addTemplate(tx, actor, draft)))
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/mailtemplates/:id',
    summary: 'One template. For administrators.',
    path: byId,
    answer: mailTemplateSchema,
    handle: async ({ app, actor, path }) => view(await getTemplate(app.database.reader, actor, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/mailtemplates/:id',
    summary: 'Changes a template. For administrators.',
    path: byId,
    body: mailTemplatePatchSchema,
    answer: mailTemplateSchema,
    handle: async ({ app, actor, path, body }) => {
      const patch = await patchOf(body)
      return view(await app.database.write((tx) => changeTemplate(tx, actor, path.id, patch)))
    },
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/mailtemplates/:id',
    summary: 'Deletes a template: the next best one is used, or the words of the program. For administrators.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeTemplate(tx, actor, path.id))
      return DONE
    },
  }),
]
