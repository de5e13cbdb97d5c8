import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../lib/errors.ts'
import { readMultipart } from './multipart.ts'

const BOUNDARY = 'xxBOUNDARYxx'
const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
const part = (name: string, value: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const read = (body: string | Buffer, limit = 10_000) =>
  readMultipart(headers, Readable.from([Buffer.from(body)]), limit)

describe('multipart bodies', () => {
  test('that break off or are none at all are refused', async () => {
    await expect(read(`${part('a', '1')}--${BOUNDARY}\r\nContent-Disp`)).rejects.toThrow(Refusal)
    await expect(read('rubbish')).rejects.toThrow(Refusal)
    await expect(readMultipart({ 'content-type': 'multipart/form-data' }, Readable.from(['x']), 10)).rejects.toThrow(
      Refusal,
    )
  })

  test('with a field that is not UTF-8 are refused by its name', async () => {
    const body = Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="subject"\r\n\r\nl`),
      Buffer.from([0xe4]),
      Buffer.from(`tin\r\n--${BOUNDARY}--`),
    ])
    await expect(read(body)).rejects.toMatchObject({ field: 'subject' })
    expect(await read(`${part('subject', '\u{fffd}')}--${BOUNDARY}--`)).toEqual({ subject: '\u{fffd}' })
  })

  test('may have parts without a name, which are no parameters', async () => {
    const nameless = `--${BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n`
    expect({ ...(await read(`${nameless}${part('a', '1')}--${BOUNDARY}--`)) }).toEqual({ a: '1' })
  })

  test('that are too large are refused', async () => {
    await expect(read(`${part('a', 'x'.repeat(500))}--${BOUNDARY}--`, 100)).rejects.toMatchObject({ status: 413 })
  })

  test('give fields as text and PHP arrays as lists', async () => {
    const input = await read(`${part('a', 'ä')}${part('c[0][code]', 'k')}${part('c[0][value]', 'v')}--${BOUNDARY}--`)
    expect(JSON.parse(JSON.stringify(input))).toEqual({ a: 'ä', c: [{ code: 'k', value: 'v' }] })
  })

  test('of any bytes are read or refused, and never keep a caller waiting', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const body = Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n`), Buffer.from(bytes)])
        await read(body).catch((error: unknown) => expect(error).toBeInstanceOf(Refusal))
      }),
      { numRuns: 200 },
    )
  })
})
