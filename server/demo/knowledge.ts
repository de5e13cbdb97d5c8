// Filling the knowledge base of the demonstration, as agents and customers would.
import type { Database } from '../db/open.ts'
import type { Tx } from '../db/write.ts'
import { findOrAddCustomer } from '../desk/customers/customers.ts'
import { contentOfText, type PreparedContent, prepareContent } from '../desk/knowledge/content.ts'
import { addEntry, changeEntry } from '../desk/knowledge/entries.ts'
import { addSuggestion } from '../desk/knowledge/suggestions.ts'
import { type ArticleText, type CategoryText, categories, forum, suggestionBox } from './articles.ts'
import type { Cast } from './cast.ts'
import { planCustomer } from './customers.ts'

export async function fillKnowledgeBase(database: Database, cast: Cast, seed: number): Promise<void> {
  const prepared = await prepareAll(categories)
  await database.write(async (tx) => {
    // What is added comes to the top: the last one first.
    await addForum(tx, cast, seed)
    await addSuggestionBox(tx, cast, seed)
    for (const category of categories.toReversed()) await addCategory(tx, cast, category, prepared, undefined)
  })
}

/** HTML is cleaned before the transaction begins. */
async function prepareAll(all: readonly CategoryText[]): Promise<Map<ArticleText, PreparedContent>> {
  const prepared = new Map<ArticleText, PreparedContent>()
  for (const { articles, categories: below } of all) {
    for (const article of articles) prepared.set(article, await prepareContent(article.html))
    for (const [article, content] of await prepareAll(below ?? [])) prepared.set(article, content)
  }
  return prepared
}

async function addCategory(
  tx: Tx,
  cast: Cast,
  { title, description, articles, categories: below }: CategoryText,
  prepared: ReadonlyMap<ArticleText, PreparedContent>,
  parentId: number | undefined,
): Promise<void> {
  const category = await addEntry(tx, { rtype: 'C', title, description, parentId })
  for (const child of (below ?? []).toReversed()) await addCategory(tx, cast, child, prepared, category.id)
  for (const article of articles.toReversed())
    await addEntry(tx, {
      rtype: 'A',
      parentId: category.id,
      title: article.title,
      keywords: article.keywords,
      content: prepared.get(article),
      access: article.isInternal ? 'I' : 'P',
      authorId: cast.agents[0]?.id,
    })
}

async function addForum(tx: Tx, cast: Cast, seed: number): Promise<void> {
  const { title, description, topics } = forum
  const { id } = await addEntry(tx, { rtype: 'Q', title, description, departmentId: cast.departments[2]?.id })
  for (const [number, topic] of topics.entries()) {
    const author = await customerOf(tx, seed, number)
    const content = contentOfText(topic.text)
    await addEntry(tx, { rtype: 'R', parentId: id, title: topic.title, content, authorId: author.user_id })
  }
}

async function addSuggestionBox(tx: Tx, cast: Cast, seed: number): Promise<void> {
  const { title, description, suggestions } = suggestionBox
  const category = await addEntry(tx, { rtype: 'G', title, description, departmentId: cast.departments[0]?.id })
  for (const [number, { subject, text, status }] of suggestions.entries()) {
    const customer = await customerOf(tx, seed, number)
    const entry = await addSuggestion(tx, {
      author: { kind: 'customer', userId: customer.user_id },
      customerId: customer.id,
      category,
      subject,
      message: contentOfText(text),
    })
    if (status !== 'N') await changeEntry(tx, entry.id, { rstatus: status })
  }
}

const customerOf = (tx: Tx, seed: number, number: number) => {
  const { email, firstname, lastname } = planCustomer(seed, number)
  return findOrAddCustomer(tx, email, `${firstname} ${lastname}`)
}
