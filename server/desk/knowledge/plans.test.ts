// What the database reads for each list and for a search: an index, and never more than a page needs.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { addEntry } from './entries.ts'
import { type EntryFilter, entriesQuery } from './list.ts'
import { type SearchFilter, searchQuery } from './search.ts'
import { suggestionCategoriesQuery } from './suggestions.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  await desk.app.database.write(async (tx) => {
    const { id } = await addEntry(tx, { rtype: 'C', title: 'Category' })
    for (let n = 0; n < 50; n++) await addEntry(tx, { rtype: 'A', title: `Article ${n}`, parentId: id })
  })
})
afterAll(() => desk.close())

const sorts = (plan: readonly string[]): string[] => plan.filter((line) => /USE TEMP B-TREE|\bSort\b/.test(line))

const lists: [string, Omit<EntryFilter, 'limit' | 'offset'>][] = [
  ['all', {}],
  ['of a knowledge base', { kbId: 'kb_defa' }],
  ['with an id', { id: 3 }],
  ['in a category', { parentId: 1 }],
  ['at the top', { parentId: 0 }],
  ['at the top of a knowledge base', { kbId: 'kb_defa', parentId: 0 }],
  ['below a category', { path: '0|1' }],
  ['below a category of a knowledge base', { kbId: 'kb_defa', path: '0|1' }],
  ['below the root of a knowledge base', { kbId: 'kb_defa', path: '0' }],
  ['changed since', { changedFrom: 1 }],
  ['of a type', { type: 'G' }],
  ['with a status', { status: 'D' }],
  ['of a type with a status', { type: 'S', status: 'N' }],
  ['of a conversation', { conversationId: 'abcdefgh' }],
  ['deleted', { isDeleted: true }],
]

describe.each(lists)('the list of entries %s', (_name, filter) => {
  test('reads an index', async () => {
    const plan = await planOf(
      desk,
      entriesQuery(desk.app.database.reader, { ...filter, limit: 10, offset: 0 }).compile(),
    )
    // The table itself lies in the order of ids: without a filter, walking through it until the page is full is right.
    if (Object.keys(filter).length > 0) expect(wholeTableReads(plan), plan.join('\n')).toEqual([])
    else expect(plan).toHaveLength(engine === 'sqlite' ? 1 : 2)
    // PostgreSQL sorts what it believes to be few rows, and here there are few: only SQLite's plan tells.
    if (engine === 'sqlite') expect(sorts(plan), plan.join('\n')).toEqual([])
  })
})

test('the list of suggestion categories reads an index', async () => {
  const plan = await planOf(desk, suggestionCategoriesQuery(desk.app.database.reader).compile())
  expect(
    wholeTableReads(plan).filter((line) => !line.includes('knowledgebases')),
    plan.join('\n'),
  ).toEqual([])
  if (engine === 'sqlite') expect(plan.join('\n')).toContain('kb_entries_stage (rtype=? AND rstatus=?)')
})

const searches: [string, Partial<SearchFilter>][] = [
  ['everywhere', {}],
  ['in a knowledge base', { kbId: 'kb_defa' }],
  ['below an entry', { top: { id: 1, treepath: '0' } }],
  ['for visitors', { publicOnly: true, kbId: 'kb_defa' }],
]

describe.each(searches)('a search %s', (_name, filter) => {
  test('reads the search index, and each entry by its id', async () => {
    const plan = await planOf(
      desk,
      searchQuery(desk.app.database.reader, ['article', '1'], { query: '', limit: 10, ...filter }),
    )
    const text = plan.join('\n')
    expect(
      plan.filter((line) => /Seq Scan/.test(line)),
      text,
    ).toEqual([])
    if (engine === 'postgres') expect(text).toMatch(/kb_search_words|kb_search_pkey/)
    else {
      expect(text).toMatch(/kb_search VIRTUAL TABLE INDEX \d+:.*M/)
      expect(text).toMatch(/SEARCH entry USING INTEGER PRIMARY KEY/)
      if (Object.keys(filter).length > 0) expect(text).toMatch(/SEARCH scope USING INTEGER PRIMARY KEY/)
    }
  })
})
