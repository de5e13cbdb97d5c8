// Authentication-Results (RFC 8601) of a server that an administrator has named as trustworthy.
import type { ReadMail } from '../reading/mail.ts'
import type { Authentication } from './authenticate.ts'

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/**
 * The verdict of the trusted server; undefined: it left none. Only the topmost header counts: each server puts its own on
 * top, so whatever the sender wrote himself stands below.
 */
export function authenticationResults(
  headers: ReadMail['headers'],
  trustedServer: string,
  from: string,
): Authentication | undefined {
  const [, value] = headers.find(([name]) => name === 'authentication-results') ?? []
  const [server = '', ...results] = withoutComments(value ?? '').split(';')
  if (server.trim().split(/\s+/)[0]?.toLowerCase() !== trustedServer.toLowerCase()) return undefined
  const methods = results.flatMap(parseMethod)
  const dkim = methods.filter(({ method }) => method === 'dkim')
  const verdictOf = (method: string): string | null =>
    methods.find((result) => result.method === method)?.result ?? null
  const found = {
    dkim: dkim.map(({ result, properties }) => ({ domain: domainOf(properties.get('header.d') ?? ''), result })),
    spf: verdictOf('spf'),
    dmarc: verdictOf('dmarc'),
    by: trustedServer,
  }
  const domain = domainOf(from)
  const dmarc = methods.find(({ method }) => method === 'dmarc')
  const isAboutFrom = dmarc !== undefined && domainOf(dmarc.properties.get('header.from') ?? domain) === domain
  if (isAboutFrom && dmarc.result === 'pass')
    return { ...found, result: 'pass', reason: `${trustedServer} says that it comes from ${domain}.` }
  if (isAboutFrom && dmarc.result === 'fail')
    return { ...found, result: 'fail', reason: `${trustedServer} says that it does not come from ${domain}.` }
  if (found.dkim.some((signature) => signature.result === 'pass' && signature.domain === domain))
    return { ...found, result: 'pass', reason: `${trustedServer} says that ${domain} has signed it.` }
  return { ...found, result: 'none', reason: `${trustedServer} says nothing about ${domain}.` }
}

interface MethodResult {
  method: string
  result: string
  properties: Map<string, string>
}

function parseMethod(text: string): MethodResult[] {
  const [first, ...others] = text.trim().split(/\s+/)
  const [, method, result] = /^([a-z0-9-]+)(?:\/\d+)?=([a-z]+)$/i.exec(first ?? '') ?? []
  if (method === undefined || result === undefined) return []
  const properties = others.flatMap((property): [string, string][] => {
    const at = property.indexOf('=')
    return at < 1 ? [] : [[property.slice(0, at).toLowerCase(), property.slice(at + 1).replaceAll('"', '')]]
  })
  return [{ method: method.toLowerCase(), result: result.toLowerCase(), properties: new Map(properties) }]
}

/** `(…)` may stand anywhere, and in it anything: what looks like a result there is none. */
function withoutComments(value: string): string {
  let depth = 0
  let text = ''
  for (const char of value.slice(0, 10_000)) {
    if (char === '(') depth++
    if (depth === 0) text += char
    if (char === ')' && depth > 0) depth--
  }
  return text
}
