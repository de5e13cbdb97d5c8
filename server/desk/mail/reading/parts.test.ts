import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectHarmless } from '../../../../test/harmless-html.ts'
import { textOfHtml } from '../../../lib/html.ts'
import type { MailPart } from './mail.ts'
import { texts } from './parts.samples.ts'
import { pages } from './parts.samples-html.ts'
import { HTML_LIMIT, partsOf } from './parts.ts'

const letters = { message: 'M', quote: 'Q', signature: 'S' }
const flat = (text: string): string => text.replace(/\s+/g, ' ').trim()
const without = (text: string): string => text.replace(/\s+/g, '')
const short = (parts: MailPart[]): string[] => parts.map(({ kind, text }) => `${letters[kind]} ${flat(text)}`)

const openTags = (html: string): number =>
  [...html.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)].reduce(
    (open, [, end, , alone]) => open + (alone ? 0 : end ? -1 : 1),
    0,
  )

describe('plain text of', () => {
  test.each(texts)('%s', async (...sample) => {
    const [, ...pieces] = sample
    const parts = await partsOf({ html: undefined, text: pieces.map(([, text]) => text).join('') })
    expect(short(parts)).toEqual(pieces.map(([kind, text]) => `${kind} ${flat(text)}`))
  })
})

describe('HTML of', () => {
  test.each(pages)('%s', async (...sample) => {
    const [, html, ...expected] = sample
    const parts = await partsOf({ html, text: 'not this' })
    expect(short(parts)).toEqual(expected.map(([kind, text]) => `${kind} ${text}`))
    for (const { body } of parts) expect(openTags(body)).toBe(0)
    expect(without(parts.map(({ text }) => text).join(''))).toBe(without(await textOfHtml(html)))
  })
})

test('line ends of every kind are line ends', async () => {
  for (const end of ['\r\n', '\r', '\n'])
    expect(short(await partsOf({ html: undefined, text: ['a', '', '-- ', 'b'].join(end) }))).toEqual(['M a', 'S -- b'])
})

test('a mail without text has one empty part', async () => {
  for (const body of [
    { html: undefined, text: undefined },
    { html: undefined, text: ' \n\n' },
    { html: '<p> </p>', text: undefined },
  ])
    expect(await partsOf(body)).toEqual([{ kind: 'message', body: '', isHtml: body.html !== undefined, text: '' }])
})

test('HTML that shows nothing gives way to the text beside it', async () => {
  expect(await partsOf({ html: '<html><body></body></html>', text: 'Hello' })).toEqual([
    { kind: 'message', body: 'Hello', isHtml: false, text: 'Hello' },
  ])
})

describe('nothing is lost:', () => {
  const aPiece = fc.constantFrom(
    ...texts.flatMap(([, ...pieces]) => pieces.map(([, text]) => text)),
    '\n',
    '> quoted\n',
    'Regards,\n',
    '-- \n',
    '-----Original Message-----\n',
    'Sent from my iPhone\n',
    '>From here\n',
  )
  const aText = fc
    .array(fc.oneof(aPiece, fc.string(), fc.string({ unit: 'binary' })), { maxLength: 12 })
    .map((all) => all.join(''))

  test('the parts of any text are the text', async () => {
    await fc.assert(
      fc.asyncProperty(aText, async (text) => {
        const parts = await partsOf({ html: undefined, text })
        expect(without(parts.map((part) => part.text).join(''))).toBe(without(text.toWellFormed().replaceAll('\0', '')))
        expect(parts.some(({ kind }) => kind === 'message')).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  const TAGS = 'div p br hr b blockquote ul ol li table tr td pre img span h1 o:p a'.split(' ')
  const anOpening = fc
    .tuple(
      fc.constantFrom(...TAGS),
      fc.constantFrom(
        '',
        ' class="gmail_quote"',
        ' type="cite"',
        ' id="divRplyFwdMsg"',
        ' id="Signature"',
        ' class="gmail_attr"',
        ' style="white-space:pre"',
      ),
    )
    .map(([tag, attribute]) => `<${tag}${attribute}>`)
  const aClosing = fc.constantFrom(...TAGS).map((tag) => `</${tag}>`)
  const aWord = fc.constantFrom(
    'Hello',
    ' ',
    '\n',
    '&nbsp;',
    'On 3/4/24 10:00, Ada wrote:',
    'From: a',
    'Subject: b',
    'Sent: c',
    '-- ',
    '&lt;b&gt;',
    'Best regards,',
    'Tel. 123 456 789',
  )
  const aPage = fc.array(fc.oneof(anOpening, aClosing, aWord, aWord), { maxLength: 40 }).map((all) => all.join(''))

  test('the texts of the parts of any HTML are the text of it, and each part is whole and harmless', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          aPage,
          fc.constantFrom(...pages.map(([, html]) => html)).map((html) => html.slice(0, -7)),
        ),
        async (html) => {
          const parts = await partsOf({ html, text: undefined })
          expect(without(parts.map((part) => part.text).join(''))).toBe(without(await textOfHtml(html)))
          for (const { body } of parts) {
            expectHarmless(body)
            expect(openTags(body)).toBe(0)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('what was written to stop the server is read at once:', () => {
  const MB = 1_000_000
  test.each([
    ['empty lines', '\n'.repeat(MB)],
    ['one line', 'x'.repeat(2 * MB)],
    ['one line of colons', ': '.repeat(MB)],
    ['quotes in quotes', `${'>'.repeat(MB)} a`],
    ['quotes in turn', '> a\nb\n'.repeat(MB / 6)],
    ['names of quotes', 'On 1.1.2024 10:00 Ada <a@b.c> wrote:\n'.repeat(MB / 40)],
    ['beginnings of names of quotes', 'On 1.1.2024\n'.repeat(MB / 12)],
    ['headers', 'From: a\nSubject: b\nTo: c\n'.repeat(MB / 25)],
    ['headers without end', 'From: a\n\n'.repeat(MB / 10)],
    ['separators', '-----Original Message-----\n'.repeat(MB / 27)],
    ['dashes', '-'.repeat(MB)],
    ['dashes in lines', `${'-'.repeat(400)}x\n`.repeat(MB / 400)],
    ['signatures', '-- \nBest regards,\nAda\n'.repeat(MB / 22)],
    ['blanks', ' '.repeat(MB)],
    ['blanks before an end', `${' '.repeat(MB)}x`],
  ])('%s', async (_name, text) => {
    expect((await partsOf({ html: undefined, text })).length).toBeGreaterThan(0)
    const parts = await partsOf({ html: `<p>a</p><pre>${text}</pre>`, text: undefined })
    expect(parts.length).toBeLessThan(100)
  })

  test.each([
    ['tags without end', '<div>'.repeat(MB / 5)],
    ['tags closed under other names', '<b></i>'.repeat(MB / 7)],
    ['quotes in quotes', '<blockquote type="cite">'.repeat(900)],
    ['quotes beside quotes', '<blockquote type="cite">a</blockquote>b'.repeat(MB / 40)],
    ['holders in holders', `${'<div class="gmail_quote">'.repeat(240)}${'<b>a</b>'.repeat(MB / 10)}`],
    ['holders beside holders', '<div class="gmail_quote"><p>a</p></div>'.repeat(MB / 40)],
    [
      'headers of Outlook',
      '<div style="border:none;border-top:solid red 1pt"><b>a:</b><b>b:</b></div>'.repeat(MB / 75),
    ],
    ['pieces of tags', '<'.repeat(MB)],
    ['comments without end', '<!--'.repeat(MB / 4)],
    ['one attribute', `<p title="${'a'.repeat(MB)}">`],
    ['attributes', `<p ${'a=b '.repeat(MB / 40)}>`],
    ['styles', `<p style="${'color:red;'.repeat(MB / 10)}">`],
    ['entities', '&amp'.repeat(MB / 4)],
    ['lists in lists', `${'<ul><li>'.repeat(120)}${'a<br>'.repeat(MB / 5)}`],
  ])('HTML of %s', async (_name, html) => {
    const parts = await partsOf({ html, text: undefined })
    expect(parts.length).toBeLessThan(100)
    for (const { body } of parts) expect(body.length).toBeLessThan(5 * html.length + 100)
  })

  test.each([
    ['paragraphs', '<p>word <b>bold</b></p>'],
    ['pieces of tags', '<'],
    ['styles that never end', '<style>'],
    ['comments that never end', '<!--'],
    ['blanks', ' '],
  ])('more than can be shown becomes text: %s', async (_name, piece) => {
    const html = `<p>Hello</p>${piece.repeat((2 * HTML_LIMIT) / piece.length)}`
    const [part] = await partsOf({ html, text: undefined })
    expect(part).toMatchObject({ kind: 'message', isHtml: false, body: expect.stringMatching(/^Hello/) })
    expect(await partsOf({ html, text: 'Hi' })).toEqual([{ kind: 'message', isHtml: false, body: 'Hi', text: 'Hi' }])
  })
})
