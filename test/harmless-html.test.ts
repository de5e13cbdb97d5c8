import { expect, test } from 'vitest'
import { expectHarmless } from './harmless-html.ts'

test.each([
  '<p><script>alert(1)</script>',
  '<img src="a" onerror=alert(1)>',
  "<p title='x' onclick='alert(1)'>",
  '<img/onerror="alert(1)">',
  '<a href="javascript:alert(1)">',
  '<a href=" javascript:alert(1)">',
  '<meta http-equiv="refresh">',
  '<form action="//elsewhere.test">',
  '<svg><a>',
])('%s is found', (page) => expect(() => expectHarmless(page)).toThrow())

test.each(['<p title="a onclick=b">', '&lt;img onerror=x&gt;', '<form class="search" role="search">'])(
  '%s is nothing',
  (page) => expectHarmless(page),
)
