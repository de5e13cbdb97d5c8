// A file as a caller hands it in: base64 text, a part of a multipart form, or an address to fetch it from.

import { cleanFileType, UNKNOWN_TYPE } from '../desk/files/names.ts'
import type { FileDraft } from '../desk/files/upload.ts'
import { bytesOfBase64, parseBase64 } from '../lib/base64.ts'
import { Invalid } from '../lib/errors.ts'
import { fetchGuarded } from '../lib/fetch-guard.ts'
import { VERSION } from '../version.ts'
import { isFilePart } from './input.ts'

export interface HandedFile {
  name?: string | undefined
  type?: string | undefined
  data?: string | Uint8Array | undefined
  downloadUrl?: string | undefined
}

export interface FileLimits {
  /** Bytes. */
  fileLimit: number
  /** Internal networks that downloadUrl may reach. */
  fetchAllow: readonly string[]
}

/** The file with all that is needed to store it. Throws Invalid with the name of the parameter at fault. */
export async function incomingFile(limits: FileLimits, handed: HandedFile): Promise<FileDraft> {
  if (handed.type !== undefined && cleanFileType(handed.type) === undefined)
    throw new Invalid('type', 'must be a MIME type such as image/jpeg')
  if (handed.data !== undefined) return fromData(limits, handed, handed.data)
  if (handed.downloadUrl !== undefined) return fromAddress(limits, handed, handed.downloadUrl)
  throw new Invalid('data', 'is missing: send the file in data, or its address in downloadUrl')
}

function fromData({ fileLimit }: FileLimits, handed: HandedFile, data: string | Uint8Array): FileDraft {
  const part = isFilePart(data) ? data : undefined
  const base64 = typeof data === 'string' ? parseBase64(data) : undefined
  const name = handed.name ?? (part?.partName || undefined)
  const type = handed.type ?? (part ? (cleanFileType(part.partType) ?? UNKNOWN_TYPE) : base64?.type)
  if (name === undefined) throw new Invalid('name', 'is missing: it goes with data')
  if (typeof data === 'string' && !base64) throw new Invalid('data', 'is not valid base64')
  if (type === undefined) throw new Invalid('type', 'is missing: it goes with data')
  const size = base64?.size ?? data.length
  if (size > fileLimit)
    throw new Invalid('data', `has ${size} bytes: files may have at most ${fileLimit} (setting DESKHAND_FILE_LIMIT)`)
  return { name, type, contents: typeof data === 'string' ? bytesOfBase64(base64 ?? { text: '' }) : data }
}

async function fromAddress(limits: FileLimits, handed: HandedFile, address: string): Promise<FileDraft> {
  const fetched = await fetchGuarded(address, {
    field: 'downloadUrl',
    allow: limits.fetchAllow,
    maxBytes: limits.fileLimit,
    userAgent: `Deskhand/${VERSION}`,
  })
  return {
    name: handed.name ?? nameFrom(fetched.disposition) ?? lastSegment(fetched.url) ?? 'file',
    type: handed.type ?? cleanFileType(fetched.type ?? '') ?? UNKNOWN_TYPE,
    contents: fetched.contents,
  }
}

/** The file name in a Content-Disposition: the form with a character set first, then the plain one. */
export function nameFrom(disposition: string | undefined): string | undefined {
  if (disposition === undefined) return undefined
  const encoded = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1]
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1]?.replace(/\\(.)/g, '$1')
  const plain = /;\s*filename\s*=\s*([^";\s]+)/i.exec(disposition)?.[1]
  return (encoded && decoded(encoded)) || quoted || plain || undefined
}

const lastSegment = (url: string): string | undefined => decoded(new URL(url).pathname.split('/').pop() ?? '')

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text) || undefined
  } catch {
    return undefined
  }
}
