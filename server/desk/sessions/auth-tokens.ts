// Auth tokens: what `authtoken` of an agent or customer is. A plug-in reads one and signs its user in with it.
//
// Nothing is stored: a token is the user, the day, and a signature over both with the installation's secret. It is good
// for two days, and no longer than the user's password (his auth epoch).
import { createHmac, timingSafeEqual } from 'node:crypto'

import { type Actor, mayAdminister } from '../actor.ts'

const DAY = 86_400_000
const GOOD_FOR_DAYS = 2
const SIGNATURE_BYTES = 8

/** 32 hex digits: 6 bytes user, 2 bytes day, 8 bytes signature. */
export function authToken(secret: string, userId: string, epoch: number, now = Date.now()): string {
  const day = Math.floor(now / DAY)
  return `${packUser(userId)}${day.toString(16).padStart(4, '0')}${signature(secret, userId, epoch, day)}`
}

/** The userid that a token names, before it is known whether it is genuine; undefined if it cannot be. */
export function userOfToken(token: string): string | undefined {
  if (!/^[0-9a-f]{32}$/.test(token)) return undefined
  return Number.parseInt(token.slice(0, 12), 16).toString(36).padStart(8, '0')
}

/** Whether a token is genuine and still good for the user it names. */
export function isGenuine(secret: string, token: string, userId: string, epoch: number, now = Date.now()): boolean {
  if (userOfToken(token) !== userId) return false
  const day = Number.parseInt(token.slice(12, 16), 16)
  const age = Math.floor(now / DAY) - day
  const expected = Buffer.from(signature(secret, userId, epoch, day), 'hex')
  const given = Buffer.from(token.slice(16), 'hex')
  return timingSafeEqual(expected, given) && age >= 0 && age < GOOD_FOR_DAYS
}

const packUser = (userId: string): string => Number.parseInt(userId, 36).toString(16).padStart(12, '0')

const signature = (secret: string, userId: string, epoch: number, day: number): string =>
  createHmac('sha256', secret).update(`${userId}:${epoch}:${day}`).digest().subarray(0, SIGNATURE_BYTES).toString('hex')

/**
 * Whether the actor may see the token of an agent: with it he is that agent, with all that the agent may do. So no keys
 * that only read, and no way for an administrator to become an owner.
 */
export const mayReadAgentToken = (actor: Actor, agent: { id: string; role: string }): boolean =>
  actor.kind === 'agent'
    ? actor.agentId === agent.id || actor.role === 'O' || (mayAdminister(actor) && agent.role !== 'O')
    : mayAdminister(actor)
