// /{urlcode}-{Title} and index.php?type=page&urlcode=…: a page of the knowledge base.
import type { Reader } from '../../db/write.ts'
import { addressOf, slugOf } from '../../desk/knowledge/address.ts'
import { getPublicPage, type PageLink } from '../../desk/knowledge/public-pages.ts'
import { html, type Markup } from '../../lib/markup.ts'
import type { Page, Site } from '../layout.ts'
import { moment, richText } from '../words.ts'

/** The page and the number of its entry, for the count of views. */
export async function entryPage(db: Reader, site: Site, urlcode: string): Promise<Page & { entryId: number }> {
  const entry = await getPublicPage(db, urlcode)
  const isReading = entry.rtype === 'A' || entry.rtype === 'R' || entry.rtype === 'S'
  return {
    entryId: entry.id,
    title: entry.title,
    description: entry.metadescription || entry.description || undefined,
    canonical: addressOf(site.publicUrl, entry),
    query: '',
    breadcrumbs: [
      { href: '/', title: 'Start' },
      ...entry.path.map((step) => ({ href: `/${slugOf(step)}`, title: step.title })),
    ],
    body: html`<article${isReading && html` class="article"`}>
<h1>${entry.title}</h1>
${isReading ? html`<p class="soft">Updated ${moment(entry.changed_at, site.zone)}</p>` : entry.description && html`<p class="soft">${entry.description}</p>`}
${entry.content !== '' && richText(entry.content)}
</article>
${entry.children.length > 0 && entryList(entry.children)}
${entry.children.length === 0 && !isReading && html`<p class="note">There is nothing here yet.</p>`}`,
  }
}

export const entryList = (entries: readonly PageLink[]): Markup =>
  html`<ul class="list">${entries.map((entry) => html`<li>${entryLink(entry)}</li>`)}</ul>`

export const entryLink = (entry: PageLink): Markup =>
  html`<a href="/${slugOf(entry)}">${entry.title}</a>${entry.description !== '' && html`<p>${entry.description}</p>`}`
