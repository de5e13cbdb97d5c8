// SLA rules on our own API: which conversations get which level.
import { z } from 'zod'
import { priorities } from '../../server/lib/priorities.ts'
import { instant, plainText } from './kinds.ts'

const anyOf = z.array(plainText(100).min(1)).min(1).max(200).optional()
const conditions = z
  .strictObject({
    departments: anyOf.describe('Department ids.'),
    tags: anyOf.describe('Tag ids, one of which is on the conversation.'),
    groups: anyOf.describe('Ids of groups that the requester or his company is in.'),
    companies: anyOf.describe('Ids of companies that the requester belongs to.'),
    channels: z
      .array(z.string().regex(/^[A-Z1]$/, 'must be a letter, such as E for e-mail'))
      .min(1)
      .max(200)
      .optional()
      .describe('Letters, such as E for e-mail.'),
    priorities: z.array(z.enum(priorities)).min(1).max(priorities.length).optional(),
  })
  .describe('All that are named must fit, each with any of its values. Without any, every conversation fits.')
const position = z
  .number()
  .int()
  .min(0)
  .max(1_000_000)
  .describe('Rules are tried in this order, and the first that fits decides.')
const slalevelid = plainText(100).describe('The level that it gives.')

export const slaRuleSchema = z
  .object({ slaruleid: z.string(), slalevelid, conditions, position, datecreated: instant() })
  .meta({ id: 'SlaRule' })

export const slaRuleDraftSchema = z
  .strictObject({ slalevelid, conditions: conditions.optional(), position: position.optional() })
  .meta({ id: 'SlaRuleDraft' })

export const slaRulePatchSchema = slaRuleDraftSchema.partial().meta({ id: 'SlaRulePatch' })
