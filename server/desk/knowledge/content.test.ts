import { expect, test } from 'vitest'
import { contentOfText, prepareContent } from './content.ts'

test('the text of a content is what a reader sees', async () => {
  const { text } = await prepareContent(
    '<h2>Paper <i>jam</i></h2><p>Open &amp; pull<script>x()</script></p><style>p{}</style>',
  )
  expect(text.replace(/\s+/g, ' ')).toBe('Paper jam Open & pull')
})

test('nothing that runs is left, however it is written', async () => {
  const attempts = [
    '<script>x()</script>',
    '<img src=x onerror=x()>',
    '<a href="java\nscript:x()">y</a>',
    '<svg><script>x()</script></svg>',
    '<math><mtext><table><mglyph><style><img src=x onerror=x()>',
    '<p style="background:url(javascript:x())">y</p>',
    '<scr\0ipt>x()</scr\0ipt>',
    '<iframe srcdoc="<script>x()</script>"></iframe>',
    '<form action="//evil"><input name=password></form>',
  ]
  for (const html of attempts) {
    const { html: clean } = await prepareContent(html)
    expect(clean, html).not.toMatch(/<script|onerror|javascript:|url\(|<iframe|<form|<input|<svg|<math|<style/i)
    expect(clean).not.toContain('\0')
  }
})

test('plain text stays plain', () => {
  const content = contentOfText('a <b>\r\n"c" & d')
  expect(content.html).toBe('a &lt;b&gt;<br />&quot;c&quot; &amp; d')
  expect(content.text).toBe('a <b>\r\n"c" & d')
})
