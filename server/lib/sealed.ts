// Sealing texts that must not be read in a copy of the database: passwords of mail servers, tokens, keys.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Stands before every sealed text: another way of sealing would get another one. */
const KIND = 's1.'
const NONCE_BYTES = 12
const TAG_BYTES = 16

const keyOf = (secret: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', 'sealed texts', 32))

/**
 * Encrypts a text with a key derived from `secret` (AES-256-GCM). `about` is bound to it: what was sealed for one thing
 * cannot be opened as if it belonged to another.
 */
export function seal(secret: string, text: string, about = ''): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce)
  cipher.setAAD(Buffer.from(about))
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()])
  return KIND + Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url')
}

/** The text again. Throws if the secret is another one, if it was sealed about something else, or if a bit was changed. */
export function unseal(secret: string, sealed: string, about = ''): string {
  const bytes = Buffer.from(sealed.slice(KIND.length), 'base64url')
  if (!sealed.startsWith(KIND) || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('this is not a sealed text')
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), bytes.subarray(0, NONCE_BYTES))
  decipher.setAAD(Buffer.from(about))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
  return text.toString('utf8')
}
