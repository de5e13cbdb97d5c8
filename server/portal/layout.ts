// What every public page has around it.
import { type Content, html, type Markup } from '../lib/markup.ts'
import { STYLE_ADDRESS } from './style.ts'

export interface Site {
  /** The company's name. */
  name: string
  /** The account's time zone. */
  zone: string
  /** Without a final slash. */
  publicUrl: string
}

export interface Page {
  title: string
  body: Markup
  /** For search engines; without one they take what they find. */
  description?: string | undefined
  /** The one address under which search engines shall know the page. Without it they are asked not to list it. */
  canonical?: string | undefined
  /** From the start page to the parent. */
  breadcrumbs?: readonly { href: string; title: string }[]
  /** What the search box shows; null: no search box. */
  query?: string | null
  /** What it is written in; English unless said otherwise. */
  language?: 'en' | 'de'
}

const skipWords = { en: 'Skip to content', de: 'Zum Inhalt springen' }

export const document = (site: Site, page: Page): string =>
  html`<!doctype html>
<html lang="${page.language ?? 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title === site.name ? site.name : `${page.title} – ${site.name}`}</title>
${page.description && html`<meta name="description" content="${page.description}">`}
${page.canonical ? html`<link rel="canonical" href="${page.canonical}">` : html`<meta name="robots" content="noindex, nofollow">`}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${STYLE_ADDRESS}">
</head>
<body>
<a class="skip" href="#main">${skipWords[page.language ?? 'en']}</a>
<header class="top"><div class="width">
<a class="home" href="/">${site.name}</a>
${page.query !== null && page.query !== undefined && searchForm(page.query)}
</div></header>
<div class="width">
${breadcrumbs(page.breadcrumbs ?? [], page.title)}
<main id="main" tabindex="-1">
${page.body}
</main>
</div>
</body>
</html>
`.toString()

export const searchForm = (query: string): Markup =>
  html`<form class="search" role="search" action="/search" method="get">
<label class="unseen" for="q">Search the knowledge base</label>
<input id="q" name="q" type="search" maxlength="200" value="${query}" placeholder="Search" autocomplete="off">
<button type="submit">Search</button>
</form>`

function breadcrumbs(steps: readonly { href: string; title: string }[], here: string): Content {
  if (steps.length === 0) return null
  return html`<nav class="crumbs" aria-label="Breadcrumb"><ol>
${steps.map(({ href, title }) => html`<li><a href="${href}">${title}</a></li>`)}
<li><span aria-current="page">${here}</span></li>
</ol></nav>`
}
