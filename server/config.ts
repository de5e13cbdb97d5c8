// The only reader of process.env. Everything is checked at start; what is wrong is named with what would be right.
import { z } from 'zod'
import { type MailUrl, parseMailUrl } from './lib/mail-url.ts'
import { parseNetwork } from './lib/networks.ts'
import { isZone } from './lib/zone.ts'

const integer = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}`)
    .default(fallback)

const port = () =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'must be a port from 0 to 65535')
    .transform(Number)
    .refine((n) => n <= 65_535, 'must be a port from 0 to 65535')
    .optional()

/** Sizes as people write them: `50MB`, `512kB`, `1048576`. */
const bytes = (fallback: string) =>
  z
    .string()
    .regex(/^\d+\s*([kKmMgG]?[bB]?)$/, 'must be a size such as 50MB or 512kB')
    .default(fallback)
    .transform((text) => {
      const unit = /[kmg]/i.exec(text)?.[0].toLowerCase() ?? ''
      return Number.parseInt(text, 10) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit)
    })

const mailUrl = (scheme: 'imap' | 'smtp') =>
  z
    .string()
    .refine(
      (text) => parseMailUrl(scheme, text) !== undefined,
      `must be an address such as ${scheme}s://user:password@host or ${scheme}://user:password@host?starttls`,
    )
    .optional()

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

/** Names that stand for networks: of this machine, and of private ones. */
const PROXY_NAMES = new Set(['loopback', 'linklocal', 'uniquelocal'])

/** Each key with the sentence that `deskhand doctor` and the documentation show. */
export const settingsOfEnvironment = {
  PORT: integer(0, 65_535, 8080).describe('Port of the web server. 0 picks a free one.'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on. 0.0.0.0 means every network.'),
  DESKHAND_DATA: z.string().default('./data').describe('Folder for the database and files. Created if missing.'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional()
    .describe('PostgreSQL to use instead of the embedded database.'),
  DESKHAND_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://help.example.com' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('Public address of this server, for links in mails and answers. Default: http://HOST:PORT.'),
  DESKHAND_TIMEZONE: z
    .string()
    .refine(isZone, 'must be a time zone such as Europe/Berlin or GMT')
    .optional()
    .describe("The account's time zone. Overrides the stored setting; without either, GMT."),
  DESKHAND_OWNER_EMAIL: z
    .email('must be an e-mail address')
    .optional()
    .describe("First start only: the owner's e-mail."),
  DESKHAND_OWNER_PASSWORD: z
    .string()
    .min(8, 'must have at least 8 characters')
    .optional()
    .describe("First start only: the owner's password."),
  DESKHAND_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, 'must have 16 to 200 visible ASCII characters')
    .optional()
    .describe('First start only: the first API key, with full rights.'),
  DESKHAND_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'must be trace, debug, info, warn, error or silent')
    .default('info')
    .describe('How much is logged, as JSON lines on standard error.'),
  DESKHAND_BODY_LIMIT: bytes('50MB').describe('Largest request body that is read.'),
  DESKHAND_FILE_LIMIT: bytes('25MB').describe('Largest file that is stored.'),
  DESKHAND_RATE_LIMIT: integer(1, 100_000_000, 1_000_000).describe(
    'Requests a minute that one API key, and one address, may make before 429. A key can have a limit of its own. Of IPv6, a network (/64) counts as one address.',
  ),
  DESKHAND_LIVE_LIMIT: integer(1, 1_000_000, 2_000).describe(
    'Live connections (see docs/live.md) that one address may hold at a time. An office behind one router is one address.',
  ),
  DESKHAND_TRUST_PROXY: z
    .string()
    .refine(
      (text) => listed(text).every((part) => PROXY_NAMES.has(part) || parseNetwork(part) !== undefined),
      'must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas',
    )
    .optional()
    .describe('Addresses or networks (comma-separated) of reverse proxies whose X-Forwarded-For is believed.'),
  DESKHAND_FETCH_ALLOW: z
    .string()
    .refine(
      (text) => listed(text).every((part) => parseNetwork(part) !== undefined),
      'must be networks such as 10.0.0.0/8, separated by commas',
    )
    .default('')
    .describe('Internal networks (CIDR, comma-separated) that downloadUrl may reach. None by default.'),
  DESKHAND_MAIL_ADDRESS: z
    .email('must be an e-mail address')
    .optional()
    .describe('Address of the mailbox that the next two set up at each start. Others are added by the API.'),
  DESKHAND_IMAP_URL: mailUrl('imap').describe(
    'Server for its incoming mail: imaps://user:password@host:993, imap://…?starttls. Characters such as @ percent-encoded.',
  ),
  DESKHAND_SMTP_URL: mailUrl('smtp').describe(
    'Server that sends for it: smtps://user:password@host:465, smtp://user:password@host:587?starttls.',
  ),
  DESKHAND_SMTP_PORT: port().describe(
    'Port on which other mail servers hand over mail for the mailboxes by SMTP. 0 picks a free one. Without it, none.',
  ),
  DESKHAND_LMTP_PORT: port().describe('The same by LMTP, as Postfix and others deliver locally.'),
  DESKHAND_MAIL_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address on which mail is taken. 0.0.0.0 means every network.'),
  DESKHAND_MAIL_LIMIT: bytes('50MB').describe('Largest mail that is taken.'),
  DESKHAND_SMTP_CERT: z
    .string()
    .optional()
    .describe('File with the certificate (PEM, with its chain) for STARTTLS when mail is handed over.'),
  DESKHAND_SMTP_KEY: z.string().optional().describe("File with the certificate's private key (PEM)."),
  DESKHAND_POOL_SIZE: integer(2, 500, 10).describe('Connections to PostgreSQL.'),
} as const

const schema = z.object(settingsOfEnvironment)
type Environment = z.infer<typeof schema>

export interface Config {
  port: number
  host: string
  dataFolder: string
  databaseUrl: string | undefined
  publicUrl: string | undefined
  timezone: string | undefined
  ownerEmail: string | undefined
  ownerPassword: string | undefined
  apiKey: string | undefined
  logLevel: Environment['DESKHAND_LOG_LEVEL']
  bodyLimit: number
  fileLimit: number
  rateLimit: number
  liveLimit: number
  trustProxy: string | undefined
  fetchAllow: string[]
  poolSize: number
  /** The mailbox that the environment names. */
  mailbox: { address: string; imap: MailUrl | undefined; smtp: MailUrl | undefined } | undefined
  inlet: InletConfig
}

/** Where mail is handed over to us. */
export interface InletConfig {
  /** Undefined: nowhere. */
  smtpPort: number | undefined
  lmtpPort: number | undefined
  host: string
  /** In bytes. */
  sizeLimit: number
  /** Files in PEM. Both or neither. */
  tls: { cert: string; key: string } | undefined
}

/** A setting as people are told about it. */
export interface SettingDescription {
  name: string
  meaning: string
  /** As it would be written; undefined: there is none. */
  fallback: string | undefined
  /** Must not be shown. */
  isSecret: boolean
}

export const describeSettings = (): SettingDescription[] =>
  Object.entries(settingsOfEnvironment).map(([name, kind]) => {
    const fallback = fallbackOf(kind)
    return {
      name,
      meaning: kind.description ?? '',
      fallback: fallback === undefined || fallback === '' ? undefined : String(fallback),
      isSecret: isSecret(name),
    }
  })

/** What stands in a default, under whatever was wrapped around it. */
function fallbackOf(kind: unknown): unknown {
  if (kind instanceof z.ZodDefault) return kind.def.defaultValue
  if (kind instanceof z.ZodPipe) return fallbackOf(kind.def.in)
  if (kind instanceof z.ZodOptional) return fallbackOf(kind.def.innerType)
  return undefined
}

const isSecret = (name: string): boolean => /PASSWORD|KEY|DATABASE_URL|(IMAP|SMTP)_URL/.test(name)

/** What is wrong with the environment, one line a setting. */
export class ConfigError extends Error {}

/** Reads the settings. Throws ConfigError with every fault at once. An empty variable counts as not set. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const result = schema.safeParse(given)
  if (!result.success) {
    const lines = result.error.issues.map(({ path, message }) => {
      const name = String(path[0])
      return `${name} ${message}${isSecret(name) ? '' : ` (it is '${given[name]}')`}`
    })
    throw new ConfigError(lines.join('\n'))
  }
  const env = result.data
  return {
    port: env.PORT,
    host: env.HOST,
    dataFolder: env.DESKHAND_DATA,
    databaseUrl: env.DATABASE_URL,
    publicUrl: env.DESKHAND_URL,
    timezone: env.DESKHAND_TIMEZONE,
    ownerEmail: env.DESKHAND_OWNER_EMAIL,
    ownerPassword: env.DESKHAND_OWNER_PASSWORD,
    apiKey: env.DESKHAND_API_KEY,
    logLevel: env.DESKHAND_LOG_LEVEL,
    bodyLimit: env.DESKHAND_BODY_LIMIT,
    fileLimit: env.DESKHAND_FILE_LIMIT,
    rateLimit: env.DESKHAND_RATE_LIMIT,
    liveLimit: env.DESKHAND_LIVE_LIMIT,
    trustProxy: env.DESKHAND_TRUST_PROXY,
    fetchAllow: listed(env.DESKHAND_FETCH_ALLOW),
    poolSize: env.DESKHAND_POOL_SIZE,
    mailbox: mailboxOf(env),
    inlet: {
      smtpPort: env.DESKHAND_SMTP_PORT,
      lmtpPort: env.DESKHAND_LMTP_PORT,
      host: env.DESKHAND_MAIL_HOST,
      sizeLimit: env.DESKHAND_MAIL_LIMIT,
      tls: tlsFiles(env.DESKHAND_SMTP_CERT, env.DESKHAND_SMTP_KEY),
    },
  }
}

function mailboxOf(env: Environment): Config['mailbox'] {
  const { DESKHAND_MAIL_ADDRESS: address, DESKHAND_IMAP_URL: imap, DESKHAND_SMTP_URL: smtp } = env
  if (address === undefined && (imap ?? smtp) === undefined) return undefined
  if (address === undefined || (imap ?? smtp) === undefined)
    throw new ConfigError(
      'DESKHAND_MAIL_ADDRESS belongs together with DESKHAND_IMAP_URL or DESKHAND_SMTP_URL: set both or neither',
    )
  return {
    address,
    imap: imap === undefined ? undefined : parseMailUrl('imap', imap),
    smtp: smtp === undefined ? undefined : parseMailUrl('smtp', smtp),
  }
}

function tlsFiles(cert: string | undefined, key: string | undefined): InletConfig['tls'] {
  if (cert === undefined && key === undefined) return undefined
  if (cert !== undefined && key !== undefined) return { cert, key }
  throw new ConfigError('DESKHAND_SMTP_CERT and DESKHAND_SMTP_KEY belong together: set both or neither')
}
