// Mails as they really come: a corpus with expected results, and whatever can be made of it by damaging it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSound } from './corpus/checks.ts'
import { corpusMails } from './corpus/corpus.ts'
import { summaryOf } from './corpus/summary.ts'
import { headerOf, headersOf } from './header-lookup.ts'
import { readMail } from './read-mail.ts'

const mails = corpusMails()

describe('the corpus', () => {
  test('holds at least sixty mails', () => {
    expect(mails.length).toBeGreaterThan(60)
  })

  test.each(mails)('$name is read as expected', async ({ raw, expected }) => {
    const mail = await readMail(raw)
    expect(summaryOf(mail)).toEqual(expected)
    checkSound(mail, raw.length)
  })
})

describe('bytes that are no mail', () => {
  test.each([
    ['nothing', ''],
    ['line ends alone', '\r\n\r\n\n\r'],
    ['a NUL', '\0'],
    ['a colon', ':'],
    ['half an encoded word', 'Subject: =?'],
    ['a boundary alone', '--\r\n--\r\n----'],
  ])('%s: says what is wrong instead of failing', async (_, raw) => {
    const mail = await readMail(Buffer.from(raw))
    checkSound(mail, raw.length)
    expect(mail.faults.length).toBeGreaterThan(0)
  })

  test('any bytes are read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (raw) => checkSound(await readMail(raw), raw.length)),
      { numRuns: 300 },
    )
  })

  test('any lines that look like parts of mails are read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...LINES), { maxLength: 40 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (lines, end) => {
          const raw = Buffer.from(lines.join(end), 'latin1')
          checkSound(await readMail(raw), raw.length)
        },
      ),
      { numRuns: 500 },
    )
  })
})

const LINES = [
  '',
  '--b',
  '--b--',
  '--c',
  '--c--',
  ' ',
  '\t folded',
  'text',
  '\xe4\xf6\xfc\xff\xfe',
  '\0',
  'From: "a <b@c.de>',
  'From: =?utf-8?q?a=00=0d=0ab?= <b@c.de>, x@y.zz',
  'Subject: =?iso-2022-jp?B?GyRC?= =?utf-8?q?=ff=fe?=',
  'Return-Path: <>',
  'Auto-Submitted: auto-replied',
  'X-Failed-Recipients: a@b.cc, , <',
  'References: <a@b> <c',
  'Date: 31 Feb 99 99:99',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: multipart/alternative; boundary="c"',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  'Content-Type: multipart/related; boundary=',
  'Content-Type: message/rfc822',
  'Content-Type: message/delivery-status',
  'Content-Type: text/html; charset=utf-7',
  'Content-Type: text/calendar',
  'Content-Type: text/plain; charset=utf-16; format=flowed',
  'Content-Type: application/ms-tnef',
  "Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=x",
  'Content-Disposition: inline; filename="\\',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: x-uuencode',
  'Content-Id: <x>',
  'begin 644 x',
  '+2&5L;&\\@=V]R;&0 ',
  'end',
  '=E4=',
  'eJ8+IgEA',
  '<img src="cid:x"><div>&#0;&#xd800;',
  'BEGIN:VEVENT',
  'SUMMARY:x\\n',
  'Final-Recipient: rfc822; a@b.cc',
  '<a@b.cc>: 550 5.1.1 no',
  'Message-ID: <x@y>',
]

describe('a damaged mail', () => {
  const mail = fc.constantFrom(...mails.map(({ raw }) => raw))
  const place = fc.double({ min: 0, max: 1, noNaN: true })
  const at = (raw: Buffer, share: number): number => Math.floor(share * raw.length)

  /** What is done to it: each gives new bytes. */
  const damage = fc.oneof(
    fc.tuple(place, fc.nat(255)).map(([share, byte]) => (raw: Buffer) => {
      const copy = Buffer.from(raw)
      if (copy.length > 0) copy[Math.min(at(copy, share), copy.length - 1)] = byte
      return copy
    }),
    place.map((share) => (raw: Buffer) => raw.subarray(0, at(raw, share))),
    fc.tuple(place, place).map(([one, other]) => (raw: Buffer) => {
      const [start, end] = [at(raw, Math.min(one, other)), at(raw, Math.max(one, other))]
      return Buffer.concat([raw.subarray(0, start), raw.subarray(end)])
    }),
    fc.tuple(place, place).map(([one, other]) => (raw: Buffer) => {
      const [start, end] = [at(raw, Math.min(one, other)), at(raw, Math.max(one, other))]
      return Buffer.concat([raw.subarray(0, end), raw.subarray(start)])
    }),
    fc.tuple(place, place, mail).map(
      ([here, there, other]) =>
        (raw: Buffer) =>
          Buffer.concat([raw.subarray(0, at(raw, here)), other.subarray(at(other, there))]),
    ),
    fc.tuple(place, fc.constantFrom(...LINES)).map(([share, line]) => (raw: Buffer) => {
      const lf = raw.indexOf(10, at(raw, share)) + 1
      return Buffer.concat([raw.subarray(0, lf), Buffer.from(`${line}\r\n`, 'latin1'), raw.subarray(lf)])
    }),
    fc.tuple(place, place).map(([one, other]) => (raw: Buffer) => {
      const lines = raw.toString('latin1').split('\n')
      const [here, there] = [Math.floor(one * lines.length), Math.floor(other * lines.length)]
      const [first, second] = [lines[here] ?? '', lines[there] ?? '']
      if (here < lines.length && there < lines.length) lines.splice(here, 1, second)
      if (here < lines.length && there < lines.length) lines.splice(there, 1, first)
      return Buffer.from(lines.join('\n'), 'latin1')
    }),
  )

  test('is still read, whatever was done to it', async () => {
    await fc.assert(
      fc.asyncProperty(mail, fc.array(damage, { minLength: 1, maxLength: 6 }), async (whole, damages) => {
        const raw = damages.reduce((bytes, change) => change(bytes), whole)
        checkSound(await readMail(raw), raw.length)
      }),
      { numRuns: 700 },
    )
  })
})

describe('the null return path', () => {
  const raw = Buffer.from('From: anna@example.org\nSubject: Re: x\nIn-Reply-To: <a@b>\n\nHello\n')

  test('counts from the envelope as from the header', async () => {
    expect(await readMail(raw, { returnPath: '' })).toMatchObject({ kind: 'auto-reply', aboutMessageIds: ['a@b'] })
    expect(await readMail(raw, { returnPath: 'anna@example.org' })).toMatchObject({ kind: 'person' })
    expect(await readMail(raw)).toMatchObject({ kind: 'person' })
  })
})

test('the same body has the same hash, whatever the headers say', async () => {
  const one = await readMail(Buffer.from('From: a@example.org\n\nHello\n'))
  const two = await readMail(Buffer.from('Received: x\nFrom: a@example.org\n\nHello\n'))
  const three = await readMail(Buffer.from('From: a@example.org\n\nHello!\n'))
  expect(one.bodyHash).toBe(two.bodyHash)
  expect(one.bodyHash).not.toBe(three.bodyHash)
})

test('headers are found without regard to case, the first or all of a name', async () => {
  const mail = await readMail(Buffer.from('X-Spam: one\nx-spam: =?utf-8?Q?zw=C3=B6lf?=\n\n'))
  expect(headerOf(mail, 'X-SPAM')).toBe('one')
  expect(headersOf(mail, 'X-Spam')).toEqual(['one', 'zwölf'])
  expect(headerOf(mail, 'X-Other')).toBeUndefined()
})
