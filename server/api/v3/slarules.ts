// /api/v3/slarules
import { z } from 'zod'
import { instantText } from '../../../contract/v3/kinds.ts'
import { slaRuleDraftSchema, slaRulePatchSchema, slaRuleSchema } from '../../../contract/v3/slarules.ts'
import { addRule, changeRule, getRule, listRules, type Rule, removeRule } from '../../desk/sla/rules.ts'
import { byId, DONE, deletedSchema, v3 } from './route.ts'

const view = (rule: Rule): z.input<typeof slaRuleSchema> => ({
  slaruleid: rule.id,
  slalevelid: rule.level_id,
  conditions: rule.conditions,
  position: rule.position,
  datecreated: instantText(rule.created_at),
})

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/slarules',
    summary: 'The SLA rules, in the order in which they are tried. For administrators.',
    answer: z.object({ slarules: z.array(slaRuleSchema) }),
    handle: async ({ app, actor }) => ({ slarules: (await listRules(app.database.reader, actor)).map(view) }),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/slarules',
    summary: 'Adds an SLA rule. Conversations that are there keep their level for now. For administrators.',
    body: slaRuleDraftSchema,
    answer: slaRuleSchema,
    handle: async ({ app, actor, body: { slalevelid, ...rest } }) =>
      view(await app.database.write((tx) => addRule(tx, actor, { level_id: slalevelid, ...rest }))),
  }),
  v3({
    method: 'GET',
    url: '/api/v3/slarules/:id',
    summary: 'One SLA rule. For administrators.',
    path: byId,
    answer: slaRuleSchema,
    handle: async ({ app, actor, path }) => view(await getRule(app.database.reader, actor, path.id)),
  }),
  v3({
    method: 'PATCH',
    url: '/api/v3/slarules/:id',
    summary: 'Changes an SLA rule. For administrators.',
    path: byId,
    body: slaRulePatchSchema,
    answer: slaRuleSchema,
    handle: async ({ app, actor, path, body: { slalevelid, ...rest } }) =>
      view(await app.database.write((tx) => changeRule(tx, actor, path.id, { level_id: slalevelid, ...rest }))),
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/slarules/:id',
    summary: 'Removes an SLA rule. For administrators.',
    path: byId,
    answer: deletedSchema,
    handle: async ({ app, actor, path }) => {
      await app.database.write((tx) => removeRule(tx, actor, path.id))
      return DONE
    },
  }),
]
