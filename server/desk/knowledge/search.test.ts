import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { systemActor } from '../actor.ts'
import { contentOfText } from './content.ts'
import { addEntry, changeEntry, type Entry, type EntryDraft, removeEntry } from './entries.ts'
import { addKnowledgebase } from './knowledgebases.ts'
import { type SearchFilter, searchEntries } from './search.ts'
import { queryWords, wordsOf } from './words.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const add = ({ text, ...draft }: Partial<EntryDraft> & { text?: string } = {}): Promise<Entry> =>
  desk.app.database.write((tx) =>
    addEntry(tx, { rtype: 'A', title: 'Untitled', content: contentOfText(text ?? ''), ...draft }),
  )

const find = async (query: string, filter: Partial<SearchFilter> = {}): Promise<number[]> =>
  (await searchEntries(desk.app.database.reader, { query, limit: 100, ...filter })).map(({ id }) => id)

/** A word that no other test uses. */
let made = 0
const aWord = (): string => `zq${'abcdefghij'[made++ % 10]}${made}`

describe('what is found', () => {
  test('drafts, reviews and deleted entries are not, and appear and vanish with every change', async () => {
    const word = aWord()
    const draft = await add({ title: word, rstatus: 'D' })
    await add({ title: word, rstatus: 'U' })
    expect(await find(word)).toEqual([])
    await desk.app.database.write((tx) => changeEntry(tx, draft.id, { rstatus: 'P' }))
    expect(await find(word)).toEqual([draft.id])
    await desk.app.database.write((tx) => changeEntry(tx, draft.id, { title: 'Something else' }))
    expect(await find(word)).toEqual([])
    await desk.app.database.write((tx) => changeEntry(tx, draft.id, { content: contentOfText(`about ${word}`) }))
    expect(await find(word)).toEqual([draft.id])
    await desk.app.database.write((tx) => removeEntry(tx, draft.id))
    expect(await find(word)).toEqual([])
  })

  test('a change that fails leaves the index as it was', async () => {
    const word = aWord()
    const { id } = await add({ title: word })
    const failing = desk.app.database.write(async (tx) => {
      await changeEntry(tx, id, { title: 'Other' })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await find(word)).toEqual([id])
  })

  test('all words must be there, in any field and any order', async () => {
    const [a, b, c] = [aWord(), aWord(), aWord()]
    const { id } = await add({ title: a, keywords: b, text: c })
    await add({ title: a, keywords: b })
    expect(await find(`${c} ${a} ${b}`)).toEqual([id])
    expect(await find(`${a} ${aWord()}`)).toEqual([])
  })

  test('the last word may be the beginning of one, the others may not', async () => {
    const word = aWord()
    const { id } = await add({ title: `${word}tail head` })
    expect(await find(`head ${word}ta`)).toEqual([id])
    expect(await find(`${word}ta head`)).toEqual([])
  })

  test('with and without accents and capitals alike', async () => {
    const word = aWord()
    const { id } = await add({ title: `${word}Crème`, text: 'Straße nach Łódź' })
    for (const query of [`${word}creme`, `${word}CRÈME`, `${word}cre\u0300me lodz`, `${word}creme STRASSE`])
      expect([query, await find(query)]).toEqual([query, [id]])
    const plain = await add({ title: `${word}resume` })
    expect(await find(`${word}résumé`)).toEqual([plain.id])
  })

  test('in scripts that put no spaces between words', async () => {
    const { id } = await add({ title: '新しいプリンターの設定方法' })
    for (const query of ['プリンター', '設定', '設定 プリンター', '方'])
      expect([query, await find(query)]).toEqual([query, [id]])
    expect(await find('定設')).toEqual([])
  })

  test('by words that search languages reserve', async () => {
    const word = aWord()
    const { id } = await add({ title: `${word} and not or near title` })
    expect(await find(`${word} AND NOT OR NEAR title`)).toEqual([id])
    expect(await find(`${word} AND missing`)).toEqual([])
  })

  test('nothing for nothing', async () => {
    expect(await find('')).toEqual([])
    expect(await find('"*" -- !?')).toEqual([])
    expect(await find('untitled', { limit: 0 })).toEqual([])
  })

  test('internal entries only by those who may read them', async () => {
    const word = aWord()
    const category = await add({ rtype: 'C', title: 'Staff', access: 'I' })
    const hidden = await add({ title: word, parentId: category.id })
    const shown = await add({ title: word })
    expect((await find(word)).sort()).toEqual([hidden.id, shown.id].sort())
    expect(await find(word, { publicOnly: true })).toEqual([shown.id])
    await desk.app.database.write((tx) => changeEntry(tx, category.id, { access: 'P' }))
    expect((await find(word, { publicOnly: true })).sort()).toEqual([hidden.id, shown.id].sort())
  })

  test('below an entry, wherever it was moved, and not below its neighbours', async () => {
    const word = aWord()
    const [from, to] = [await add({ rtype: 'C' }), await add({ rtype: 'C' })]
    const inner = await add({ rtype: 'C', parentId: from.id })
    const leaf = await add({ title: word, parentId: inner.id })
    expect(await find(word, { top: from })).toEqual([leaf.id])
    expect(await find(word, { top: leaf })).toEqual([leaf.id])
    await desk.app.database.write((tx) => changeEntry(tx, inner.id, { parentId: to.id }))
    expect(await find(word, { top: from })).toEqual([])
    expect(await find(word, { top: to })).toEqual([leaf.id])
  })

  test('in the knowledge base to which a category was moved with all it holds', async () => {
    const word = aWord()
    const { id: kbId } = await desk.app.database.write((tx) => addKnowledgebase(tx, systemActor, { name: 'Other' }))
    const category = await add({ rtype: 'C' })
    const leaf = await add({ title: word, parentId: category.id })
    await desk.app.database.write((tx) => changeEntry(tx, category.id, { kbId }))
    expect(await find(word, { kbId })).toEqual([leaf.id])
    expect(await find(word, { kbId: 'kb_defa' })).toEqual([])
  })

  test('in a text of any length, and by words of any length', async () => {
    const word = aWord()
    const long = Array.from({ length: 40_000 }, (_, n) => `filler${n}`).join(' ')
    const { id } = await add({ title: `${word}${'x'.repeat(900)}`, text: `${word}body ${long}` })
    expect(await find(`${word}body`)).toEqual([id])
    expect(await find(`${word}${'x'.repeat(900)}`)).toEqual([id])
    const wide = Array.from({ length: 6_000 }, (_, n) => `語${String.fromCodePoint(0x20000 + n).repeat(19)}${n}`).join(
      ' ',
    )
    expect((await add({ title: `${word}wide`, text: wide })).id).toBeGreaterThan(0)
  })
})

describe('the order of results', () => {
  test('title before keywords before what the text is about before a mention; newest first among equals', async () => {
    const word = aWord()
    const about = await add({ text: `${word} one, ${word} two, ${word} three` })
    const title = await add({ title: `${word} in a longer title` })
    const exact = await add({ title: word })
    const keywords = await add({ keywords: `${word}, other` })
    const mention = await add({ text: `A mention of ${word}.` })
    const later = await add({ text: `A later mention of ${word}.` })
    expect(await find(word)).toEqual([exact, title, keywords, about, later, mention].map(({ id }) => id))
    expect(await find(word, { limit: 2 })).toEqual([exact.id, title.id])
  })

  test('an old title comes before any number of newer mentions', async () => {
    const word = aWord()
    const old = await add({ title: `The ${word}` })
    for (let n = 0; n < 60; n++) await add({ text: `${n} ${word}` })
    expect((await find(word, { limit: 5 }))[0]).toBe(old.id)
    expect(new Set(await find(word, { limit: 500 })).size).toBe(61)
  })
})

test('a search finds just those entries that a naive look at every word finds', async () => {
  const vocabulary = ['ananas', 'banane', 'birne', 'bär', 'bar', 'straße', 'zoo', 'Ärger', 'über', 'x1']
  const words = fc.array(fc.constantFrom(...vocabulary), { maxLength: 4 }).map((list) => list.join(' '))
  const entry = fc.record({ title: words, keywords: words, text: words })
  const query = fc.tuple(words, fc.constantFrom('', ...vocabulary, 'ba', 'an', 'str', '*', '"'))
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 6 }), query, async (drafts, [first, last]) => {
      const category = await add({ rtype: 'C', title: 'Property' })
      const entries: Entry[] = []
      for (const draft of drafts)
        entries.push(await add({ ...draft, title: `${draft.title} -`, parentId: category.id }))
      const asked = queryWords(`${first} ${last}`)
      const wanted = entries.filter((candidate) => {
        const has = [...wordsOf(`${candidate.title} ${candidate.keywords} ${candidate.content_text}`)]
        return (
          asked.length > 0 &&
          asked.every((word, at) =>
            at === asked.length - 1 ? has.some((one) => one.startsWith(word)) : has.includes(word),
          )
        )
      })
      const found = await find(`${first} ${last}`, { top: category })
      expect(found.sort((a, b) => a - b)).toEqual(wanted.map(({ id }) => id))
    }),
    { numRuns: 30 },
  )
})

test('no text whatever makes a search fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (query) => {
      expect(Array.isArray(await find(query))).toBe(true)
    }),
    { numRuns: 100 },
  )
})
