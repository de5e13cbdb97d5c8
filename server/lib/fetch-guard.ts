// Fetches an address that a caller gave, so that it cannot be used to reach what only this server can reach: every
// address that a name resolves to is checked, the connection goes to one of those very addresses, and so at each redirect.
import { lookup as systemLookup } from 'node:dns/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'
import { Invalid } from './errors.ts'
import { isPublicAddress, networks } from './networks.ts'

export interface ResolvedAddress {
  address: string
  family: number
}
export type Resolve = (host: string) => Promise<ResolvedAddress[]>

export interface FetchOptions {
  /** The parameter that an error names. */
  field: string
  /** Networks that may be reached although they are not public: CIDR. */
  allow: readonly string[]
  maxBytes: number
  userAgent: string
  /** For everything together: names, connections, redirects, body. */
  timeoutMs?: number
  /** How names become addresses. */
  resolve?: Resolve
  /** Certificates of authorities to trust instead of the usual ones: PEM. */
  authorities?: string
  /** Sends this with POST instead of asking with GET. Any status is an answer then, and redirects are not followed. */
  post?: { type: string; body: string }
}

export interface Fetched {
  /** 200, unless something was posted. */
  status: number
  contents: Buffer
  /** Content-Type, as it came. */
  type: string | undefined
  /** Content-Disposition, as it came. */
  disposition: string | undefined
  /** Where the redirects ended. */
  url: string
}

const TIMEOUT_MS = 30_000
const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * Fetches `http://…` or `https://…`. Throws Invalid with the field's name for everything that goes wrong, in
 * words that tell nothing about the network here: a name that is unknown and one that is internal read the same.
 */
export async function fetchGuarded(address: string, options: FetchOptions): Promise<Fetched> {
  const guard: Guard = {
    ...options,
    allowed: networks(options.allow),
    resolve: options.resolve ?? ((host) => systemLookup(host, { all: true, verbatim: true })),
    deadline: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
    refuse: (message) => new Invalid(options.field, message),
  }
  let url = parseAddress(guard, address)
  for (let redirects = 0; ; redirects++) {
    const response = await open(guard, url)
    try {
      const next = redirectOf(guard, response, url)
      if (!next) return await readWhole(guard, response, url)
      if (redirects === MAX_REDIRECTS) throw guard.refuse(`redirects more than ${MAX_REDIRECTS} times`)
      url = next
    } finally {
      response.destroy()
    }
  }
}

interface Guard extends FetchOptions {
  allowed: BlockList
  resolve: Resolve
  deadline: AbortSignal
  refuse(message: string): Invalid
}

const NOT_PUBLIC = 'names a host that is unknown or not on the public internet'
const UNREACHABLE = 'cannot be downloaded: the host does not answer as it should'
const TOO_SLOW = 'cannot be downloaded: it takes too long'

function parseAddress(guard: Guard, address: string, base?: URL): URL {
  let url: URL
  try {
    url = new URL(address, base)
  } catch {
    throw guard.refuse('must be an address such as https://example.com/file.pdf')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw guard.refuse('must begin with http:// or https://')
  if (url.username !== '' || url.password !== '') throw guard.refuse('must not contain a user name or password')
  url.hash = ''
  return url
}

/** `[::1]` → `::1`; the URL parser has already turned spellings such as 0x7f.1 and 2130706433 into plain addresses. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The addresses of a host, all of them checked: one that is not allowed spoils the rest. */
async function checkedAddresses(guard: Guard, url: URL): Promise<[ResolvedAddress, ...ResolvedAddress[]]> {
  const host = hostOf(url)
  const literal = isIP(host)
  const found = literal
    ? [{ address: host, family: literal }]
    : await beforeDeadline(guard, guard.resolve(host)).catch((error: unknown) => {
        throw error instanceof Invalid ? error : guard.refuse(NOT_PUBLIC)
      })
  const [first, ...others] = found
  if (!first) throw guard.refuse(NOT_PUBLIC)
  for (const { address } of found) assertAllowed(guard, url, address)
  return [first, ...others]
}

/**
 * On public hosts only the ports of the web, and those that need no rights to open: the others (mail, SSH, …) are not for
 * files. Networks that the administrator has named are his own affair.
 */
function assertAllowed(guard: Guard, url: URL, address: string): void {
  if (isIP(address) === 0 || address.includes('%')) throw guard.refuse(NOT_PUBLIC)
  if (guard.allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return
  if (!isPublicAddress(address)) throw guard.refuse(NOT_PUBLIC)
  const port = Number(url.port)
  if (port !== 0 && port !== 80 && port !== 443 && port < 1024)
    throw guard.refuse('names a port that is not for downloads')
}

async function open(guard: Guard, url: URL): Promise<IncomingMessage> {
  const addresses = await checkedAddresses(guard, url)
  const host = hostOf(url)
  // Whatever the name would resolve to now, the connection goes where was checked.
  const lookup: LookupFunction = (_host, { all }, callback) =>
    all ? callback(null, addresses) : callback(null, addresses[0].address, addresses[0].family)
  const options = {
    agent: false,
    lookup,
    signal: guard.deadline,
    method: guard.post ? 'POST' : 'GET',
    headers: {
      accept: '*/*',
      'accept-encoding': 'identity',
      'user-agent': guard.userAgent,
      connection: 'close',
      ...(guard.post && { 'content-type': guard.post.type, 'content-length': Buffer.byteLength(guard.post.body) }),
    },
  }
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(guard.refuse(guard.deadline.aborted ? TOO_SLOW : UNREACHABLE))
    if (guard.deadline.aborted) return fail()
    const outgoing =
      url.protocol === 'https:'
        ? httpsRequest(url, {
            ...options,
            rejectUnauthorized: true,
            ...(isIP(host) === 0 && { servername: host }),
            ...(guard.authorities !== undefined && { ca: guard.authorities }),
          })
        : httpRequest(url, options)
    outgoing.on('error', fail)
    // A server that wants to speak another protocol has no file for us; without this the socket would stay open.
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy()
      fail()
    })
    outgoing.on('response', resolve)
    outgoing.end(guard.post?.body)
  })
}

function redirectOf(guard: Guard, response: IncomingMessage, from: URL): URL | undefined {
  const { location } = response.headers
  // What was posted is for this host alone.
  if (guard.post) return undefined
  if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return undefined
  return parseAddress(guard, location, from)
}

async function readWhole(guard: Guard, response: IncomingMessage, url: URL): Promise<Fetched> {
  const { headers, statusCode } = response
  if (statusCode !== 200 && !guard.post) throw guard.refuse(`cannot be downloaded: the host answers ${statusCode}`)
  // Unpacking could make gigabytes out of nothing, and we asked for the file as it is.
  const encoding = [headers['content-encoding'], headers['transfer-encoding']?.replace(/\bchunked\b/i, '')]
  if (encoding.some((value) => value && !/^[\s,]*(identity)?[\s,]*$/i.test(value)))
    throw guard.refuse('cannot be downloaded: the host sends it compressed')
  const tooLarge = (): Invalid =>
    guard.refuse(`is larger than files may be: at most ${guard.maxBytes} bytes (setting DESKHAND_FILE_LIMIT)`)
  if (Number(headers['content-length'] ?? 0) > guard.maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) continue
      size += chunk.length
      if (size > guard.maxBytes) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof Invalid) throw error
    throw guard.refuse(guard.deadline.aborted ? TOO_SLOW : UNREACHABLE)
  }
  // Giving up ends a body without a length as if it were complete: what came until then must not pass for the file.
  if (guard.deadline.aborted) throw guard.refuse(TOO_SLOW)
  if (!response.complete) throw guard.refuse(UNREACHABLE)
  return {
    status: statusCode ?? 0,
    contents: Buffer.concat(chunks),
    type: headers['content-type'],
    disposition: headers['content-disposition'],
    url: url.href,
  }
}

/** Names that are slow to resolve cannot be given up by themselves. */
async function beforeDeadline<T>(guard: Guard, work: Promise<T>): Promise<T> {
  let onAbort: (() => void) | undefined
  const late = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(guard.refuse(TOO_SLOW))
    if (guard.deadline.aborted) onAbort()
    guard.deadline.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([work, late])
  } finally {
    if (onAbort) guard.deadline.removeEventListener('abort', onAbort)
  }
}
