// The cookie that carries a session's token. Agents and customers have one each: a colleague may be both in one browser.
import { parse, serialize } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BegunSession, SessionKind } from '../desk/sessions/sessions.ts'

const isSecure = (publicUrl: string): boolean => publicUrl.startsWith('https:')

/** `__Host-` ties the cookie to this host and to TLS; browsers refuse it over plain HTTP, where a plain name must do. */
export function cookieName(kind: SessionKind, publicUrl: string): string {
  const name = kind === 'agent' ? 'deskhand' : 'deskhand_customer'
  return isSecure(publicUrl) ? `__Host-${name}` : name
}

/**
 * The token that a request carries. With TLS the plain name is not looked at: another host of the same domain could have
 * set it, and with it have somebody work under a foreign name.
 */
export function sessionToken(request: FastifyRequest, kind: SessionKind, publicUrl: string): string | undefined {
  const header = request.headers.cookie
  return header === undefined ? undefined : parse(header)[cookieName(kind, publicUrl)]
}

/** What a session remembers of where it began. */
export const deviceOf = (request: FastifyRequest) => ({
  address: request.ip,
  userAgent: request.headers['user-agent'] ?? '',
})

export function setSessionCookie(
  reply: FastifyReply,
  kind: SessionKind,
  publicUrl: string,
  session: BegunSession,
): void {
  reply.header('set-cookie', cookie(kind, publicUrl, session.token, new Date(session.expiresAt)))
}

export function clearSessionCookie(reply: FastifyReply, kind: SessionKind, publicUrl: string): void {
  reply.header('set-cookie', cookie(kind, publicUrl, '', new Date(0)))
}

const cookie = (kind: SessionKind, publicUrl: string, value: string, expires: Date): string =>
  serialize(cookieName(kind, publicUrl), value, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isSecure(publicUrl),
    expires,
  })
