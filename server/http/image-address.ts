// Addresses of pictures in messages. A message is shown in a box that has no cookies, so each address carries what it
// needs: what is shown, until when, and our signature. Nobody can have anything fetched by us that no message holds.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** A picture in the network, or a file of ours. */
export interface Picture {
  kind: 'address' | 'file'
  /** `https://…`, or the id of a file. */
  name: string
}

const DAY = 86_400_000

/** Valid until the end of the next day: the same address for a while, so that browsers can keep what they loaded. */
export function imageAddress(secret: string, publicUrl: string, { kind, name }: Picture, now = Date.now()): string {
  const until = String((Math.floor(now / DAY) + 2) * DAY)
  const query = new URLSearchParams({ [kind]: name, until, signature: sign(secret, kind, name, until) })
  return `${publicUrl}/api/v3/images?${query}`
}

/** What a signed address names; undefined if we did not sign it, or too long ago. */
export function signedPicture(
  secret: string,
  { kind, name, until, signature }: Picture & { until: string; signature: string },
  now = Date.now(),
): Picture | undefined {
  const expected = Buffer.from(sign(secret, kind, name, until))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return Number(until) > now ? { kind, name } : undefined
}

const sign = (secret: string, kind: string, name: string, until: string): string =>
  createHmac('sha256', secret).update(`image ${kind} ${until} ${name}`).digest('hex').slice(0, 32)
