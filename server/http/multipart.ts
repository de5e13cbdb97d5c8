// multipart/form-data bodies: PHP's cURL sends one when it is given an array.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { badBody, bodyTooLarge, type WireRefusal } from '../api/v1/wire/refusal.ts'
import { Invalid } from '../lib/errors.ts'
import { type Input, parsePairs } from './input.ts'

const MAX_PARTS = 2_000
const broken = (): WireRefusal => badBody('The request body is not valid multipart/form-data')

/** Reads a body into named values: fields as text, files as bytes. */
export function readMultipart(headers: IncomingHttpHeaders, payload: Readable, limit: number): Promise<Input> {
  return new Promise((resolve, reject) => {
    const input: Input = Object.create(null)
    let nested = ''
    let bytes = 0
    const fail = (error: unknown): void => {
      payload.unpipe()
      payload.resume()
      reject(error)
    }
    const count = (length: number): boolean => {
      bytes += length
      if (bytes > limit) fail(bodyTooLarge())
      return bytes <= limit
    }
    let parser: InstanceType<typeof Busboy>
    try {
      parser = new Busboy({
        headers: { ...headers, 'content-type': headers['content-type'] ?? '' },
        // Fields come as bytes too, so that those which are not UTF-8 are refused, not stored as something else.
        isPartAFile: () => true,
        // One more than allowed: busboy cuts off silently, and what was cut off could not be told from what fits.
        limits: { fieldSize: limit + 1, fileSize: limit + 1, parts: MAX_PARTS, fieldNameSize: 1_000 },
      })
    } catch {
      return fail(broken())
    }
    const take = (name: string, bytes: Buffer): void => {
      const value = decode(name, bytes)
      if (name.includes('[')) nested += `&${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value)}`
      else input[name] = value
    }
    parser.on('file', (name: string | undefined, stream, partName: string | undefined, _encoding, partType) => {
      // Without a name it is no parameter.
      if (name === undefined) {
        stream.resume()
        return
      }
      const isFile = partName !== undefined || partType === 'application/octet-stream'
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => {
        if (count(chunk.length)) chunks.push(chunk)
      })
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks)
        if (isFile) input[name] = Object.assign(bytes, { partName: partName ?? '', partType })
        else
          try {
            take(name, bytes)
          } catch (error) {
            fail(error)
          }
      })
    })
    parser.on('error', () => fail(broken()))
    parser.on('partsLimit', () => fail(badBody(`The request has more than ${MAX_PARTS} parts`)))
    parser.on('finish', () => {
      try {
        resolve(Object.assign(input, parsePairs(nested)))
      } catch (error) {
        reject(error)
      }
    })
    payload.on('error', fail)
    // A body that ends in the middle of a part finishes nothing: say so instead of waiting for ever.
    payload.on('aborted', () => fail(broken()))
    payload.pipe(parser)
  })
}

function decode(name: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Invalid(name, 'is not valid UTF-8')
  }
}
