// Files on API v1.
import { z } from 'zod'
import { needed, text } from './params.ts'

/** Base64 text, or the bytes of a multipart file part. */
const data = z
  .union([z.string(), z.instanceof(Uint8Array)], 'must be base64 text, or a file part of a multipart form')
  .optional()

export const filePath = z.object({ fileid: needed(100) })

// Names and types may be long here: they are cleaned, and mails bring stranger ones than any client.
export const fileDraft = z.object({ name: text(4_000), type: text(), data, downloadUrl: text(4_000) })
