// What is wrong with a mail server, in words that an administrator can act on.

import type { IncomingSettings, OutgoingSettings, Side } from './mailbox.ts'
import { TokenRefused } from './oauth.ts'

export interface Trouble {
  /** The setting to look at, as it is called on the wire: `host`, `port`, `security`, `password` … */
  field: string
  /** One or two sentences. */
  says: string
  /** The server took the connection and said nothing. */
  isSilence?: boolean
}

/** A fault that was recognised where it happened. */
export class MailServerTrouble extends Error {
  readonly trouble: Trouble
  constructor(field: string, says: string) {
    super(says)
    this.trouble = { field, says }
  }
}

type Server = Pick<IncomingSettings | OutgoingSettings, 'host' | 'port' | 'security' | 'user' | 'auth'>

/** What imapflow, nodemailer, the sockets and TLS throw, as one sentence with the field that it is about. */
export function troubleOf(error: unknown, side: Side, server: Server): Trouble {
  if (error instanceof MailServerTrouble) return error.trouble
  if (error instanceof TokenRefused) return { field: 'refresh_token', says: error.message }
  const facts = factsOf(error)
  return (
    ofNetwork(facts, server) ??
    ofCertificate(facts, server) ??
    ofTls(facts, side, server) ??
    ofSignIn(facts, server) ?? {
      field: 'host',
      says: `The server ${server.host} does not work as expected: ${quoted(facts.reply || facts.message)}`,
    }
  )
}

interface Facts {
  code: string
  message: string
  /** The server's own words. */
  reply: string
  isSignIn: boolean
  isTls: boolean
}

function factsOf(error: unknown): Facts {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  const fields: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {}
  // Several addresses of a name were tried: the first says as much as all.
  const inner = error instanceof AggregateError ? factsOf(error.errors[0]) : undefined
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: text(fields.code) || (inner?.code ?? ''),
    message: message || (inner?.message ?? ''),
    reply: text(fields.responseText) || text(fields.response),
    isSignIn: fields.authenticationFailed === true || fields.code === 'EAUTH',
    isTls: fields.tlsFailed === true || fields.code === 'ETLS',
  }
}

function ofNetwork({ code, message }: Facts, { host, port }: Server): Trouble | undefined {
  if (/ENOTFOUND|EDNS|EAI_NODATA|EAI_NONAME/.test(code) || /\bENOTFOUND\b/.test(message))
    return { field: 'host', says: `The name ${host} is not known to the DNS. Check how it is spelled.` }
  if (/EAI_AGAIN/.test(`${code} ${message}`))
    return { field: 'host', says: `The name ${host} could not be looked up: the DNS does not answer now.` }
  if (/ECONNREFUSED/.test(`${code} ${message}`))
    return {
      field: 'port',
      says: `${host} refuses connections on port ${port}. Check the port, and whether the server runs.`,
    }
  if (/EHOSTUNREACH|ENETUNREACH/.test(`${code} ${message}`))
    return { field: 'host', says: `There is no way from here to ${host}. Check the address and the network.` }
  if (/CONNECT_TIMEOUT/.test(code) || (/ETIMEDOUT|ECONNECTION/.test(code) && /connect/i.test(message)))
    return {
      field: 'port',
      says: `${host} does not answer on port ${port}. Check the port, and whether a firewall is in between.`,
    }
  return undefined
}

function ofCertificate({ code, message }: Facts, { host }: Server): Trouble | undefined {
  const about = `${code} ${message}`
  const says = (text: string): Trouble => ({ field: 'authorities', says: text })
  if (/CERT_HAS_EXPIRED|certificate has expired/.test(about))
    return says(`The certificate of ${host} has expired. It has to be renewed on that server.`)
  if (/CERT_NOT_YET_VALID/.test(about))
    return says(`The certificate of ${host} is not valid yet. Check the clocks of both machines.`)
  if (/ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate/.test(about))
    return {
      field: 'host',
      says: `The certificate of ${host} is for another name: ${quoted(message.replace(/^.*altnames: /, ''))} Use the name that stands in the certificate.`,
    }
  if (/SELF_SIGNED|self-signed certificate/.test(about))
    return says(
      `The certificate of ${host} is signed by itself. Give the certificate (PEM) as authority, if it is the right one.`,
    )
  if (/UNABLE_TO_(VERIFY|GET_ISSUER)|unable to (verify|get)/.test(about))
    return says(
      `Nobody whom we trust has signed the certificate of ${host}. Give the certificate (PEM) of its authority.`,
    )
  return undefined
}

function ofTls(
  { code, message, reply, isTls }: Facts,
  side: Side,
  { host, port, security }: Server,
): Trouble | undefined {
  const about = `${code} ${message}`
  const plainPort = side === 'incoming' ? 143 : 587
  const tlsPort = side === 'incoming' ? 993 : 465
  if (
    /WRONG_VERSION_NUMBER|wrong version number|PACKET_LENGTH_TOO_LONG|packet length too long|http request/i.test(about)
  )
    return {
      field: 'security',
      says: `${host} does not speak TLS on port ${port}. Choose STARTTLS, or the port for TLS (mostly ${tlsPort}).`,
    }
  if (
    security === 'starttls' &&
    (/does not support STARTTLS|STARTTLS/i.test(message) || isTls) &&
    !/certificate/i.test(about)
  )
    return {
      field: 'security',
      says: `${host} does not offer STARTTLS on port ${port}. Choose TLS with port ${tlsPort}, or ask who runs the server.`,
    }
  if (
    /GREETING_TIMEOUT|Greeting never received|ClosedAfterConnect/i.test(about) ||
    (/ETIMEDOUT|ECONNECTION/.test(code) && /greeting/i.test(message))
  )
    return {
      field: 'port',
      says: `${host} takes connections on port ${port}, and then says nothing. Check whether this is a mail server's port${security === 'tls' ? '' : `; if it wants TLS at once, choose TLS`}.`,
      isSilence: true,
    }
  if (/ssl|tls|handshake|alert/i.test(about))
    return {
      field: 'security',
      says: `No safe connection to ${host} on port ${port} can be made (mostly ${security === 'tls' ? tlsPort : plainPort}): ${quoted(reply || message)}`,
    }
  return undefined
}

function ofSignIn({ code, message, reply, isSignIn }: Facts, server: Server): Trouble | undefined {
  const words = reply || message
  if (
    /LOGINDISABLED|Login is disabled|PRIVACYREQUIRED|Cleartext authentication disallowed|must issue a STARTTLS|530 5\.7\.0/i.test(
      words,
    )
  )
    return { field: 'security', says: `${server.host} lets nobody sign in without encryption. Choose TLS or STARTTLS.` }
  if (!isSignIn && !/AUTHENTICATIONFAILED|^5(34|35) /.test(`${code} ${words}`)) return undefined
  const isOauth = server.auth === 'oauth2'
  const hint = isOauth ? '' : hintFor(server, words)
  return {
    field: isOauth ? 'refresh_token' : 'password',
    says: isOauth
      ? `${server.host} does not accept the OAuth 2 token for '${server.user}'. Check that it was granted for mail and for this user. It says: ${quoted(words)}`
      : `${server.host} does not accept this user name and password. ${hint}It says: ${quoted(words)}`,
  }
}

/** Large providers refuse the password that people know, in words that do not help. */
function hintFor({ host, user }: Server, words: string): string {
  if (/gmail|google/i.test(host) || /Application-specific password|support\.google/i.test(words))
    return 'Google wants an app password (https://myaccount.google.com/apppasswords) or OAuth 2. '
  if (/outlook|office365|hotmail|live\.com/i.test(host) || /basic authentication is disabled|outlook/i.test(words))
    return 'Microsoft wants OAuth 2: passwords are switched off there. '
  if (/yahoo|aol/i.test(host))
    return 'Yahoo and AOL want an app password, made in the security settings of the account. '
  if (/icloud|me\.com|apple/i.test(host)) return 'Apple wants an app-specific password (https://account.apple.com). '
  if (/fastmail/i.test(host)) return 'Fastmail wants an app password (Settings, Privacy & Security). '
  return user.includes('@') ? '' : 'Many servers want the whole address as the user name. '
}

/** A server's words in one line, without what could be taken for ours. */
export const quoted = (words: string): string => {
  const line = words
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
  return line === '' ? '(nothing).' : /[.!?)]$/.test(line) ? line : `${line}.`
}
