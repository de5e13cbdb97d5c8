import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type MboxMail, NoMbox, readMbox } from './mbox.ts'

const LIMIT = 100_000
const FROM = 'From anna@example.com Mon Jan  5 10:11:12 2004'

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string, size = 1_000, limit = LIMIT): Promise<MboxMail[]> {
  const mails: MboxMail[] = []
  for await (const mail of readMbox(inPieces(text, size), limit)) mails.push(mail)
  return mails
}
const texts = async (text: string, size?: number, limit?: number) =>
  (await read(text, size, limit)).map(({ contents }) => contents?.toString('latin1'))

describe('reading an mbox file', () => {
  test.each(['Subject: x\n\nhello', '\0\0\0', 'From', 'From: a@b.c\n\nx\n'])('refuses %j', async (text) => {
    await expect(read(text)).rejects.toThrow(NoMbox)
  })

  test('finds nothing in an empty one', async () => {
    for (const text of ['', '\n\n', '\r\n']) expect(await read(text)).toEqual([])
  })

  test('leaves out what is too large, with its place, and goes on', async () => {
    const large = `Subject: large\n\n${'x\n'.repeat(500_000)}`
    const text = `${FROM}\n${large}\n${FROM}\nSubject: small\n\nhello\n\n`
    for (const size of [997, 65_536, 10_000_000]) {
      const [first, second, ...others] = await read(text, size)
      expect(first).toMatchObject({ offset: 0, contents: undefined })
      expect(second?.contents?.toString()).toBe('Subject: small\n\nhello\n')
      expect(second?.offset).toBe(text.lastIndexOf('From '))
      expect(others).toEqual([])
    }
  })

  test('keeps lines of the text that only look like the line between two mails', async () => {
    const mail = 'Subject: x\n\nFrom here on it is easy.\n\nFrom 10 to 12:30 nobody is there.\nFrom me\n'
    expect(await texts(`${FROM}\n${mail}\n${FROM}\nSubject: y\n\n`)).toEqual([mail, 'Subject: y\n\n'.slice(0, -1)])
  })

  test('takes lines between mails as programs write them', async () => {
    for (const line of [
      'From - Mon Jan 05 10:11:12 2004',
      'From 1234567@xxx Mon Apr 04 12:00:00 +0000 2022',
      'From MAILER-DAEMON Fri Jul  8 12:08 2011',
      'From "a b"@example.com  Fri Jul  8 12:08:34 2011 remote from mx',
      'From ???@??? 2011-07-08 12:08:34',
    ])
      expect(await texts(`${FROM}\nA: 1\n\nx\n\n${line}\r\nB: 1\n\ny\n`)).toEqual(['A: 1\n\nx\n', 'B: 1\n\ny\n'])
    // Without the blank line before it, too, where it can be nothing else.
    expect(await texts(`${FROM}\nA: 1\n\nx\n${FROM}\nB: 1\n\ny\n`)).toEqual(['A: 1\n\nx\n', 'B: 1\n\ny\n'])
  })

  test('believes a length only where a mail ends there', async () => {
    const body = `one\n\n${FROM}\n>From two\n`
    const right = `Content-Length: ${body.length}\n\n${body}`
    expect(await texts(`${FROM}\n${right}\n${FROM}\nB: 1\n\ny\n`)).toEqual([right, 'B: 1\n\ny\n'])
    for (const length of [0, 1, 99, 1_000_000_000_000, 50_000]) {
      const wrong = `Content-Length: ${length}\n\none\n`
      expect(await texts(`${FROM}\n${wrong}\n${FROM}\nB: 1\n\ny\n`)).toEqual([wrong, 'B: 1\n\ny\n'])
    }
  })

  test('gives mails without text or headers, and one that is cut off', async () => {
    expect(await texts(`${FROM}\n\n${FROM}\nA: 1\n\n${FROM}\n\nonly text\n\n${FROM}\nB: cut of`)).toEqual([
      '',
      'A: 1\n',
      '\nonly text\n',
      'B: cut of',
    ])
  })

  test('gives back what was written, in every kind of file, whatever its bytes and however it is read', async () => {
    const line = fc.oneof(
      fc.constantFrom('', 'From ', '>From x', '>>From y', 'From here', '.', '\r', '>', 'Frost', '\xff\x80', '\0'),
      fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((n) => String.fromCharCode(n)), maxLength: 30 }),
    )
    const body = fc.array(line, { maxLength: 8 })
    const kind = fc.constantFrom('rd', 'cl2')
    const bodies = fc.array(body, { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        bodies,
        kind,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 300 }),
        async (all, format, eol, size) => {
          const mails = all.map((lines) => ({ lines, text: lines.map((one) => one + eol).join('') }))
          const expected: string[] = []
          let file = ''
          mails.forEach(({ text }, n) => {
            const head = `Subject: ${n}${eol}${format === 'cl2' ? `Content-Length: ${text.length}${eol}` : ''}${eol}`
            const quoted = format === 'rd' ? text.replace(/(?<=^|\n)(>*From )/g, '>$1') : text
            file += `${FROM}${eol}${head}${quoted}${eol}`
            expected.push(head + text)
          })
          expect(await texts(file, size)).toEqual(expected)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('never fails on what only begins like one', async () => {
    const piece = fc.constantFrom('\n', '\r\n', 'From ', FROM, 'Content-Length: 9', '>From ', 'x', ':', ' ', '\0')
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), async (pieces, size) => {
        const text = `From ${pieces.join('')}`
        const mails = await read(text, size, 60)
        expect(mails.length).toBeGreaterThan(0)
        expect(await read(text, 100_000, 60)).toEqual(mails)
      }),
      { numRuns: 500 },
    )
  })
})
