import { z } from 'zod'
import { instant, name, plainText } from './kinds.ts'

const security = z.enum(['tls', 'starttls', 'none'])
const auth = z.enum(['password', 'oauth2', 'none'])

/** What both servers have. */
const server = {
  host: plainText(253)
    .trim()
    .regex(/^[^\s/:@]+$|^[0-9a-fA-F:]+$/, 'must be a name or an address, without a port'),
  port: z.number().int().min(1).max(65_535),
  security: security.describe(
    '`tls` from the first byte, `starttls` demanded, `none` only for servers on the same machine.',
  ),
  user: plainText(320),
  auth: auth.describe('`oauth2`: with a refresh token, for which the server at `token_url` gives access tokens.'),
  token_url: z
    .url({ protocol: /^https$/, error: 'must be an address that begins with https://' })
    .max(2_000)
    .nullable(),
  authorities: plainText(100_000).nullable().describe('PEM of an authority to trust beside the usual ones.'),
}
const folderName = plainText(500).min(1)
const folder = z.union(
  [folderName, z.strictObject({ name: folderName, departmentid: plainText(255).min(1) })],
  'must be the name of a folder, or an object with name and departmentid',
)
const incoming = {
  ...server,
  folders: z
    .array(folder)
    .min(1)
    .max(50)
    .refine(
      (folders) => new Set(folders.map((one) => (typeof one === 'string' ? one : one.name))).size === folders.length,
      'names a folder twice',
    )
    .describe('Names, or names with a department of their own; the others open conversations in that of the mailbox.'),
  poll_seconds: z
    .number()
    .int()
    .min(5)
    .max(86_400)
    .describe('Between two looks. A server that tells of new mail (IDLE) makes it faster.'),
  is_only_new: z.boolean().describe('Leaves what lay there when the mailbox was set up. False: fetches everything.'),
}
const outgoing = {
  ...server,
  connections: z.number().int().min(1).max(20),
  size_limit: z.number().int().min(100_000).max(200_000_000).describe('Largest mail that the server takes, in bytes.'),
}
/** Goes in, never comes out. */
const credentials = {
  password: plainText(2_000).nullable(),
  client_id: plainText(2_000).nullable(),
  client_secret: plainText(2_000).nullable(),
  refresh_token: plainText(10_000).nullable(),
}
const known = { has_password: z.boolean(), has_refresh_token: z.boolean() }

export const mailboxSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.string(),
    aliases: z.array(z.string()),
    departmentid: z.string(),
    is_active: z.boolean(),
    is_default: z.boolean().describe('Sends for departments that have no mailbox of their own.'),
    sender_name: z.string().nullable(),
    plus_address: z.boolean(),
    incoming: z.object({ ...incoming, ...known }).nullable(),
    outgoing: z.object({ ...outgoing, ...known }).nullable(),
    dkim: z.object({ domain: z.string(), selector: z.string(), has_private_key: z.boolean() }).nullable(),
    trouble: z.string().nullable().describe('Why it does not work now; null: it does.'),
    dateseen: instant().nullable().describe('When its server was last reached.'),
    datecreated: instant(),
    datechanged: instant(),
  })
  .meta({ id: 'Mailbox' })

const dkimDraft = z.strictObject({
  domain: plainText(253).regex(/^[\w.-]+$/, 'must be a domain such as example.com'),
  selector: plainText(63).regex(/^[\w.-]+$/, 'must be a name such as mail2026'),
  private_key: plainText(20_000).optional(),
})

export const mailboxPatchSchema = z.strictObject({
  name: name().optional(),
  address: plainText(255).optional(),
  aliases: z.array(plainText(255)).max(50).optional(),
  departmentid: plainText(255).optional(),
  is_active: z.boolean().optional(),
  is_default: z.boolean().optional(),
  sender_name: plainText(255).nullish(),
  plus_address: z.boolean().optional().describe('Answers carry `name+token@domain` as their reply address.'),
  incoming: z
    .strictObject({ ...incoming, ...credentials })
    .partial()
    .nullish(),
  outgoing: z
    .strictObject({ ...outgoing, ...credentials })
    .partial()
    .nullish(),
  dkim: dkimDraft.nullish(),
  is_test_skipped: z
    .boolean()
    .optional()
    .describe('Stores the servers without trying them first. Without it, servers that do not work are refused.'),
})
export const mailboxDraftSchema = mailboxPatchSchema.extend({ address: plainText(255) })

const trouble = z
  .object({ field: z.string(), message: z.string() })
  .nullable()
  .describe('What is wrong, and the setting to look at; null: it works.')

export const mailboxTestSchema = z
  .object({
    is_working: z.boolean(),
    incoming: z
      .object({ trouble, folders: z.array(z.string()), has_idle: z.boolean() })
      .nullable()
      .describe('Null: no server for incoming mail is set.'),
    outgoing: z.object({ trouble }).nullable(),
  })
  .meta({ id: 'MailboxTest' })

const presetServer = z.object({
  host: z.string(),
  port: z.number(),
  security,
  user: z.string(),
  auth,
  token_url: z.string().nullable(),
})

export const mailboxPresetSchema = z
  .object({
    provider: z.string().nullable().describe('Null: not known; the servers are a guess.'),
    incoming: presetServer,
    outgoing: presetServer,
    hint: z.string().nullable().describe('What this provider wants.'),
  })
  .meta({ id: 'MailboxPreset' })
