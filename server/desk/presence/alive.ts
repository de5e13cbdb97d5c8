// Whether a connection still lives, and until when it proves that its agent was online.

/** A live connection without a heartbeat for so long is lost. */
export const LEASE_MS = 45_000

interface Connection {
  kind: string
  seen_at: number
  expires_at: number
}

/** A clock that was set back by more than a heartbeat's patience proves nothing either way: the connection has to beat again. */
export const isAlive = ({ seen_at, expires_at }: Connection, now: number): boolean =>
  now < expires_at && now >= seen_at - LEASE_MS

/** A call said until when its agent is online; a lost live connection was there at its last heartbeat. */
export const proofOf = ({ kind, seen_at, expires_at }: Connection, now: number): number =>
  kind === 'call' && expires_at <= now ? expires_at : seen_at
