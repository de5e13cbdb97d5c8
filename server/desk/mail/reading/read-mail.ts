// Reads a raw mail. Whatever the bytes are, something is read of them, and `faults` says what could not be.
import { createHash } from 'node:crypto'
import { prepareBytes } from './bytes.ts'
import { faultSentences } from './fault-sentences.ts'
import { gather } from './gather.ts'
import { type HeaderField, readHeaderFields } from './header-fields.ts'
import { LIMITS, type ReadLimits } from './limits.ts'
import { machineOf } from './machine.ts'
import type { ReadMail } from './mail.ts'
import { headersOfMail } from './mail-headers.ts'
import { textOf } from './mail-text.ts'
import { declaredCharset } from './mime-part.ts'
import { readTree } from './mime-tree.ts'
import { oneLine } from './one-line.ts'

export interface ReadOptions {
  /** Envelope; empty: the null return path; undefined: not known, so that header Return-Path counts. */
  returnPath?: string | undefined
  limits?: Partial<ReadLimits>
}

/** Never rejects, for any bytes. */
export async function readMail(raw: Uint8Array, options: ReadOptions = {}): Promise<ReadMail> {
  const limits = { ...LIMITS, ...options.limits }
  try {
    if (raw.length > limits.rawBytes) {
      return readHeadersOnly(
        raw,
        'This mail is too large to be read: only its headers were. All of it is in its source.',
        options,
      )
    }
    return await readWhole(raw, limits, options)
  } catch (error) {
    const why = error instanceof Error ? oneLine(error.message, 200) : 'unknown reason'
    return readHeadersOnly(raw, `This mail could not be read (${why}): only its headers were.`, options)
  }
}

/** What is left when the rest cannot be read, or took too long. Never throws. */
export function readHeadersOnly(raw: Uint8Array, fault: string, options: ReadOptions = {}): ReadMail {
  const limits = { ...LIMITS, ...options.limits }
  let fields: HeaderField[] = []
  let bodyStart = 0
  try {
    const { bytes, start } = prepareBytes(raw.subarray(0, limits.headerBlockBytes))
    const read = readHeaderFields(bytes, start, bytes.length, { ...limits, maxBytes: limits.headerBlockBytes })
    fields = read.fields
    bodyStart = read.bodyStart
    return { ...nothingRead(raw, bodyStart), ...headersOfMail(fields, limits, undefined), faults: [fault] }
  } catch {
    return { ...nothingRead(raw, bodyStart), faults: [fault] }
  }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function nothingRead(raw: Uint8Array, bodyStart: number): ReadMail {
  return {
    messageId: undefined,
    inReplyTo: [],
    references: [],
    from: undefined,
    furtherAuthors: [],
    sender: undefined,
    replyTo: [],
    to: [],
    cc: [],
    deliveredTo: [],
    subject: '',
    date: undefined,
    parts: [],
    attachments: [],
    kind: 'person',
    kindReason: undefined,
    reports: [],
    aboutMessageIds: [],
    headers: [],
    bodyHash: hashOf(raw.subarray(bodyStart)),
    faults: [],
  }
}

async function readWhole(raw: Uint8Array, limits: ReadLimits, options: ReadOptions): Promise<ReadMail> {
  const { bytes, start } = prepareBytes(raw)
  if (start >= bytes.length) return { ...nothingRead(raw, 0), faults: ['This mail is empty.'] }
  const { root, bodyStart, faults: treeFaults } = readTree(bytes, start, limits)
  const hint = declaredCharset(root)
  const head = headersOfMail(root.fields, limits, hint)
  const gathered = gather(root, limits, hint)
  const { parts, attachments, isTextFailed } = await textOf(gathered)
  const returnPath = options.returnPath ?? head.headers.find(([name]) => name === 'return-path')?.[1]
  const text = parts.map((part) => part.text).join('\n')
  return {
    ...head,
    parts,
    attachments,
    ...machineOf({ ...head, root, text, returnPath }),
    bodyHash: hashOf(bytes.subarray(bodyStart)),
    faults: faultSentences({
      head,
      fields: root.fields,
      tree: treeFaults,
      gathered: gathered.faults,
      isTextFailed,
    }).slice(0, limits.faults),
  }
}
