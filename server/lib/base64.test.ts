import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOfBase64, parseBase64 } from './base64.ts'

const read = (text: string): string | undefined => {
  const parsed = parseBase64(text)
  return parsed && bytesOfBase64(parsed).toString('latin1')
}

describe('base64', () => {
  test.each([
    'a',
    'aGVsb',
    'aGVsbG8==',
    'aGVs=bG8',
    'aGVsbG8=x',
    'aGVsbG8=\0',
    '{"a":1}',
    'ümläut',
    '====',
    'aGVs bG8=',
  ])('what is not base64 is refused: %j', (text) => expect(parseBase64(text)).toBeUndefined())

  test('padding may be left out', () => expect(read('aGVsbG8')).toBe('hello'))

  test('line breaks as chunk_split writes them change nothing', () => {
    expect(read('aGVs\r\nbG8g\r\nd29y\r\nbGQ=\r\n')).toBe('hello world')
    expect(read('aGVs\n  bG8=\n')).toBe('hello')
  })

  test('millions of blanks inside take no time', () => {
    expect(parseBase64(`A${' '.repeat(5_000_000)}\x01`)).toBeUndefined()
    expect(parseBase64(`aGVs${' \n'.repeat(1_000_000)}bG8=`)?.size).toBe(5)
  })

  test('a + that a form turned into a blank is a + again', () => {
    expect(parseBase64('a b/')?.text).toBe('a+b/')
  })

  test('the alphabet for addresses and a data URL are understood', () => {
    expect(parseBase64('-_-_')?.text).toBe('+/+/')
    expect(parseBase64('data:image/png;charset=x;base64,aGVsbG8=')).toMatchObject({ type: 'image/png', size: 5 })
    expect(parseBase64('data:text/plain,hello')).toBeUndefined()
  })

  test('whatever bytes are encoded come back, and their number is known before', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('base64', 'base64url'), (bytes, encoding) => {
        const parsed = parseBase64(Buffer.from(bytes).toString(encoding as 'base64'))
        expect(parsed?.size).toBe(bytes.length)
        expect(parsed && new Uint8Array(bytesOfBase64(parsed))).toEqual(bytes)
      }),
    )
  })
})
