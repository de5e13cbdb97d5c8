// Whether a mail is from whom it says: DKIM and SPF, aligned with the address in From, and what the domain says (DMARC).
import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { DMARCResult, DNSResolver } from 'mailauth'
import { z } from 'zod'
import { emailKey } from '../../../lib/email.ts'
import type { Envelope } from '../intake/keep-raw.ts'
import type { ReadMail } from '../reading/mail.ts'
import { authenticationResults } from './authentication-results.ts'

export const authenticationSchema = z.object({
  /**
   * `pass`: the domain in From has signed it or sent it. `fail`: that domain says that such mail is not its own. `none`:
   * nothing can be said. `unknown`: the domain could not be asked.
   */
  result: z.enum(['pass', 'fail', 'none', 'unknown']),
  /** One sentence for an agent. */
  reason: z.string(),
  dkim: z.array(z.object({ domain: z.string(), result: z.string() })),
  spf: z.string().nullable(),
  dmarc: z.string().nullable(),
  /** Null: by this desk. Else the server whose word was taken. */
  by: z.string().nullable(),
})
export type Authentication = z.infer<typeof authenticationSchema>

/** Answers as `resolve` of node:dns does, and throws as it does. */
export type Resolve = (name: string, type: string) => Promise<unknown>

export interface Authenticating {
  resolve: Resolve
  /** For all questions about one mail together. */
  timeoutMs: number
  /** Name of a server whose Authentication-Results are believed. Empty: none. */
  trustedServer: string
}

const nothing = (reason: string): Authentication => ({
  result: 'none',
  reason,
  dkim: [],
  spf: null,
  dmarc: null,
  by: null,
})

const unknown = (reason: string): Authentication => ({ ...nothing(reason), result: 'unknown' })

/** More than any real mail has. Each costs a question and a computation. */
const MAX_SIGNATURES = 8
/** Above this, hashing takes longer than anybody should wait. Nobody proves who he is with 50 MB. */
const MAX_BYTES = 30 * 1024 * 1024

/** The verdict on a mail. Never throws: what cannot be asked is `unknown`. */
export async function authenticate(
  contents: Uint8Array,
  read: ReadMail,
  envelope: Envelope,
  { resolve, timeoutMs, trustedServer }: Authenticating,
): Promise<Authentication> {
  const { from } = read
  if (!from) return nothing('The mail does not say whom it is from.')
  const count = (name: string): number => read.headers.filter(([header]) => header === name).length
  if (count('from') > 1) return nothing('The mail says more than once whom it is from.')
  const told = trustedServer === '' ? undefined : authenticationResults(read.headers, trustedServer, from.address)
  if (told) return told
  const client = publicAddress(envelope)
  const signatures = count('dkim-signature')
  if (signatures === 0 && client === undefined) return nothing('The mail is not signed.')
  if (signatures > MAX_SIGNATURES) return nothing('The mail has too many signatures.')
  if (contents.length > MAX_BYTES) return nothing('The mail is too large to check its signature.')
  const late = new AbortController()
  try {
    const asking = ask(contents, from.address, envelope, client, (name, type) => {
      late.signal.throwIfAborted()
      return resolve(name, type)
    })
    return await within(asking, timeoutMs)
  } catch (error) {
    return unknown(
      `The sender's domain could not be asked: ${error instanceof Error ? error.message : 'unknown error'}`,
    )
  } finally {
    late.abort()
  }
}

function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it did not answer in time')), timeoutMs)
  })
  // Whatever comes after the deadline must not end the process as an unhandled rejection.
  work.catch(() => {})
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

async function ask(
  contents: Uint8Array,
  from: string,
  envelope: Envelope,
  client: string | undefined,
  resolver: Resolve,
): Promise<Authentication> {
  // 48 MB: a desk that never gets signed mail does without.
  const { authenticate: check } = await import('mailauth')
  const { dkim, spf, dmarc } = await check(Buffer.from(contents.buffer, contents.byteOffset, contents.byteLength), {
    // Its type leaves out what it expects of MX: objects, as node:dns gives them.
    resolver: resolver as DNSResolver,
    trustReceived: false,
    disableArc: true,
    disableBimi: true,
    rejectRsaSha1: true,
    // The name says only who writes into the results: ours is nobody's business.
    mta: 'localhost',
    ...(client !== undefined && { ip: client, helo: envelope.client?.name ?? '', sender: envelope.from ?? '' }),
  })
  const results = dkim.results.map((row) => ({ domain: row.signingDomain ?? '', result: row.status.result as string }))
  const found = {
    dkim: results,
    spf: client !== undefined && spf ? spf.status.result : null,
    dmarc: dmarc ? dmarc.status.result : null,
    by: null,
  }
  const [author] = dkim.headerFrom
  if (dkim.headerFrom.length !== 1 || author === undefined || emailKey(author) !== emailKey(from))
    return { ...found, result: 'none', reason: 'From can be read in more than one way.' }
  const signed = dkim.results.find(
    // A signature over only the first bytes of the body lets anybody write on below them.
    ({ status, canonBodyLengthLimited }) =>
      status.result === 'pass' && status.aligned && !status.underSized && !canonBodyLengthLimited,
  )
  if (signed)
    return { ...found, result: 'pass', reason: `Signed by ${signed.signingDomain ?? ''}, the domain in From.` }
  if (client !== undefined && spf && spf.status.result === 'pass' && isOf(spf.domain, from, dmarc))
    return { ...found, result: 'pass', reason: `Sent by a server of ${spf.domain}, the domain in From.` }
  const isAway = [...dkim.results.map(({ status }) => status.result), found.spf, found.dmarc].some(
    (result) => result === 'temperror' || result === 'temperr',
  )
  if (isAway) return { ...found, result: 'unknown', reason: "The sender's domain could not be asked." }
  // Without the sender's server there is half a verdict: a mail that was not signed may have passed by SPF.
  if (client !== undefined && dmarc && dmarc.status.result === 'fail')
    return { ...found, result: 'fail', reason: `${dmarc.domain} says that it does not send such mail.` }
  return {
    ...found,
    result: 'none',
    reason: 'Neither a signature nor the sending server belongs to the domain in From.',
  }
}

/** Whether the domain that SPF speaks of is that of From, or counts as it where that domain says how (DMARC). */
const isOf = (domain: string, from: string, dmarc: DMARCResult | false): boolean =>
  emailKey(from).endsWith(`@${domain.toLowerCase()}`) || (dmarc !== false && dmarc.alignment.spf.result !== undefined)

/** The server that handed it over; undefined: not known, or one of our own network, about which no domain says anything. */
function publicAddress({ client }: Envelope): string | undefined {
  if (!client || isIP(client.address) === 0) return undefined
  return PRIVATE.test(client.address.replace(/^::ffff:/i, '')) ? undefined : client.address
}

const PRIVATE = /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|::1$|fe80:|f[cd])/i

/** The system's resolver, with short patience, which is spared for a while after it did not answer. */
export function systemResolver(now: () => number = Date.now, servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: 1_500, tries: 2 })
  if (servers) resolver.setServers(servers)
  const answers = new Map<string, { until: number; answer: Promise<unknown> }>()
  let silentUntil = 0
  let failures = 0
  return async (name, type) => {
    if (now() < silentUntil) throw Object.assign(new Error('the name server does not answer'), { code: 'ETIMEOUT' })
    const key = `${type} ${name.toLowerCase()}`
    const known = answers.get(key)
    if (known && known.until > now()) return known.answer
    const answer: Promise<unknown> = resolver.resolve(name, type)
    if (answers.size >= 2_000) answers.clear()
    answers.set(key, { until: now() + 300_000, answer })
    try {
      const found = await answer
      failures = 0
      return found
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'ENOTFOUND' || code === 'ENODATA') failures = 0
      else {
        answers.delete(key)
        // Without a name server, each mail would wait for the whole patience.
        if (++failures >= 3) silentUntil = now() + 60_000
      }
      throw error
    }
  }
}
