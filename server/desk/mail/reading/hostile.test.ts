// Mails made to cost time or memory. Nothing here is timed: what is not linear would not end before the test is given up.
import { describe, expect, test } from 'vitest'
import { checkSound } from './corpus/checks.ts'
import { LIMITS } from './limits.ts'
import { readMail } from './read-mail.ts'

const HEAD = 'From: a@example.org\nSubject: x\n'
const MIXED = `${HEAD}Content-Type: multipart/mixed; boundary=b\n\n`
const MB = 1_000_000
const many = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join('')

const headers: [string, () => string][] = [
  ['a subject of encoded words', () => `Subject: ${'=?utf-8?q?a?= '.repeat(MB / 14)}\n\nx`],
  ['encoded words that never end', () => `Subject: ${'=?a?q?x '.repeat(MB / 8)}\n\nx`],
  ['quotes that never end', () => `To: ${'"'.repeat(MB)}\n\nx`],
  ['comments that never end', () => `To: ${'('.repeat(MB)}\n\nx`],
  ['brackets that never end', () => `From: ${'<'.repeat(MB)}\nReferences: ${'<'.repeat(MB)}\n\nx`],
  ['addresses', () => `To: ${'"a" <b@example.org>, '.repeat(MB / 20)}\n\nx`],
  ['half addresses', () => `To: ${'a@'.repeat(MB / 2)}\nCc: ${'a:'.repeat(MB / 2)}\n\nx`],
  ['references', () => `References: ${'<a@b> '.repeat(MB / 6)}\n\nx`],
  ['headers', () => `${'X: y\n'.repeat(MB / 5)}\nx`],
  ['folds', () => `X: y\n${' \t\n'.repeat(MB / 3)}\nx`],
  ['parameters', () => `Content-Type: text/plain${'; a="b'.repeat(MB / 6)}\n\nx`],
  ['continued parameters', () => `Content-Type: text/plain${many(20_000, (at) => `; name*${at}*=%41`)}\n\nx`],
  ['blanks', () => `Date: ${' '.repeat(MB)}x\nSubject: ${'\t '.repeat(MB / 2)}x\n\nx`],
]

const structures: [string, () => string][] = [
  ['100,000 parts', () => `${MIXED}${'--b\n\nx\n'.repeat(100_000)}--b--`],
  [
    '100,000 attachments',
    () => `${MIXED}${'--b\nContent-Type: image/png\nContent-Disposition: attachment\n\nx\n'.repeat(100_000)}--b--`,
  ],
  [
    'nested parts',
    () => `${HEAD}${many(20_000, (at) => `Content-Type: multipart/mixed; boundary=b${at}\n\n--b${at}\n`)}\nx`,
  ],
  ['nested parts of one boundary', () => HEAD + 'Content-Type: multipart/mixed; boundary=b\n\n--b\n'.repeat(20_000)],
  [
    'parts without parts',
    () => MIXED + many(20_000, (at) => `--b\nContent-Type: multipart/mixed; boundary=c${at}\n\nx\n`),
  ],
  ['mails in mails', () => `${'From: a@example.org\nContent-Type: message/rfc822\n\n'.repeat(20_000)}x`],
  ['lines of dashes', () => MIXED + '--\n'.repeat(MB)],
  ['one line of dashes', () => MIXED + '-'.repeat(5 * MB)],
]

const contents: [string, () => string][] = [
  ['uuencoded files that are none', () => `${HEAD}\n${'begin 644 x\n'.repeat(MB / 12)}`],
  ['uuencoded files without end', () => `${HEAD}\n${'begin 644 x\nM0000\n'.repeat(MB / 18)}`],
  ['padding in base64', () => `${HEAD}Content-Transfer-Encoding: base64\n\n${`=${' '.repeat(2_000)}`.repeat(2_000)}`],
  [
    'soft line ends',
    () => `${HEAD}Content-Transfer-Encoding: quoted-printable\n\n${`=${' '.repeat(1_000)}`.repeat(3_000)}`,
  ],
  ['carriage returns', () => `${HEAD}\n${'\r'.repeat(5 * MB)}`],
  ['quotation marks', () => `${HEAD}\n${'>'.repeat(5 * MB)}`],
  ['UTF-7', () => `${HEAD}Content-Type: text/plain; charset=utf-7\n\n${'+AAA'.repeat(MB / 4)}`],
  ['shifts', () => `${HEAD}Content-Type: text/plain; charset=hz-gb-2312\n\n${'~{'.repeat(MB / 2)}`],
  ['flowing lines', () => `${HEAD}Content-Type: text/plain; format=flowed\n\n${'a \n'.repeat(MB / 3)}`],
  ['tags of enriched text', () => `${HEAD}Content-Type: text/enriched\n\n${'<'.repeat(MB)}`],
  ['images', () => `${HEAD}Content-Type: text/html\n\n${'cid:'.repeat(MB / 4)}`],
  ['a calendar line', () => `${HEAD}Content-Type: text/calendar\n\nBEGIN:VEVENT\nSUMMARY;${'a"'.repeat(MB / 2)}:x`],
  [
    'a bounce',
    () =>
      `Return-Path: <>\nFrom: mailer-daemon@x.yz\nSubject: failure notice\n\n${'<a@b.cc>:\n550 5.1.1 x\n\n'.repeat(50_000)}`,
  ],
  [
    'a delivery report',
    () =>
      `${HEAD}Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n${'Final-Recipient: rfc822; a@b.cc\nAction: failed\n\n'.repeat(50_000)}`,
  ],
  [
    'half a message id',
    () => `Return-Path: <>\nFrom: mailer-daemon@x.yz\nSubject: failure notice\n\n${'Message-Id: <'.repeat(MB / 13)}`,
  ],
]

describe('a mail full of', () => {
  test.each([...headers, ...structures, ...contents])('%s is read within bounds', async (_, make) => {
    const raw = Buffer.from(make(), 'latin1')
    checkSound(await readMail(raw), raw.length)
  })
})

test('a text too long to be shown is cut, and attached as a whole', async () => {
  const raw = Buffer.from(`${HEAD}\n${'word '.repeat(LIMITS.text / 2)}`)
  const mail = await readMail(raw)
  expect(mail.parts.map(({ text }) => text).join('').length).toBeLessThanOrEqual(LIMITS.text)
  expect(mail.attachments).toMatchObject([{ name: 'text.txt', type: 'text/plain' }])
  expect(mail.attachments[0]?.contents.length).toBe((LIMITS.text / 2) * 5)
  expect(mail.faults).toEqual(['Its text is too long to be shown: all of it is attached.'])
})

test('a mail larger than any that is read shows its headers and says so', async () => {
  const raw = Buffer.concat([Buffer.from(`${HEAD}\n`), Buffer.alloc(LIMITS.rawBytes)])
  const mail = await readMail(raw)
  expect(mail).toMatchObject({ subject: 'x', from: { address: 'a@example.org' }, parts: [], attachments: [] })
  expect(mail.faults).toEqual(['This mail is too large to be read: only its headers were. All of it is in its source.'])
})

test('an archive is attached as it is and never unpacked', async () => {
  const archive = Buffer.from('504b0304ffffffff', 'hex')
  const mail = await readMail(
    Buffer.from(
      `${HEAD}Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n${archive.toString('base64')}\n`,
    ),
  )
  expect(mail.attachments).toMatchObject([{ name: 'archive.zip', type: 'application/zip' }])
  expect(Buffer.from(mail.attachments[0]?.contents ?? [])).toEqual(archive)
})
