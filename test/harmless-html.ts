// Looks for what a stranger could smuggle into a page.
import { expect } from 'vitest'

/** A tag with its attributes, whose quoted values may hold anything. */
const TAG = /<[a-z][^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>/gi

/** Nothing in a page runs, frames, submits elsewhere, or moves the reader on. Every page of ours is made without scripts. */
export function expectHarmless(page: string): void {
  for (const [tag] of page.matchAll(TAG)) {
    expect(tag).not.toMatch(/^<(script|iframe|frame|object|embed|applet|svg|math|base|style|template|audio|video)\b/i)
    expect(tag).not.toMatch(/^<meta[^>]+http-equiv/i)
    expect(tag).not.toMatch(/^<form(?! class="search")/i)
    expect(tag).not.toMatch(/\s(href|src|action)=["']?\s*(javascript|vbscript|data:text)/i)
    expect(tag.replace(/"[^"]*"|'[^']*'/g, '""')).not.toMatch(/[\s/]on\w+\s*=/i)
  }
  expect(page).not.toMatch(/<script/i)
}
