import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

const services = z
  .string()
  .regex(/^[MPRT]*$/, 'must be letters of MPRT')
  .max(4)

const LETTERS = 'Letters of `MPRT`: M e-mail, P phone, R forms, T chat. Empty: nothing.'

const presets = z
  .array(z.strictObject({ departmentid: plainText(100), services: services.describe(LETTERS) }))
  .max(1_000)
  .refine(
    (all) => new Set(all.map(({ departmentid }) => departmentid)).size === all.length,
    'must name each department once',
  )

export const presetsSchema = z
  .strictObject({ presets: presets.describe('Nothing is taken in departments that are not named.') })
  .meta({ id: 'Presets' })

/** Who is meant, for callers who are not agents themselves. */
export const whose = { agent: plainText(255).optional().describe('Userid, contactid or e-mail; oneself unless given.') }

export const presenceDraftSchema = z
  .strictObject({
    ...whose,
    seconds: z
      .int()
      .min(1)
      .max(43_200)
      .optional()
      .describe('Online for so long from now on; 60 unless given. Calling again renews it.'),
  })
  .meta({ id: 'PresenceDraft' })

export const presenceSchema = z
  .object({
    userid: z.string(),
    onlinestatus: z
      .string()
      .describe('What the agent is online for now: letters of `MPRT`, or `F`: he is offline or takes nothing.'),
    dateuntil: instant().nullable().describe('Until when this call keeps the agent online.'),
  })
  .meta({ id: 'Presence' })
