import { expect, test } from 'vitest'
import { textOfHtml } from './html.ts'

test.each([
  ['paragraphs apart', '<p>One</p><p>Two<br>three</p>', 'One\n\nTwo\nthree'],
  ['lines of office programs', '<div>One</div><div><br></div><div>Two</div>', 'One\n\nTwo'],
  ['blanks as one', '<p>One\n   two&nbsp;&nbsp;three <b> four</b></p>', 'One two three four'],
  ['letters of a word together', '<p>W<b>or</b>d</p>', 'Word'],
  ['headings as they are', '<h1>Offer</h1>Text', 'Offer\n\nText'],
  [
    'lists with signs',
    '<ul><li>One<li><p>Two</p></ul><ol start="3"><li>Three<li>Four</ol>',
    '* One\n* Two\n\n3. Three\n4. Four',
  ],
  ['lists in lists', '<ul><li>One<ul><li>Two</li></ul></li></ul>', '* One\n\n* Two'],
  ['rows as rows', '<table><tr><th>A<th>B<tr><td>1<td>2</table>', 'A\tB\n1\t2'],
  ['preformatted text as it stands', '<pre>a  b\n  c\n\nd</pre>', 'a  b\n  c\n\nd'],
  ['a line across', 'a<hr>b', 'a\n\n---\n\nb'],
  ['nothing of scripts, styles and titles', '<title>t</title><style>s</style><script>x</script>a', 'a'],
  ['entities as what they mean', '&lt;b&gt; &amp; &euro; &#8364; &copy', '<b> & € € ©'],
  ['no pictures and no addresses', '<a href="https://a.test"><img src="x" alt="y">here</a>', 'here'],
  ['nothing of nothing', '', ''],
])('the text of HTML has %s', async (_name, html, text) => expect(await textOfHtml(html)).toBe(text))

test('with links, it has the addresses that it does not name already', async () => {
  const html =
    '<p>See <a href="https://a.test/b">our page</a>, <a href="https://a.test/">a.test</a>, <a href="mailto:x@a.test">x@a.test</a>.</p>'
  expect(await textOfHtml(html, { withLinks: true })).toBe('See our page <https://a.test/b>, a.test, x@a.test.')
})

test('is never longer than what is kept of it', async () => {
  const text = await textOfHtml('<p>word word</p>'.repeat(200_000))
  expect(text.length).toBeLessThanOrEqual(500_000)
})
