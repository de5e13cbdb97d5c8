// Message-IDs and reply addresses of our own mails. They are signed, so that an answer proves which conversation it
// answers even when its row is gone, and nobody can make one up.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { newId } from '../../lib/ids.ts'

const BEGIN = 'dh'
const MAC_LENGTH = 20

const macOf = (secret: string, conversationId: string, nonce: string): string =>
  createHmac('sha256', secret).update(`mail ${conversationId} ${nonce}`).digest('hex').slice(0, MAC_LENGTH)

const tokenOf = (secret: string, conversationId: string, nonce: string): string =>
  `${BEGIN}.${conversationId}.${nonce}.${macOf(secret, conversationId, nonce)}`

/** A new Message-ID for a mail of a conversation, without angle brackets. `secret` is the installation's. */
export const newMessageId = (secret: string, conversationId: string, domain: string): string =>
  `${tokenOf(secret, conversationId, newId() + Date.now().toString(36))}@${domain}`

/** What every mail of a conversation refers to, so that programs keep them together whichever of them they have. */
export const rootMessageId = (secret: string, conversationId: string, domain: string): string =>
  `${tokenOf(secret, conversationId, 'root')}@${domain}`

/** `support@example.com` → `support+dh.….@example.com`. */
export function replyAddress(secret: string, conversationId: string, address: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at)}+${tokenOf(secret, conversationId, 'reply')}${address.slice(at)}`
}

const TOKEN = /(?:^|\+)dh\.([a-z0-9]{8})\.([a-z0-9]{1,40})\.([0-9a-f]{20})@/i

/** The conversation that a Message-ID or an address of ours names; undefined if we did not sign it. */
export function signedConversation(secret: string, idOrAddress: string): string | undefined {
  const [, conversationId, nonce, mac] = TOKEN.exec(idOrAddress.toLowerCase()) ?? []
  return isMacOf(secret, conversationId, nonce, mac) ? conversationId : undefined
}

function isMacOf(
  secret: string,
  about: string | undefined,
  nonce: string | undefined,
  mac: string | undefined,
): boolean {
  if (about === undefined || nonce === undefined || mac === undefined) return false
  const expected = Buffer.from(macOf(secret, about, nonce))
  const given = Buffer.from(mac)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Too short for the id of a conversation: neither is ever taken for the other. */
const CHECK = 'check'
const CHECK_TOKEN = /^dh\.check\.([a-z0-9]{1,40})\.([0-9a-f]{20})$/

/** What a mail carries that `deskhand doctor` sends to a mailbox: whoever fetches it knows it by that. */
export const newCheckToken = (secret: string): string => tokenOf(secret, CHECK, newId() + Date.now().toString(36))

export function isCheckToken(secret: string, text: string): boolean {
  const [, nonce, mac] = CHECK_TOKEN.exec(text.trim().toLowerCase()) ?? []
  return isMacOf(secret, CHECK, nonce, mac)
}
