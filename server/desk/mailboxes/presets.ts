// The servers of well-known providers, so that nobody has to look them up.
import { emailKey } from '../../lib/email.ts'

interface Provider {
  name: string
  domains: readonly string[]
  imap: string
  smtp: string
  /** STARTTLS on 587; TLS on 465 without it. */
  isStartTls?: boolean
  tokenUrl?: string
  hint?: string
}

const APP_PASSWORD = 'Needs an app password, made in the security settings of the account.'

const providers: readonly Provider[] = [
  {
    name: 'Gmail',
    domains: ['gmail.com', 'googlemail.com'],
    imap: 'imap.gmail.com',
    smtp: 'smtp.gmail.com',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    hint: 'Needs an app password (https://myaccount.google.com/apppasswords) or OAuth 2.',
  },
  {
    name: 'Microsoft 365',
    domains: ['onmicrosoft.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'outlook.de', 'hotmail.de'],
    imap: 'outlook.office365.com',
    smtp: 'smtp.office365.com',
    isStartTls: true,
    tokenUrl: 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
    hint: 'Needs OAuth 2, and sending by SMTP allowed for the mailbox.',
  },
  {
    name: 'Fastmail',
    domains: ['fastmail.com', 'fastmail.fm'],
    imap: 'imap.fastmail.com',
    smtp: 'smtp.fastmail.com',
    hint: APP_PASSWORD,
  },
  {
    name: 'Yahoo',
    domains: ['yahoo.com', 'yahoo.de', 'yahoo.co.uk', 'ymail.com'],
    imap: 'imap.mail.yahoo.com',
    smtp: 'smtp.mail.yahoo.com',
    hint: APP_PASSWORD,
  },
  { name: 'AOL', domains: ['aol.com'], imap: 'imap.aol.com', smtp: 'smtp.aol.com', hint: APP_PASSWORD },
  {
    name: 'iCloud',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    imap: 'imap.mail.me.com',
    smtp: 'smtp.mail.me.com',
    isStartTls: true,
    hint: APP_PASSWORD,
  },
  { name: 'Zoho', domains: ['zoho.com', 'zohomail.com', 'zohomail.eu'], imap: 'imap.zoho.com', smtp: 'smtp.zoho.com' },
  {
    name: 'GMX',
    domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch'],
    imap: 'imap.gmx.net',
    smtp: 'mail.gmx.net',
    hint: 'IMAP has to be allowed in the settings of the account.',
  },
  {
    name: 'WEB.DE',
    domains: ['web.de'],
    imap: 'imap.web.de',
    smtp: 'smtp.web.de',
    hint: 'IMAP has to be allowed in the settings of the account.',
  },
  { name: 'mailbox.org', domains: ['mailbox.org'], imap: 'imap.mailbox.org', smtp: 'smtp.mailbox.org' },
  { name: 'Posteo', domains: ['posteo.de', 'posteo.net'], imap: 'posteo.de', smtp: 'posteo.de' },
]

export interface PresetServer {
  host: string
  port: number
  security: 'tls' | 'starttls'
  user: string
  auth: 'password' | 'oauth2'
  tokenUrl: string | undefined
}

export interface Preset {
  /** Undefined: the servers are a guess from the domain. */
  provider: string | undefined
  incoming: PresetServer
  outgoing: PresetServer
  hint: string | undefined
}

/** The usual servers for an address. Looks nothing up. */
export function presetFor(address: string): Preset {
  const domain = emailKey(address).split('@').at(-1) ?? ''
  const provider = providers.find(({ domains }) =>
    domains.some((known) => domain === known || domain.endsWith(`.${known}`)),
  )
  const { imap, smtp, isStartTls = false, tokenUrl } = provider ?? { imap: `imap.${domain}`, smtp: `smtp.${domain}` }
  const common = {
    user: address.trim(),
    auth: provider?.name === 'Microsoft 365' ? ('oauth2' as const) : ('password' as const),
    tokenUrl,
  }
  return {
    provider: provider?.name,
    incoming: { host: imap, port: 993, security: 'tls', ...common },
    outgoing: { host: smtp, port: isStartTls ? 587 : 465, security: isStartTls ? 'starttls' : 'tls', ...common },
    hint: provider?.hint,
  }
}
