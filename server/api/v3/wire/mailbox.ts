// Mailboxes as our own API shows and takes them. What is secret goes in and never comes out.
import type { z } from 'zod'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import type {
  mailboxPatchSchema,
  mailboxPresetSchema,
  mailboxSchema,
  mailboxTestSchema,
} from '../../../../contract/v3/mailboxes.ts'
import type { MailboxPatch } from '../../../desk/mailboxes/draft.ts'
import {
  aliasesOf,
  dkimOf,
  type IncomingSettings,
  incomingOf,
  type Mailbox,
  type MailCredentials,
  type OutgoingSettings,
  outgoingOf,
  secretsOf,
} from '../../../desk/mailboxes/mailbox.ts'
import type { Preset, PresetServer } from '../../../desk/mailboxes/presets.ts'
import type { MailboxTrial } from '../../../desk/mailboxes/trial.ts'
import type { Trouble } from '../../../desk/mailboxes/trouble.ts'

const serverView = (server: IncomingSettings | OutgoingSettings, credentials: MailCredentials | undefined) => ({
  host: server.host,
  port: server.port,
  security: server.security,
  user: server.user,
  auth: server.auth,
  token_url: server.tokenUrl ?? null,
  authorities: server.authorities ?? null,
  has_password: credentials?.password !== undefined,
  has_refresh_token: credentials?.refreshToken !== undefined,
})

/** `secret` is the installation's: which secrets there are stands in what it seals. */
export function mailboxView(secret: string, mailbox: Mailbox): z.input<typeof mailboxSchema> {
  const incoming = incomingOf(mailbox)
  const outgoing = outgoingOf(mailbox)
  const dkim = dkimOf(mailbox)
  const secrets = secretsOf(secret, mailbox)
  return {
    id: mailbox.id,
    name: mailbox.name,
    address: mailbox.address,
    aliases: aliasesOf(mailbox),
    departmentid: mailbox.department_id,
    is_active: mailbox.is_active === 1,
    is_default: mailbox.is_default === 1,
    sender_name: mailbox.sender_name,
    plus_address: mailbox.plus_address === 1,
    incoming: incoming
      ? {
          ...serverView(incoming, secrets.incoming),
          folders: incoming.folders.map((folder) =>
            typeof folder === 'string' ? folder : { name: folder.name, departmentid: folder.departmentId },
          ),
          poll_seconds: incoming.pollSeconds,
          is_only_new: incoming.isOnlyNew,
        }
      : null,
    outgoing: outgoing
      ? {
          ...serverView(outgoing, secrets.outgoing),
          connections: outgoing.connections,
          size_limit: outgoing.sizeLimit,
        }
      : null,
    dkim: dkim ? { ...dkim, has_private_key: secrets.dkimKey !== undefined } : null,
    trouble: mailbox.trouble,
    dateseen: instantTextOrNull(mailbox.seen_at),
    datecreated: instantText(mailbox.created_at),
    datechanged: instantText(mailbox.changed_at),
  }
}

type Body = z.output<typeof mailboxPatchSchema>

export function mailboxPatch(body: Body): MailboxPatch {
  const { departmentid, is_active, is_default, sender_name, plus_address, is_test_skipped: _, ...others } = body
  const { incoming, outgoing, dkim, ...plain } = others
  return {
    ...plain,
    departmentId: departmentid,
    isActive: is_active,
    isDefault: is_default,
    senderName: sender_name,
    plusAddress: plus_address,
    incoming: incoming && {
      ...serverDraft(incoming),
      folders: incoming.folders?.map((folder) =>
        typeof folder === 'string' ? folder : { name: folder.name, departmentId: folder.departmentid },
      ),
      pollSeconds: incoming.poll_seconds,
      isOnlyNew: incoming.is_only_new,
    },
    outgoing: outgoing && {
      ...serverDraft(outgoing),
      connections: outgoing.connections,
      sizeLimit: outgoing.size_limit,
    },
    dkim: dkim && { domain: dkim.domain, selector: dkim.selector },
    secrets: {
      incoming: incoming ? credentialsOf(incoming) : undefined,
      outgoing: outgoing ? credentialsOf(outgoing) : undefined,
      dkimKey: dkim === null ? null : dkim?.private_key,
    },
  }
}

type ServerBody = Pick<
  NonNullable<Body['outgoing']>,
  | 'host'
  | 'port'
  | 'security'
  | 'user'
  | 'auth'
  | 'token_url'
  | 'authorities'
  | 'password'
  | 'client_id'
  | 'client_secret'
  | 'refresh_token'
>

/** Null takes away what need not be there. */
const serverDraft = ({ host, port, security, user, auth, token_url, authorities }: ServerBody) => ({
  host,
  port,
  security,
  user,
  auth,
  tokenUrl: token_url,
  authorities,
})

const credentialsOf = ({ password, client_id, client_secret, refresh_token }: ServerBody) => ({
  password,
  clientId: client_id,
  clientSecret: client_secret,
  refreshToken: refresh_token,
})

export function mailboxTestView({ incoming, outgoing }: MailboxTrial): z.input<typeof mailboxTestSchema> {
  return {
    is_working: !incoming?.trouble && !outgoing?.trouble,
    incoming: incoming
      ? { trouble: troubleView(incoming.trouble), folders: incoming.folders, has_idle: incoming.hasIdle }
      : null,
    outgoing: outgoing ? { trouble: troubleView(outgoing.trouble) } : null,
  }
}

const troubleView = (trouble: Trouble | null) => trouble && { field: trouble.field, message: trouble.says }

const presetServer = ({ tokenUrl, ...server }: PresetServer) => ({ ...server, token_url: tokenUrl ?? null })

export const presetView = ({ provider, incoming, outgoing, hint }: Preset): z.input<typeof mailboxPresetSchema> => ({
  provider: provider ?? null,
  incoming: presetServer(incoming),
  outgoing: presetServer(outgoing),
  hint: hint ?? null,
})
