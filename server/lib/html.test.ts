import { describe, expect, test } from 'vitest'
import { prepareText, sanitiseHtml } from './html.ts'

describe('HTML that was written to stop the server', () => {
  test.each([
    ['tags that are never closed', '<div>', 400_000],
    ['tags closed under another name', '<b></i>', 300_000],
    ['lists in lists', '<ul><li>', 200_000],
  ])('%s are kept as text, at once', async (_name, piece, count) => {
    const { body, text } = await prepareText(piece.repeat(count), true)
    expect(body.startsWith(piece.replaceAll('<', '&lt;').replaceAll('>', '&gt;'))).toBe(true)
    expect(text.startsWith(piece)).toBe(true)
  })

  test('quotes in quotes do not multiply what lies in them', async () => {
    const source = '<blockquote>'.repeat(249) + 'text<br>'.repeat(50_000)
    const { body, text } = await prepareText(source, true)
    expect(body).toContain('<blockquote>')
    expect(text.length).toBeLessThan(source.length)
  })
})

test.each(['data:image/svg+xml,x', ' DATA:image/svg+xml;base64,AAAA', 'da\tta:image/svg+xml,x', 'data:text/html,x'])(
  'a picture that could carry script is taken out, however it is spelt: %j',
  async (src) => expect(await sanitiseHtml(`<img src="${src}" alt="x">`)).toBe('<img alt="x" />'),
)

test('what mails really nest is cleaned and stays HTML', async () => {
  const deep = `${'<div>'.repeat(240)}<b onclick="x()">Hello</b>${'</div>'.repeat(240)}`
  expect(await sanitiseHtml(deep)).toContain('<b>Hello</b>')
  expect(await sanitiseHtml(`${'<p>Line'.repeat(5_000)}`)).toContain('<p>Line</p>')
})
