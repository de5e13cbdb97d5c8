// Mails as another program composes them, and as another one reads them: what all agree on must be ours as well.
import fc from 'fast-check'
import { createTransport } from 'nodemailer'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { corpusMails } from './corpus/corpus.ts'
import { readMail } from './read-mail.ts'

const compose = createTransport({ streamTransport: true, buffer: true })

const LETTERS = [...'abcdefgh ABC 123 äöüß éèç łżź ЖДЯ αβγ שלום مرحبا 日本語 한국어 𠮷😀 ,;:()<>@"\'?=_-.%']
const words = fc
  .string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 120 })
  .map((text) => `x${text}x`.replace(/ +/g, ' '))
const fileName = words.map((name) => `${name.replace(/[<>:"/\\]/g, '')}.bin`)
const attachment = fc.record({ filename: fileName, content: fc.uint8Array({ maxLength: 500 }) })
const encoding = fc.constantFrom('base64' as const, 'quoted-printable' as const)

test('what a program composes is read as it was meant', async () => {
  await fc.assert(
    fc.asyncProperty(
      words,
      words,
      words,
      encoding,
      fc.array(attachment, { maxLength: 3 }),
      async (subject, name, text, textEncoding, files) => {
        const { message } = await compose.sendMail({
          from: { name, address: 'anna@example.org' },
          to: [
            { name, address: 'one@example.com' },
            { name: '', address: 'two@example.com' },
          ],
          subject,
          text,
          textEncoding,
          attachments: files.map(({ filename, content }) => ({ filename, content: Buffer.from(content) })),
        })
        if (!Buffer.isBuffer(message)) expect.fail('the mail was not composed')
        const mail = await readMail(message)
        expect(mail.subject).toBe(subject.trim())
        expect(mail.from?.address).toBe('anna@example.org')
        expect(mail.from?.name).toBe(name)
        expect(mail.to.map(({ address }) => address)).toEqual(['one@example.com', 'two@example.com'])
        expect(
          mail.parts
            .map((part) => part.text)
            .join('')
            .trim(),
        ).toBe(text.trim())
        expect(mail.attachments.map((file) => [file.name, Buffer.from(file.contents).toString('hex')])).toEqual(
          files.map(({ filename, content }) => [filename.trim(), Buffer.from(content).toString('hex')]),
        )
        expect(mail.faults).toEqual([])
      },
    ),
    { numRuns: 200 },
  )
})

describe('another reader agrees', () => {
  /** What it reads as the standards have it; where they are broken, the two may differ. */
  const ordinary = corpusMails().filter(({ name }) =>
    /^(alternative|attached-mail|bounce|auto|list|bulk|name-(rfc|encoded-word$)|signed|digest|calendar-request)/.test(
      name,
    ),
  )

  test.each(ordinary)('on $name', async ({ raw }) => {
    const [ours, theirs] = [await readMail(raw), await PostalMime.parse(raw, { forceRfc822Attachments: true })]
    expect(ours.subject).toBe(theirs.subject)
    expect(ours.from?.address).toBe(theirs.from?.address)
    expect(ours.messageId).toBe(theirs.messageId?.replace(/[<>]/g, ''))
    const named = theirs.attachments.filter(
      ({ filename, mimeType }) => filename !== null && !/calendar|ics/.test(mimeType),
    )
    expect(ours.attachments.map(({ name }) => name)).toEqual(
      expect.arrayContaining(named.map(({ filename }) => filename)),
    )
  })
})
