// The contents of a mail on an IMAP server, never marked as read (BODY.PEEK), and never more than fits.
import type { ImapFlow } from 'imapflow'

/** Larger ones come in pieces, so that not much more than the mail itself is in memory. */
export const PIECE_BYTES = 1_000_000
const MAX_HEADER_BYTES = 256 * 1024

/** Undefined: it is no longer there, or larger than `limit`. */
export async function fetchLarge(
  client: ImapFlow,
  uid: number,
  size: number,
  limit: number,
): Promise<Buffer | undefined> {
  let contents = Buffer.allocUnsafe(size)
  let length = 0
  for (;;) {
    const piece = await fetchPiece(client, uid, length, PIECE_BYTES)
    if (!piece) return undefined
    // RFC822.SIZE is a guess on some servers.
    if (length + piece.length > contents.length) contents = Buffer.concat([contents], length + 4 * PIECE_BYTES)
    length += piece.copy(contents, length)
    if (length > limit) return undefined
    if (piece.length < PIECE_BYTES) return contents.subarray(0, length)
  }
}

async function fetchPiece(
  client: ImapFlow,
  uid: number,
  start: number,
  maxLength: number,
): Promise<Buffer | undefined> {
  const message = await client.fetchOne(String(uid), { source: { start, maxLength } }, { uid: true })
  return message ? (message.source ?? Buffer.alloc(0)) : undefined
}

/** The headers of a mail, or as much of them as anybody reads. Empty: there are none. */
export async function fetchHeader(client: ImapFlow, uid: number): Promise<Buffer> {
  const message = await client.fetchOne(String(uid), { headers: true }, { uid: true })
  const header = (message ? message.headers : undefined) ?? Buffer.alloc(0)
  if (header.length <= MAX_HEADER_BYTES) return header
  return header.subarray(0, header.lastIndexOf('\n', MAX_HEADER_BYTES) + 1)
}

/** Describes contents that are not here. */
const OF_CONTENTS = /^(content-[\w-]+|mime-version):/i

/**
 * A mail that stands for one that was left on the server: its headers, and a text that says why. The same each time, so
 * that fetching it again adds nothing.
 */
export function standIn(header: Buffer, explanation: string): Buffer {
  const lines = header.toString('latin1').split(/\r?\n/)
  const kept: string[] = []
  let isSkipped = false
  for (const line of lines) {
    if (!/^[ \t]/.test(line)) isSkipped = OF_CONTENTS.test(line) || line === ''
    if (!isSkipped) kept.push(line)
  }
  const head = [
    ...kept,
    'X-Deskhand-Left-On-Server: yes',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '',
  ]
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), Buffer.from(`${explanation}\r\n`, 'utf8')])
}
