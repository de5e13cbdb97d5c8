// A mailbox: an address that customers write to, the server that its mail is fetched from, and the one that sends for it.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { seal, unseal } from '../../lib/sealed.ts'
import { textList } from '../../lib/text-list.ts'
import type { MailboxRow } from './tables.ts'

export type Mailbox = Selectable<MailboxRow>

/** `tls` from the first byte (993, 465), `starttls` demanded, `none` for servers on this very machine. */
const securitySchema = z.enum(['tls', 'starttls', 'none'])

const serverSchema = z.object({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  security: securitySchema,
  /** Empty: without signing in. */
  user: z.string().max(320).default(''),
  /** `oauth2`: the secrets hold client and refresh token, and `tokenUrl` gives access tokens for them. */
  auth: z.enum(['password', 'oauth2', 'none']).default('password'),
  tokenUrl: z.url({ protocol: /^https$/, error: 'must be an address that begins with https://' }).optional(),
  /** PEM of an authority to trust beside the usual ones. Certificates are always checked. */
  authorities: z.string().max(100_000).optional(),
})

const folderName = z.string().min(1).max(500)
/** A folder whose mail opens conversations in the mailbox's department, or in one of its own. */
const folderSchema = z.union([folderName, z.object({ name: folderName, departmentId: z.string().min(1).max(255) })])
export type FolderSetting = z.infer<typeof folderSchema>

export const incomingSchema = serverSchema.extend({
  folders: z.array(folderSchema).min(1).max(50).default(['INBOX']),
  /** Between two looks. A server that tells of new mail (IDLE) makes it faster. */
  pollSeconds: z.number().int().min(5).max(86_400).default(60),
  /** Only what arrived after the mailbox was added; false: everything that is in it. */
  isOnlyNew: z.boolean().default(true),
  /** When it was set up, in milliseconds: what is old. */
  since: z.number().int().default(0),
})
export type IncomingSettings = z.infer<typeof incomingSchema>

const nameOf = (folder: FolderSetting): string => (typeof folder === 'string' ? folder : folder.name)

export const folderNames = ({ folders }: Pick<IncomingSettings, 'folders'>): string[] => folders.map(nameOf)

/** The department of a folder's own; undefined: the mailbox's. */
export function departmentOfFolder({ folders }: Pick<IncomingSettings, 'folders'>, name: string): string | undefined {
  const folder = folders.find((one) => nameOf(one) === name)
  return typeof folder === 'object' ? folder.departmentId : undefined
}

export const outgoingSchema = serverSchema.extend({
  /** Connections kept open at the same time. */
  connections: z.number().int().min(1).max(20).default(3),
  /** Largest mail that the server takes, in bytes: larger attachments become links. */
  sizeLimit: z.number().int().min(100_000).max(200_000_000).default(20_000_000),
})
export type OutgoingSettings = z.infer<typeof outgoingSchema>

export const dkimSchema = z.object({ domain: z.string().min(1).max(253), selector: z.string().min(1).max(63) })
export type DkimSettings = z.infer<typeof dkimSchema>

const credentialsSchema = z.object({
  password: z.string().max(2_000).optional(),
  clientId: z.string().max(2_000).optional(),
  clientSecret: z.string().max(2_000).optional(),
  refreshToken: z.string().max(10_000).optional(),
})
export type MailCredentials = z.infer<typeof credentialsSchema>

/** What is sealed: never answered by any call. */
export const secretsSchema = z.object({
  incoming: credentialsSchema.optional(),
  outgoing: credentialsSchema.optional(),
  dkimKey: z.string().max(20_000).optional(),
})
export type MailboxSecrets = z.infer<typeof secretsSchema>

/** One of the two servers of a mailbox. */
export type Side = 'incoming' | 'outgoing'

export const incomingOf = ({ incoming }: Pick<Mailbox, 'incoming'>): IncomingSettings | undefined =>
  incoming === null ? undefined : incomingSchema.parse(JSON.parse(incoming))

export const outgoingOf = ({ outgoing }: Pick<Mailbox, 'outgoing'>): OutgoingSettings | undefined =>
  outgoing === null ? undefined : outgoingSchema.parse(JSON.parse(outgoing))

export const dkimOf = ({ dkim }: Pick<Mailbox, 'dkim'>): DkimSettings | undefined =>
  dkim === null ? undefined : dkimSchema.parse(JSON.parse(dkim))

export const aliasesOf = ({ aliases }: Pick<Mailbox, 'aliases'>): string[] => textList(aliases)

// Bound to the mailbox: its sealed text, copied into another row, opens nothing.
const about = (id: string): string => `mailbox ${id}`

/** The passwords and tokens of a mailbox. `secret` is the installation's. */
export const secretsOf = (secret: string, { id, secrets }: Pick<Mailbox, 'id' | 'secrets'>): MailboxSecrets =>
  secrets === null ? {} : secretsSchema.parse(JSON.parse(unseal(secret, secrets, about(id))))

export const sealSecrets = (secret: string, id: string, secrets: MailboxSecrets): string =>
  seal(secret, JSON.stringify(secrets), about(id))
