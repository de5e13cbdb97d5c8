// /api/v3/mailrules
import { z } from 'zod'
import { instantText } from '../../../contract/v3/kinds.ts'
import { mailRuleDraftSchema, mailRulePatchSchema, mailRuleSchema } from '../../../contract/v3/mailrules.ts'
import { addRule, changeRule, getRule, type MailRule, removeRule, viewRules } from '../../desk/mail/accepting/rules.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (rule: MailRule): z.input<typeof mailRuleSchema> => ({
  mailruleid: rule.id,
  ...mailRuleSchema.pick({ action: true, subject: true, comparison: true }).parse(rule),
  pattern: rule.pattern,
  header: rule.header,
  position: rule.position,
  datecreated: instantText(rule.created_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/mailrules',
    summary: 'The rules for spam, in the order in which they are tried. For administrators.',
    answer: z.object({ mailrules: z.array(mailRuleSchema) }),
    handle: async ({ app, actor }) => ({ mailrules: (await viewRules(app.database.reader, actor)).map(view) }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/mailrules',
    summary: 'Adds a rule for spam. For administrators.',
    body: mailRuleDraftSchema,
    answer: mailRuleSchema,
    handle: async ({ app, actor, body }) => view(await app.database.write((tx) => addRule(tx, actor, body))),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/mailrules/:id',
    summary: 'One rule for spam. For administrators.',
    path: byId,
    answer: mailRuleSchema,
    handle: async ({ app, actor, path }) => view(await getRule(app.database.reader, actor, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/mailrules/:id',
    summary: 'Changes a rule for spam. For administrators.',
    path: byId,
    body: mailRulePatchSchema,
    answer: mailRuleSchema,
    handle: async ({ app, actor, path, body }) =>
      view(await app.database.write((tx) => changeRule(tx, actor, path.id, body))),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/mailrules/:id',
    summary: 'Removes a rule for spam. For administrators.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeRule(tx, actor, path.id))
      return DONE
    },
  }),
]
