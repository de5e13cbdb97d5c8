import { afterEach, describe, expect, test } from 'vitest'
import { type MailReaders, openReaders, type ReadersOptions } from './readers.ts'

const open: MailReaders[] = []
const readersOf = (options?: ReadersOptions): MailReaders => {
  const readers = openReaders(options)
  open.push(readers)
  return readers
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((readers) => readers.close()))
})

const small = (subject: string): Buffer => Buffer.from(`From: anna@example.org\nSubject: ${subject}\n\nHello\n`)
/** HTML that takes many times its length in memory. */
const heavy = Buffer.from(
  `From: anna@example.org\nSubject: heavy\nContent-Type: text/html\n\n${'<b>x</b><i>y</i>'.repeat(60_000)}`,
)

describe('a lost thread', () => {
  test('costs no mail but the one that was too heavy for it', async () => {
    const readers = readersOf({ heap: 48 })
    const mails = await readers.readMany([{ raw: small('one') }, { raw: heavy }, { raw: small('two') }])
    expect(mails.map(({ subject }) => subject)).toEqual(['one', 'heavy', 'two'])
    expect(mails.map(({ faults }) => faults)).toEqual([
      [],
      ['Reading this mail took more memory than there is for it: only its headers were read.'],
      [],
    ])
    expect((await readers.read(small('three'))).parts).toHaveLength(1)
  })

  test('leaves the headers of a mail that took too long', async () => {
    const readers = readersOf({ timeLimit: 1 })
    const mails = await readers.readMany([{ raw: small('one') }, { raw: small('two') }])
    expect(mails.map(({ subject, from, parts }) => [subject, from?.address, parts])).toEqual([
      ['one', 'anna@example.org', []],
      ['two', 'anna@example.org', []],
    ])
    expect(mails[0]?.faults).toEqual(['This mail took too long to be read: only its headers were.'])
  })
})

test('many mails are read in their order by several threads, and stay with who asked', async () => {
  const readers = readersOf({ threads: 2 })
  const raws = Array.from({ length: 200 }, (_, number) => small(`mail ${number}`))
  const mails = await readers.readMany(raws.map((raw) => ({ raw, options: { returnPath: '' } })))
  expect(mails.map(({ subject }) => subject)).toEqual(raws.map((_, number) => `mail ${number}`))
  expect(mails.every(({ kind }) => kind === 'automatic')).toBe(true)
  expect(raws.every((raw) => raw.length > 0)).toBe(true)
})

test('attachments arrive whole', async () => {
  const contents = Buffer.alloc(300_000, 'deskhand')
  const raw = Buffer.from(
    `From: a@example.org\nContent-Type: image/png; name=x.png\nContent-Transfer-Encoding: base64\n\n${contents.toString('base64')}\n`,
  )
  const { attachments } = await readersOf().read(raw)
  expect(attachments).toHaveLength(1)
  expect(Buffer.compare(attachments[0]?.contents ?? Buffer.alloc(0), contents)).toBe(0)
})

test('a thread that ended for want of work is followed by another one', async () => {
  const readers = readersOf({ idleTime: 1 })
  for (const subject of ['one', 'two', 'three']) {
    expect((await readers.read(small(subject))).subject).toBe(subject)
    await new Promise((resume) => setTimeout(resume, 20))
  }
})

test('closed readers refuse, and what they had not read is refused, too', async () => {
  const readers = readersOf()
  const running = readers.read(small('running'))
  const refused = expect(running).rejects.toThrow('Mails are no longer read.')
  await readers.close()
  await refused
  await expect(readers.read(small('later'))).rejects.toThrow('Mails are no longer read.')
})
