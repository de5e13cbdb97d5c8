import fc from 'fast-check'
import sanitize from 'sanitize-html'
import { describe, expect, test } from 'vitest'
import { expectHarmless } from '../../test/harmless-html.ts'
import { sanitiseHtml, textOfHtml } from './html.ts'

describe('of what mails attack with, nothing is left', () => {
  test.each([
    ['a script', '<script>alert(1)</script>Hi', 'Hi'],
    ['a script in parts', '<scr<script>ipt>alert(1)</scr</script>ipt>', 'ipt&gt;alert(1)ipt&gt;'],
    ['a script in capitals, with a blank', '<SCRIPT\n>alert(1)</SCRIPT\t>x', 'x'],
    ['a script that is never closed', 'a<script>alert(1)', 'a'],
    ['a style sheet', '<style>@import "//evil.test"; body{background:url(//evil.test)}</style>a', 'a'],
    ['a linked style sheet', '<link rel="stylesheet" href="//evil.test/a.css">a', 'a'],
    ['an event handler', '<p onclick="alert(1)" onmouseover=alert(2)>a</p>', '<p>a</p>'],
    ['an event handler behind a slash', '<img/src="cid:x"/onerror=alert(1)>', '<img src="cid:x" />'],
    ['an event handler behind a line end', '<img src="cid:x"\nonerror\n=\nalert(1)>', '<img src="cid:x" />'],
    ['an attribute that never ends', '<img src="x onerror=alert(1)//', ''],
    ['an attribute that closes the tag', '<p title="&quot;><script>alert(1)</script>">a</p>', undefined],
    ['javascript:', '<a href="javascript:alert(1)">a</a>', LINK],
    ['javascript: in entities', '<a href="&#106;&#x61;vascript&colon;alert(1)">a</a>', LINK],
    ['javascript: with controls in it', '<a href="\u0001java\nscript\t:alert(1)">a</a>', LINK],
    ['javascript: with entities of controls', '<a href=" java&Tab;scr&NewLine;ipt:alert(1)">a</a>', LINK],
    ['vbscript:', '<a href="VBScript:msgbox(1)">a</a>', LINK],
    ['a page in a data URL', '<a href="data:text/html;base64,PHNjcmlwdD4=">a</a>', LINK],
    [
      'a scheme that we do not know',
      '<a href="intent://x#Intent;end">a</a><a href="file:///etc/passwd">b</a>',
      undefined,
    ],
    ['a host without a scheme', '<a href="//evil.test">a</a>', LINK],
    ['a host behind backslashes', '<a href="\\\\evil.test">a</a><a href="/\\evil.test">a</a>', LINK + LINK],
    ['a host behind a hidden slash', '<a href="/\t/evil.test">a</a>', LINK],
    ['a window of ours', '<a href="https://a.test" target="panel">a</a>', undefined],
    ['a form', '<form action="//evil.test"><input name="password"><button>Go</button></form>', 'Go'],
    ['a form for a button', '<button formaction="javascript:alert(1)">a</button>', 'a'],
    ['a meta refresh', '<meta http-equiv="refresh" content="0;url=//evil.test">a', 'a'],
    ['another base', '<base href="//evil.test/">a', 'a'],
    ['a frame', '<iframe src="//evil.test" srcdoc="<script>alert(1)</script>"></iframe>a', 'a'],
    ['frames', '<frameset><frame src="//evil.test"></frameset>', ''],
    ['an object', '<object data="//evil.test"><embed src="//evil.test"><param name="a"></object>a', 'a'],
    ['an applet', '<applet code="a"></applet><bgsound src="//evil.test">a', 'a'],
    ['a template', '<template><script>alert(1)</script><p>a</p></template>', '<p>a</p>'],
    ['an SVG', '<svg onload=alert(1)><script>alert(1)</script><a xlink:href="javascript:alert(1)">a</a></svg>', LINK],
    ['an animation', '<svg><animate attributeName=href values=javascript:alert(1) /><set onbegin=alert(1)></svg>', ''],
    ['MathML', '<math href="javascript:alert(1)"><mtext>a</mtext></math>', 'a'],
    ['video and audio', '<video src="//evil.test" onerror=alert(1)><source onerror=alert(1)></video><audio src=x>', ''],
    ['many pictures in one', '<img src="cid:x" srcset="//evil.test 2x">', '<img src="cid:x" />'],
    ['an SVG in a data URL', '<img src="data:image/svg+xml,x" alt="x">', '<img alt="x" />'],
    ['a picture of another scheme', '<img src="javascript:alert(1)"><img src="ftp://a.test">', '<img /><img />'],
    ['the image tag', '<image src=x onerror=alert(1)>a', 'a'],
    ['names that clobber', '<p id="location" name="x" class="search">a</p><img name="body" src="cid:x">', undefined],
    [
      'a background',
      '<table background="//evil.test"><tr><td>a</td></tr></table>',
      '<table><tr><td>a</td></tr></table>',
    ],
    ['a comment for old programs', '<!--[if mso]><script>alert(1)</script><![endif]-->a', 'a'],
    ['a comment for new programs', '<![if !mso]>a<![endif]>', 'a'],
    ['a comment that ends early', '<!--><img src=x onerror=alert(1)>-->a', undefined],
    ['a comment that ends oddly', '<!-- --!><img src=x onerror=alert(1)>-->a', undefined],
    ['CDATA', '<![CDATA[<script>alert(1)</script>]]>a', undefined],
    ['a processing instruction', '<?xml version="1.0"?><?php echo 1 ?>a', 'a'],
    ['plain text for ever', '<plaintext><script>alert(1)</script>', ''],
    ['NUL in a tag', '<scr\0ipt>alert(1)</scr\0ipt>a', 'a'],
    ['NUL in a text', 'a\0b', 'ab'],
    ['half a character', 'a\ud800b', 'a\ufffdb'],
    ['UTF-7', '+ADw-script+AD4-alert(1)+ADw-/script+AD4-', '+ADw-script+AD4-alert(1)+ADw-/script+AD4-'],
    ['tags that are text', '&lt;script&gt;alert(1)&lt;/script&gt;', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['tags that were text twice', '&amp;lt;script&amp;gt;', '&amp;lt;script&amp;gt;'],
    ['closing tags of the page', '</div></article></main></body></html>a', 'a'],
  ])('%s', async (_name, source, expected) => {
    const out = await sanitiseHtml(source, { keepRelative: false })
    expectHarmless(out)
    expect(out).not.toMatch(/evil|clobber|\sid=|\sclass=|srcset|javascript:|\0/)
    if (expected !== undefined) expect(out.trim()).toBe(expected)
  })

  // Markup that changes its meaning when a browser reads what a filter wrote.
  test.each([
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '<math><annotation-xml encoding="text/html"><style><img src onerror=alert(1)></style></annotation-xml></math>',
    '<svg><title><style><img src=x onerror=alert(1)></style></title></svg>',
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
    '<noembed><img title="</noembed><img src onerror=alert(1)>"></noembed>',
    '<textarea><img title="</textarea><img src onerror=alert(1)>"></textarea>',
    '<select><template><style><!--</style><a rel="--></style></template></select><img src onerror=alert(1)>">',
    '<table><tr><td><svg><desc><table><tr><td><style><img src onerror=alert(1)>',
    '<a title="`"><img alt="``onerror=alert(1)" src="cid:x">',
    '<p title="<!--"><img title="--><img src=x onerror=alert(1)>">',
  ])('what mutates: %s', async (source) => {
    const out = await sanitiseHtml(source)
    expectHarmless(out)
    expect(await sanitiseHtml(out)).toBe(out)
  })
})

const LINK = '<a rel="noopener noreferrer nofollow">a</a>'

describe('of styles, nothing is left that', () => {
  test.each([
    ['loads', 'background:url(//evil.test/a.png)'],
    ['loads in a spelling of its own', 'background:u\\72l(//evil.test)'],
    ['loads behind a comment', 'background:ur/**/l(//evil.test)'],
    ['loads in a set', 'background:image-set("//evil.test" 1x)'],
    ['loads as a sign of a list', 'list-style:url(//evil.test)'],
    ['loads a cursor', 'cursor:url(//evil.test),auto'],
    ['loads through a variable', '--a:url(//evil.test);background:var(--a)'],
    ['runs in old programs', 'width:expression(alert(1))'],
    ['binds', '-moz-binding:url(//evil.test);behavior:url(//evil.test)'],
    ['covers the page', 'position:fixed;top:0;left:0;z-index:99999'],
    ['moves things over others', 'transform:translate(-500px,-500px);inset:0'],
    ['hides', 'display:none;visibility:hidden;opacity:0;clip-path:inset(50%);max-height:0;mso-hide:all'],
    ['leaves a quote open', 'font-family:"Arial;content:x'],
    ['imports', '@import "//evil.test"'],
    ['closes the attribute', 'color:red&quot;><script>'],
    ['animates', 'animation:x 1s;transition:all 1s'],
  ])('%s', async (_name, style) => {
    const out = await sanitiseHtml(`<p style='${style}'>a</p>`)
    expectHarmless(out)
    expect(out).toBe('<p>a</p>')
  })

  test('is longer than any that a program writes', async () =>
    expect(await sanitiseHtml(`<p style="${'color:red;'.repeat(10_000)}">a</p>`)).toBe('<p>a</p>'))
})

test('what newsletters and office programs write keeps its look', async () => {
  const source =
    '<table width="100%" bgcolor="#ffffff" cellpadding="0"><tbody><tr><td align="center" colspan="2" style="padding: 10px 20px; ' +
    "font-family: Arial, 'Segoe UI'; color: rgb(31, 73, 125); background: #fff; mso-line-height-rule: exactly\">" +
    '<font face="Arial" size="2" color="red">a</font><o:p>&nbsp;</o:p></td></tr></tbody></table>'
  expect(await sanitiseHtml(source)).toBe(
    '<table width="100%" bgcolor="#ffffff" cellpadding="0"><tbody><tr><td align="center" colspan="2" style="padding:10px 20px;' +
      "font-family:Arial, 'Segoe UI';color:rgb(31, 73, 125);background:#fff\">" +
      '<font face="Arial" size="2" color="red">a</font>\u00a0</td></tr></tbody></table>',
  )
})

test('addresses that go somewhere stay as they are', async () => {
  for (const href of ['https://a.test/?b=1&c=%20#d', 'HTTP://a.test', 'mailto:a@b.test', 'tel:+49123', '#top'])
    expect(await sanitiseHtml(`<a href="${href}">a</a>`)).toContain(` href="${href.replaceAll('&', '&amp;')}"`)
  expect(await sanitiseHtml('<a href="a/b?c=d:e">a</a>')).toContain('href="a/b?c=d:e"')
  expect(await sanitiseHtml('<a href="a/b">a</a>', { keepRelative: false })).not.toContain('href')
})

const TAGS =
  'p div a img b table tr td li ul style script svg math title template noscript iframe form textarea select o:p'
const ATTRIBUTES = 'style href src onclick onerror id name class title target width xlink:href srcdoc __proto__'
const PIECES = [
  '<!--',
  '-->',
  '--!>',
  '<![CDATA[',
  ']]>',
  '<',
  '>',
  '"',
  "'",
  '&lt;',
  '&#60;',
  '\0',
  '\n',
  '/',
  '=',
  '`',
  '<?',
]

const anAttribute = fc
  .tuple(
    fc.constantFrom(...ATTRIBUTES.split(' ')),
    fc.oneof(fc.string(), fc.constantFrom('javascript:alert(1)', 'data:text/html,x', 'color:url(x)', '//evil.test')),
    fc.constantFrom('"', "'", ''),
  )
  .map(([name, value, quote]) => ` ${name}=${quote}${value}${quote}`)
const aTag = fc
  .tuple(fc.constantFrom('<', '</'), fc.constantFrom(...TAGS.split(' ')), fc.array(anAttribute, { maxLength: 3 }))
  .map(([start, tag, attributes]) => `${start}${tag}${attributes.join('')}>`)
const aSoup = fc
  .array(fc.oneof(aTag, fc.string(), fc.constantFrom(...PIECES)), { maxLength: 30 })
  .map((all) => all.join(''))

/** What mails use and its list does not have. */
const MORE_TAGS = 'img del ins font center details summary big strike tt'.split(' ')

/** The second opinion: another program with the same lists. */
const secondOpinion = (html: string): string =>
  sanitize(html, {
    allowedTags: sanitize.defaults.allowedTags.concat(MORE_TAGS),
    allowedAttributes: {
      '*': ['style', 'title', 'width', 'href', 'target', 'rel', 'src', 'name'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel', 'cid', 'data'],
    parseStyleAttributes: false,
    allowProtocolRelative: false,
  })

/** Every tag with its attributes, once. Bare paragraphs begin where others end too early. */
const tagsIn = (html: string): string[] =>
  [...new Set(['<p>', '</p>', ...[...html.matchAll(/<[^>"]*(?:"[^"]*"[^>"]*)*>/g)].map(([tag]) => tag)])].sort()

test('of random HTML nothing harmful is left, and neither we nor another program find more to remove', async () => {
  await fc.assert(
    fc.asyncProperty(aSoup, async (source) => {
      const out = await sanitiseHtml(source)
      expectHarmless(out)
      // Read again, elements that may not nest are ordered otherwise; no tag and no attribute comes or goes.
      const again = await sanitiseHtml(out)
      expect(tagsIn(again)).toEqual(tagsIn(out))
      expect(await textOfHtml(again)).toBe(await textOfHtml(out))
      expect(tagsIn(secondOpinion(out))).toEqual(tagsIn(out.replace(/ [a-z]+=""/g, '')))
    }),
    { numRuns: 500 },
  )
})
