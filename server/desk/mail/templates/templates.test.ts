import { describe, expect, test } from 'vitest'
import { sanitiseHtml } from '../../../lib/html.ts'
import { en } from '../words/en.ts'
import { faultsOf } from './check.ts'
import { expandHtml, expandHtmlAsText, expandSubject, expandText, valuesOf } from './expand.ts'
import { htmlOfText } from './from-text.ts'
import { renderMail } from './render.ts'

describe('a template is refused', () => {
  test.each([
    [
      'an unknown variable',
      'answer',
      'html',
      'Dear {$customer.frstname}',
      /names \{\$customer\.frstname\}.*customer\.firstname/,
    ],
    ['what no mail may tell', 'answer', 'html', '{$agent.password}', /names \{\$agent\.password\}/],
    [
      'a name that objects have by themselves',
      'answer',
      'html',
      '{$constructor} {$__proto__}',
      /names \{\$constructor\}/,
    ],
    ['a variable of another kind', 'answer', 'html', '{$link}', /names \{\$link\}/],
    ['a variable without its end', 'answer', 'html', 'Dear {$customer.name', /without its \}/],
    ['a name in a link', 'answer', 'html', '<a href="{$customer.name}">x</a>', /inside of a tag/],
    ['markup in a title', 'answer', 'html', '<p title="{$message}">x</p>', /inside of a tag/],
    ['an address in a title', 'answer', 'html', '<p title="{$conversation.url}">x</p>', /inside of a tag/],
    [
      'an address as a part of another',
      'answer',
      'html',
      '<a href="https://evil.test/{$conversation.url}">x</a>',
      /inside/,
    ],
    [
      'more behind an address',
      'answer',
      'html',
      '<a href="{$conversation.url}.evil.test">x</a>',
      /more than the variable/,
    ],
    ['a message in the subject', 'answer', 'subject', '{$message}', /more than a line/],
    ['what was written, in an acknowledgement', 'acknowledgement', 'html', '{$message}{$quote}', /names \{\$message\}/],
  ] as const)('for %s', async (_what, place, field, source, fault) => {
    const stored = field === 'html' ? await sanitiseHtml(source) : source
    expect(faultsOf(place, field, stored)[0]).toMatch(fault)
  })

  test('not for what it may say', async () => {
    const source = await sanitiseHtml(
      '<p>Dear {$customer.firstname}, 3 > 2 &amp; {x} $y</p>{$message}<a href="{$conversation.url}">here</a>{$signature}',
    )
    expect(faultsOf('answer', 'html', source)).toEqual([])
    expect(source).toContain('href="{$conversation.url}"')
  })
})

describe('values', () => {
  const hostile = valuesOf({
    'customer.name': '<script>alert(1)</script>',
    'customer.firstname': '{$agent.email}{$message}$&$1',
    'agent.email': 'secret@desk.test',
    message: { html: '<p>Hello</p>', text: 'Hello' },
  })

  test('are escaped in HTML, stay as they are in text, and are never read as templates', async () => {
    const source = '<p>{$customer.name} {$customer.firstname}</p>{$message}'
    expect(expandHtml(source, hostile)).toBe(
      '<p>&lt;script&gt;alert(1)&lt;/script&gt; {$agent.email}{$message}$&amp;$1</p><p>Hello</p>',
    )
    expect(await expandHtmlAsText(source, hostile)).toBe(
      '<script>alert(1)</script> {$agent.email}{$message}$&$1\n\nHello',
    )
  })

  test('make one line of a subject, whatever they hold', () => {
    const values = valuesOf({ 'conversation.subject': 'Printer\r\nBcc: all@desk.test\u2028X: 1\0\t{$company}' })
    const subject = expandSubject('About {$conversation.subject}', values)
    expect(subject).toBe('About Printer Bcc: all@desk.test X: 1 {$company}')
    expect(
      expandSubject('{$conversation.subject}', valuesOf({ 'conversation.subject': '😀'.repeat(500) })).isWellFormed(),
    ).toBe(true)
  })

  test('that are missing leave nothing behind, and no name reaches into objects', async () => {
    expect(expandText('a{$toString}{$nothing}b', valuesOf({}))).toBe('ab')
    expect(await expandHtmlAsText('<p>Hello</p><p>{$signature}</p><p>Bye</p>', valuesOf({}))).toBe('Hello\n\nBye')
  })
})

test('links keep their addresses in the text, once', async () => {
  const values = valuesOf({ link: 'https://desk.test/x?a=1&b=2' })
  const source = '<p><a href="{$link}">{$link}</a></p><p><a href="{$link}">Click</a></p>'
  expect(await expandHtmlAsText(source, values)).toBe(
    'https://desk.test/x?a=1&b=2\n\nClick <https://desk.test/x?a=1&b=2>',
  )
  expect(expandHtml(source, values)).toContain('href="https://desk.test/x?a=1&amp;b=2"')
})

test('plain text becomes HTML line by line, with its links and without markup of its own', () => {
  expect(htmlOfText('1 <b>\r\n  see https://desk.test/a?b=1&c.')).toBe(
    '1 &lt;b&gt;<br>\n \u00a0see <a href="https://desk.test/a?b=1&amp;c">https://desk.test/a?b=1&amp;c</a>.',
  )
})

test('a mail is a document in its language that brings no colours and loads nothing', async () => {
  const mail = await renderMail(
    en,
    { subject: 'A & B', html: '<p>{$company}</p>' },
    valuesOf({ company: 'Ink & Paper' }),
  )
  expect(mail.subject).toBe('A & B')
  expect(mail.html).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/)
  expect(mail.html).toContain('<title>A &amp; B</title>')
  expect(mail.html).toContain('<p>Ink &amp; Paper</p>')
  expect(mail.html).not.toMatch(/src=|url\(|[^-]color:|background/)
  expect(mail.text).toBe('Ink & Paper\n')
})
