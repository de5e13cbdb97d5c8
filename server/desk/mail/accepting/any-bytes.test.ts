// Whatever arrives: one raw mail, and one conversation or verdict.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { rawMail } from '../../../../test/mails.ts'
import { keepRaw } from '../intake/keep-raw.ts'
import { acceptWaiting } from './accept-waiting.ts'
import { type Verdict, verdicts } from './verdict.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const header = fc.constantFrom(
  'From',
  'To',
  'Cc',
  'Subject',
  'Message-ID',
  'In-Reply-To',
  'References',
  'Content-Type',
  'Content-Transfer-Encoding',
  'Auto-Submitted',
  'List-Id',
  'Reply-To',
  'Date',
  'DKIM-Signature',
  'Return-Path',
  'MIME-Version',
  'Content-Disposition',
)
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'a@b.test',
    '<a@b.test>',
    '=?utf-8?b?AP/+?=',
    'multipart/mixed; boundary=x',
    'text/html; charset=utf-7',
    'message/rfc822',
    'multipart/report; report-type=delivery-status; boundary=x',
    'base64',
    'quoted-printable',
    '"\\',
    ',;:<>()',
    'auto-replied',
    "attachment; filename*=utf-8''%00",
    'application/ms-tnef; name=winmail.dat',
  ),
)
const line = fc.tuple(header, value).map(([name, text]) => `${name}: ${text}`)
const mail = fc
  .tuple(
    fc.array(line, { maxLength: 12 }),
    fc.array(fc.oneof(fc.constant('--x'), fc.constant('--x--'), fc.constant(''), line, fc.string({ unit: 'binary' }))),
  )
  .map(([head, body]) => Buffer.from([...head, '', ...body].join('\r\n')))
const bytes = fc.oneof(
  mail,
  fc.uint8Array({ maxLength: 2_000 }).map((array) => Buffer.from(array)),
)

const isVerdict = (text: string | null): text is Verdict => Object.values(verdicts).some((verdict) => verdict === text)

test('any bytes become exactly one raw mail, and one conversation or verdict', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 8 }), async (many) => {
      const different = [...new Map(many.map((one) => [one.toString('hex'), one])).values()]
      const seqs: number[] = []
      for (const contents of different)
        seqs.push((await keepRaw(desk.app, { mailboxId: '', source: 'smtp', contents, envelope: {} })).seq)
      expect(new Set(seqs).size).toBe(different.length)
      await acceptWaiting(desk.app)
      for (const seq of seqs) {
        const row = await rawMail(desk, seq)
        expect(row.state).toBe('accepted')
        expect(isVerdict(row.verdict)).toBe(true)
        const isMessage = ['opened', 'joined', 'spam', 'unreadable', 'duplicate'].includes(row.verdict ?? '')
        expect(row.group_seq !== null).toBe(isMessage)
      }
    }),
    { numRuns: 60 },
  )
  const db = desk.app.database.reader
  const raws = await db.selectFrom('raw_mails').select(['conversation_id', 'verdict']).execute()
  const conversations = await db.selectFrom('conversations').select('id').execute()
  const opened = raws.filter(({ verdict }) => verdict === 'opened' || verdict === 'unreadable' || verdict === 'spam')
  expect(conversations.length).toBe(opened.length)
})
