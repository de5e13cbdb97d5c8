import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Content, html, sanitised } from './markup.ts'

const show = (content: Content): string => html`${content}`.toString()

describe('markup', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['" onmouseover="alert(1)', '&quot; onmouseover=&quot;alert(1)'],
    ["' onfocus='alert(1)", '&#39; onfocus=&#39;alert(1)'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
  ])('text is escaped: %s', (text, escaped) => expect(show(text)).toBe(escaped))

  test('text in lists and in nested templates is escaped once', () => {
    expect(show([['<a>'], html`<b>${'<c>'}</b>`])).toBe('&lt;a&gt;<b>&lt;c&gt;</b>')
  })

  test('an attribute without quotes is refused', () => {
    expect(() => html`<a title=${'x onclick=alert(1)'}>`).toThrow('quotes')
  })

  test('something that only looks like markup is text or nothing', () => {
    const posing: unknown = { toString: () => '<script>' }
    expect(show(posing as Content)).toBe('')
    expect(show(String(posing))).toBe('&lt;script&gt;')
  })

  test('nothing is shown for what is not there, and zero is something', () => {
    expect(show([null, undefined, false, true, 0])).toBe('0')
  })

  test('sanitised HTML is left as it is', () => expect(show(sanitised('<i>x</i>'))).toBe('<i>x</i>'))

  test('no text ever opens a tag, ends an attribute or begins an entity of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = show(text)
        expect(shown).not.toMatch(/[<>"']/)
        expect(
          shown
            .replaceAll('&lt;', '<')
            .replaceAll('&gt;', '>')
            .replaceAll('&quot;', '"')
            .replaceAll('&#39;', "'")
            .replaceAll('&amp;', '&'),
        ).toBe(text)
      }),
    )
  })
})
