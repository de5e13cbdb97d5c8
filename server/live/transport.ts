// What a stream needs of the connection that it runs on.
import type { Message } from './message.ts'

/** Why a stream was closed. The numbers are those of WebSocket; from 4000 on they are ours. */
export const closings = {
  restart: { code: 1012, reason: 'The server stops or restarts: connect again.' },
  tooSlow: { code: 1013, reason: 'Too slow: read faster, and connect again with the last number.' },
  tooMuch: { code: 1008, reason: 'Too many messages.' },
  ended: { code: 4401, reason: 'The session or the key has ended: sign in again.' },
} as const

export type Closing = (typeof closings)[keyof typeof closings]

export interface Transport {
  send(message: Message): void
  /** What is sent between the two leaves together. */
  cork(): void
  uncork(): void
  /** Bytes that were sent and that the other side has not taken. */
  buffered(): number
  /** Finds out whether the other side is still there. */
  probe(): void
  /** Says why and closes; cuts the connection if the other side does not care. */
  close(closing: Closing): void
  /** Called once, when the connection is gone, whoever closed it. */
  onGone(gone: () => void): void
}

/** How long the other side has for a proper end. */
export const CLOSE_PATIENCE_MS = 2_000
