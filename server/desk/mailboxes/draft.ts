// What a mailbox would be after a change: pure, so that it can be tried before it is stored.
import type { z } from 'zod'
import { emailKey, isEmail } from '../../lib/email.ts'
import { Invalid } from '../../lib/errors.ts'
import { newId } from '../../lib/ids.ts'
import {
  aliasesOf,
  type DkimSettings,
  dkimOf,
  dkimSchema,
  type IncomingSettings,
  incomingOf,
  incomingSchema,
  type Mailbox,
  type MailboxSecrets,
  type MailCredentials,
  type OutgoingSettings,
  outgoingOf,
  outgoingSchema,
  type Side,
  sealSecrets,
  secretsOf,
} from './mailbox.ts'

/** What is named is changed, the rest stays; null takes a server away. */
export interface MailboxPatch {
  name?: string | undefined
  address?: string | undefined
  aliases?: readonly string[] | undefined
  departmentId?: string | undefined
  isActive?: boolean | undefined
  isDefault?: boolean | undefined
  senderName?: string | null | undefined
  plusAddress?: boolean | undefined
  incoming?: ServerPatch<IncomingSettings> | null | undefined
  outgoing?: ServerPatch<OutgoingSettings> | null | undefined
  dkim?: DkimSettings | null | undefined
  /** Each secret by itself; null forgets it. */
  secrets?:
    | {
        incoming?: Nullable<MailCredentials> | undefined
        outgoing?: Nullable<MailCredentials> | undefined
        dkimKey?: string | null | undefined
      }
    | undefined
}
/** Null takes away what need not be there. */
type ServerPatch<T extends IncomingSettings | OutgoingSettings> = Partial<
  Omit<T, Optional> & Nullable<Pick<T, Optional>>
>
type Optional = 'tokenUrl' | 'authorities'
type Nullable<T> = { [K in keyof T]: T[K] | null }

export interface DraftedMailbox {
  mailbox: Mailbox
  secrets: MailboxSecrets
}

/** A patch with some more secrets. */
export const withSecrets = (
  patch: MailboxPatch,
  { incoming, outgoing }: NonNullable<MailboxPatch['secrets']>,
): MailboxPatch => ({
  ...patch,
  secrets: {
    ...patch.secrets,
    incoming: { ...patch.secrets?.incoming, ...incoming },
    outgoing: { ...patch.secrets?.outgoing, ...outgoing },
  },
})

const WELL_KNOWN_PORTS = {
  incoming: { tls: 993, starttls: 143, none: 143 },
  outgoing: { tls: 465, starttls: 587, none: 25 },
} as const

/** The mailbox that a patch makes of one (undefined: of none). Throws Invalid with the field as it is called on the wire. */
export function draftMailbox(
  secret: string,
  before: Mailbox | undefined,
  patch: MailboxPatch,
  now = Date.now(),
): DraftedMailbox {
  const id = before?.id ?? newId()
  const address = (patch.address ?? before?.address ?? '').trim()
  if (!isEmail(address)) throw new Invalid('address', 'must be an e-mail address such as support@example.com')
  // Another server goes on from where the one before was left: mail must not get lost in a move.
  const since = (before && incomingOf(before)?.since) ?? now
  const patched = patch.incoming && { ...patch.incoming, since }
  const incoming = serverAfter('incoming', incomingSchema, before && incomingOf(before), patched)
  const outgoing = serverAfter('outgoing', outgoingSchema, before && outgoingOf(before), patch.outgoing)
  const dkim = patch.dkim === undefined ? before && dkimOf(before) : (patch.dkim ?? undefined)
  const old = before ? secretsOf(secret, before) : {}
  const secrets: MailboxSecrets = {
    incoming: credentialsAfter('incoming', before && incomingOf(before), incoming, old, patch),
    outgoing: credentialsAfter('outgoing', before && outgoingOf(before), outgoing, old, patch),
    dkimKey: patch.secrets?.dkimKey === undefined ? old.dkimKey : (patch.secrets.dkimKey ?? undefined),
  }
  if (dkim && !secrets.dkimKey) throw new Invalid('dkim.private_key', 'is needed to sign: PEM, RSA or Ed25519')
  const mailbox: Mailbox = {
    id,
    name: (patch.name ?? before?.name ?? '').trim() || address,
    address,
    address_key: emailKey(address),
    aliases: JSON.stringify(patch.aliases ? distinctAliases(patch.aliases, address) : before ? aliasesOf(before) : []),
    department_id: patch.departmentId ?? before?.department_id ?? 'default',
    is_active: Number(patch.isActive ?? before?.is_active !== 0),
    is_default: Number(patch.isDefault ?? before?.is_default === 1),
    sender_name: patch.senderName === undefined ? (before?.sender_name ?? null) : patch.senderName?.trim() || null,
    plus_address: Number(patch.plusAddress ?? before?.plus_address === 1),
    incoming: incoming ? JSON.stringify(incoming) : null,
    outgoing: outgoing ? JSON.stringify(outgoing) : null,
    dkim: dkim ? JSON.stringify(dkimSchema.parse(dkim)) : null,
    secrets: sealSecrets(secret, id, secrets),
    lease_owner: before?.lease_owner ?? null,
    lease_until: before?.lease_until ?? null,
    seen_at: before?.seen_at ?? null,
    trouble: before?.trouble ?? null,
    created_at: before?.created_at ?? now,
    changed_at: now,
    deleted_at: null,
  }
  return { mailbox, secrets }
}

function serverAfter<T extends IncomingSettings | OutgoingSettings>(
  side: Side,
  schema: z.ZodType<T>,
  before: T | undefined,
  patch: ServerPatch<T> | null | undefined,
): T | undefined {
  if (patch === undefined) return before
  if (patch === null) return undefined
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const security = patch.security ?? before?.security ?? 'tls'
  const port = patch.port ?? before?.port ?? WELL_KNOWN_PORTS[side][security]
  const merged = Object.entries({ ...before, ...given, security, port }).filter(([, value]) => value !== null)
  const result = schema.safeParse(Object.fromEntries(merged))
  if (!result.success) {
    const [issue] = result.error.issues
    throw new Invalid(`${side}.${wireName(issue?.path ?? [])}`, issue?.message ?? 'is not valid')
  }
  const { auth, tokenUrl } = result.data
  if (auth === 'oauth2' && tokenUrl === undefined)
    throw new Invalid(`${side}.token_url`, 'is needed to sign in with OAuth 2')
  return result.data
}

/** `tokenUrl` → `token_url`. */
const wireName = (path: readonly PropertyKey[]): string =>
  path.map((part) => String(part).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join('.')

/** Everything that decides to whom a password is told. */
const receiverOf = (server: IncomingSettings | OutgoingSettings): string =>
  JSON.stringify([server.host.toLowerCase(), server.port, server.security, server.tokenUrl, server.authorities])

// Whoever may change mailboxes must not be able to learn their passwords: a mailbox that is pointed at another server
// would tell that server the password that was stored for the first one.
function credentialsAfter(
  side: Side,
  before: IncomingSettings | OutgoingSettings | undefined,
  after: IncomingSettings | OutgoingSettings | undefined,
  { [side]: old }: MailboxSecrets,
  patch: MailboxPatch,
): MailCredentials | undefined {
  if (!after) return undefined
  const isSameReceiver = before !== undefined && receiverOf(before) === receiverOf(after)
  const given = patch.secrets?.[side] ?? {}
  const kept = isSameReceiver ? (old ?? {}) : {}
  const merged = Object.fromEntries(
    Object.entries({ ...kept, ...dropUndefined(given) }).filter(([, value]) => value !== null),
  )
  if (after.auth === 'password' && after.user !== '' && merged.password === undefined)
    throw new Invalid(
      `${side}.password`,
      before && !isSameReceiver && old?.password !== undefined
        ? 'must be given again when the server changes: the stored one is for the server before'
        : 'is missing',
    )
  if (after.auth === 'oauth2' && merged.refreshToken === undefined)
    throw new Invalid(
      `${side}.refresh_token`,
      before && !isSameReceiver && old?.refreshToken !== undefined
        ? 'must be given again when the server changes: the stored one is for the server before'
        : 'is missing',
    )
  return merged
}

const dropUndefined = (given: object): object =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))

function distinctAliases(texts: readonly string[], address: string): string[] {
  const aliases = texts.map((text) => text.trim())
  const wrong = aliases.find((alias) => !isEmail(alias))
  if (wrong !== undefined) throw new Invalid('aliases', `has an address that is none: '${wrong.slice(0, 100)}'`)
  const keys = new Set([emailKey(address)])
  return aliases.filter((alias) => !keys.has(emailKey(alias)) && keys.add(emailKey(alias)))
}
