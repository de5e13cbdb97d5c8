import { z } from 'zod'
import { instant, plainText } from './kinds.ts'

const roles = ['O', 'D', 'A'] as const
const genders = ['M', 'F', 'O'] as const

export const agentSchema = z
  .object({
    userid: z.string(),
    contactid: z.string(),
    email: z.string(),
    firstname: z.string(),
    lastname: z.string(),
    systemname: z.string().describe('First and last name, or the e-mail where there is none.'),
    gender: z.enum(genders).nullable(),
    role: z
      .enum(roles)
      .describe('`O` owner, `D` administrator, `A` agent: sees the conversations of his departments only.'),
    avatar_url: z.string().describe('Empty: none.'),
    departments: z.array(z.string()).describe('Ids.'),
    datecreated: instant(),
    datechanged: instant(),
  })
  .meta({ id: 'Agent' })

/** Eight characters at least: the length that guessing at ten a minute cannot reach. */
export const password = () => plainText(1_000).min(8)

const pictureAddress = plainText(2_000).refine(
  (text) => text === '' || /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
  'must be empty or an address such as https://example.com/me.png',
)

export const agentDraftSchema = z
  .strictObject({
    email: plainText(255).trim().pipe(z.email()),
    firstname: plainText(255).trim().optional(),
    lastname: plainText(255).trim().optional(),
    role: z.enum(roles).optional().describe('`A` unless said otherwise.'),
    gender: z.enum(genders).nullable().optional(),
    avatar_url: pictureAddress.optional(),
    password: password().optional().describe('Without one, the agent cannot sign in.'),
    departments: z.array(plainText(100)).max(1_000).optional().describe('Ids.'),
  })
  .meta({ id: 'AgentDraft' })

export const agentPatchSchema = agentDraftSchema.partial().meta({ id: 'AgentPatch' })
