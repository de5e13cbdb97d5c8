// Mail servers as one address: `imaps://user:password@host:993`, `smtp://host:587?starttls`.

export interface MailUrl {
  host: string
  /** Undefined: the usual one. */
  port: number | undefined
  security: 'tls' | 'starttls' | 'none'
  user: string
  password: string | undefined
}

/** Undefined: it cannot be understood. Characters that mean something in addresses are percent-encoded: `%40` is `@`. */
export function parseMailUrl(scheme: 'imap' | 'smtp', text: string): MailUrl | undefined {
  // Only what the address parser knows has hosts and ports for it: the scheme is changed for one of those.
  const rest = /^(imap|smtp)(s?):\/\/(.+)$/i.exec(text.trim())
  if (!rest || rest[1]?.toLowerCase() !== scheme || !URL.canParse(`ftp://${rest[3]}`)) return undefined
  const url = new URL(`ftp://${rest[3]}`)
  const options = [...url.searchParams.keys()]
  if (url.hostname === '' || !['', '/'].includes(url.pathname) || url.hash !== '') return undefined
  if (options.some((option) => option !== 'starttls')) return undefined
  const isTls = rest[2] !== ''
  if (isTls && options.length > 0) return undefined
  try {
    return {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: portOf(text, url),
      security: isTls ? 'tls' : options.length > 0 ? 'starttls' : 'none',
      user: decodeURIComponent(url.username),
      password: url.password === '' ? undefined : decodeURIComponent(url.password),
    }
  } catch {
    return undefined
  }
}

/** 21 is the usual port of the borrowed scheme, and would be left out. */
const portOf = (text: string, { port }: URL): number | undefined =>
  port !== '' ? Number(port) : /:21(?=[/?]|$)/.test(text) ? 21 : undefined
