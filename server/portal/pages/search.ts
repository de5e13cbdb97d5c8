// /search?q=…: what is found in the public knowledge bases.
import type { Reader } from '../../db/write.ts'
import { slugOf } from '../../desk/knowledge/address.ts'
import { type FoundEntry, searchEntries } from '../../desk/knowledge/search.ts'
import { html, type Markup } from '../../lib/markup.ts'
import type { Page, Site } from '../layout.ts'

const MAX_QUERY = 200
const MAX_FOUND = 50
const PREVIEW = 200

export async function searchPage(db: Reader, _site: Site, text: string): Promise<Page> {
  const query = text.replaceAll('\0', '').toWellFormed().trim().slice(0, MAX_QUERY).toWellFormed()
  const found = query === '' ? [] : await searchEntries(db, { query, publicOnly: true, limit: MAX_FOUND })
  return {
    title: query === '' ? 'Search' : `Search: ${query}`,
    query,
    breadcrumbs: [{ href: '/', title: 'Start' }],
    body: html`<h1>${query === '' ? 'Search' : html`Results for “${query}”`}</h1>
<p class="soft" role="status">${summary(query, found.length)}</p>
${found.length > 0 && html`<ul class="list">${found.map(result)}</ul>`}`,
  }
}

function summary(query: string, count: number): string {
  if (query === '') return 'Enter what you are looking for.'
  if (count === 0) return 'Nothing was found. Try fewer or other words.'
  if (count === MAX_FOUND) return `The best ${count} pages.`
  return count === 1 ? 'One page.' : `${count} pages.`
}

function result(entry: FoundEntry): Markup {
  const preview = entry.content_text.replace(/\s+/g, ' ').trim()
  const shown = preview.length > PREVIEW ? `${preview.slice(0, PREVIEW).toWellFormed()}…` : preview
  return html`<li><a href="/${slugOf(entry)}">${entry.title}</a>${shown !== '' && html`<p>${shown}</p>`}</li>`
}
