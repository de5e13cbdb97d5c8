import { z } from 'zod'
import { instant, name } from './kinds.ts'

const rights = z
  .enum(['full', 'read', 'telephony'])
  .describe(
    '`full`: everything; `read`: GET only; `telephony`: for a PBX, `/api/v3/calls` and what the live stream tells of calls.',
  )
const rateLimit = z.number().int().min(1).max(100_000_000).nullable()

export const apiKeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    rights,
    rate_limit: rateLimit.describe("Requests a minute; null: the server's default."),
    datecreated: instant(),
    datelastused: instant().nullable(),
    daterevoked: instant().nullable(),
  })
  .meta({ id: 'ApiKey' })

export const newApiKeySchema = apiKeySchema
  .extend({ key: z.string().describe('The key itself. It is shown this once and stored nowhere.') })
  .meta({ id: 'NewApiKey' })

export const apiKeyDraftSchema = z
  .strictObject({ name: name(), rights, rate_limit: rateLimit.optional() })
  .meta({ id: 'ApiKeyDraft' })

export const apiKeyPatchSchema = apiKeyDraftSchema.partial().meta({ id: 'ApiKeyPatch' })
