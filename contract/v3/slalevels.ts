// SLA levels on our own API: what is promised, and in which hours.
import { z } from 'zod'
import { instant, name, plainText } from './kinds.ts'

const seconds = z.number().int().min(1).max(31_622_400)

const hours = z
  .strictObject({
    zone: plainText(100).describe('IANA name, such as Europe/Berlin or GMT.'),
    week: z
      .array(
        z.strictObject({
          day: z.number().int().min(1).max(7).describe('1 for Monday to 7 for Sunday.'),
          from: plainText(5).describe('09:00'),
          to: plainText(5).describe('17:30, at most 24:00. One that goes over midnight is written as two.'),
        }),
      )
      .max(100),
    holidays: z.array(plainText(10)).max(1_000).describe('2026-12-24, or 12-25 for every year.'),
  })
  .describe('When the desk is open: only this time counts.')

const promise = z
  .strictObject({
    first: seconds.nullable().optional().describe('For the first answer.'),
    next: seconds.nullable().optional().describe('For each answer to what the customer asks later.'),
  })
  .optional()
const targets = z
  .strictObject({ tickets: promise, chats: promise, calls: promise })
  .describe('Seconds of business time within which a customer is answered; null: nothing is promised.')

const warnBefore = seconds
  .nullable()
  .describe('How many seconds of business time before it is due an answer is warned of; null: never.')

export const slaLevelSchema = z
  .object({
    slalevelid: z.string(),
    name: z.string(),
    hours,
    targets,
    warn_before: warnBefore,
    datecreated: instant(),
    datechanged: instant(),
  })
  .meta({ id: 'SlaLevel' })

export const slaLevelDraftSchema = z
  .strictObject({ name: name(), hours, targets, warn_before: warnBefore.optional() })
  .meta({ id: 'SlaLevelDraft' })

export const slaLevelPatchSchema = slaLevelDraftSchema.partial().meta({ id: 'SlaLevelPatch' })
