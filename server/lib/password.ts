// Passwords: argon2id with OWASP's parameters. Takes some 15 ms on a thread of its own: never inside a transaction.
import { randomBytes } from 'node:crypto'

const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash to store, in the usual `$argon2id$…` form with its own salt. */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await import('@node-rs/argon2')
  return hash(password, OPTIONS)
}

let decoy: Promise<string> | undefined

/** Whether the password fits. Without a stored hash it takes as long and says no: time must not tell who exists. */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2')
  decoy ??= hashPassword(randomBytes(16).toString('hex'))
  const fits = await verify(stored ?? (await decoy), password)
  return fits && typeof stored === 'string'
}
