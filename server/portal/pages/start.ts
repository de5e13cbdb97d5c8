// /: what the public knowledge bases hold, and a search box.
import type { Reader } from '../../db/write.ts'
import { listPublicKnowledgebases, type PublicKnowledgebase } from '../../desk/knowledge/public-pages.ts'
import { html, type Markup } from '../../lib/markup.ts'
import { type Page, type Site, searchForm } from '../layout.ts'
import { entryLink } from './entry.ts'

export async function startPage(db: Reader, site: Site): Promise<Page> {
  const bases = await listPublicKnowledgebases(db)
  return {
    title: site.name,
    canonical: `${site.publicUrl}/`,
    body: html`<div class="hero"><h1>How can we help?</h1>${searchForm('')}</div>
${bases.length === 0 ? html`<p class="soft empty">No articles have been published yet.</p>` : bases.map((base) => section(base, bases.length > 1))}`,
  }
}

const section = ({ id, name, entries }: PublicKnowledgebase, isNamed: boolean): Markup =>
  html`<section aria-labelledby="kb-${id}"><h2 id="kb-${id}"${!isNamed && html` class="unseen"`}>${isNamed ? name : 'Topics'}</h2>
<ul class="cards">${entries.map((entry) => html`<li class="card">${entryLink(entry)}</li>`)}</ul></section>`
