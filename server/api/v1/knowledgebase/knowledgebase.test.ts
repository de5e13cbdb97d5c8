import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.example.com' })
})
afterAll(() => desk.close())

type Row = Record<string, string>

async function addCategory(fields: Record<string, unknown> = {}): Promise<Row> {
  const { body, status, text } = await desk.v1('POST', 'knowledgebase/categories', { title: 'Category', ...fields })
  if (status !== 200) throw new Error(text)
  return body
}

async function addArticle(fields: Record<string, unknown> = {}): Promise<Row> {
  const { body, status, text } = await desk.v3('POST', 'knowledgebase/entries', { title: 'Article', ...fields })
  if (status !== 200) throw new Error(text)
  return body
}

const entries = async (params: Record<string, unknown>): Promise<Row[]> =>
  (await desk.v1('GET', 'knowledgebase/entries', { limit: 500, ...params })).body.entries
const idsOf = (rows: Row[]): (string | undefined)[] => rows.map(({ kb_entry_id }) => kb_entry_id)

describe('categories', () => {
  test('without a key nothing is told', async () => {
    expect((await desk.v1('POST', 'knowledgebase/categories', { title: 'X' }, { key: null })).status).toBe(400)
    expect((await desk.v1('GET', 'knowledgebase/entries', {}, { key: null })).status).toBe(400)
    expect((await desk.v1('GET', 'knowledgebase/search', { query: 'x' }, { key: null })).status).toBe(400)
  })

  test.each([
    ['title', {}],
    ['title', { title: ' ' }],
    ['rtype', { title: 'X', rtype: 'A' }],
    ['access', { title: 'X', access: 'Q' }],
    ['rorder', { title: 'X', rorder: 'first' }],
    ['parent_entry_id', { title: 'X', parent_entry_id: 'abc' }],
  ])('a wrong %s is refused by name', async (name, fields) => {
    const reply = await desk.v1('POST', 'knowledgebase/categories', fields)
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain(`'${name}'`)
  })

  test('a parent, a knowledge base or a department that does not exist is not found', async () => {
    for (const unknown of [{ parent_entry_id: '99999' }, { kb_id: 'nowhere' }, { departmentid: 'nowhere' }])
      expect((await desk.v1('POST', 'knowledgebase/categories', { title: 'X', ...unknown })).status).toBe(404)
  })

  test('a category cannot lie in a forum', async () => {
    const forum = await addCategory({ rtype: 'Q' })
    const reply = await desk.v1('POST', 'knowledgebase/categories', { title: 'X', parent_entry_id: forum.kb_entry_id })
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain("'parent_entry_id'")
  })

  test('a category is answered as stored', async () => {
    const top = await addCategory()
    const created = await addCategory({
      title: 'General Questions',
      kb_id: 'kb_defa',
      parent_entry_id: top.kb_entry_id,
      access: 'I',
      rorder: '7',
      keywords: 'faq, questions',
      departmentid: 'default',
      description: 'Category description',
    })
    expect(created).toEqual({
      kb_id: 'kb_defa',
      kb_entry_id: expect.stringMatching(/^\d+$/),
      parent_entry_id: top.kb_entry_id,
      urlcode: expect.stringMatching(/^\d{6}$/),
      title: 'General Questions',
      treepath: `0|${top.kb_entry_id}`,
      rtype: 'C',
      rstatus: 'P',
      access: 'I',
      access_inherited: 'I',
      rorder: '7',
      keywords: 'faq, questions',
      datecreated: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      datechanged: created.datecreated,
      departmentid: 'default',
      views: '0',
      description: 'Category description',
    })
    expect(top).toMatchObject({
      parent_entry_id: '',
      treepath: '0',
      access_inherited: 'P',
      rorder: expect.stringMatching(/^\d+$/),
      departmentid: '',
    })
    expect((await entries({ entry_id: created.kb_entry_id }))[0]).toMatchObject(created)
  })
})

describe('lists of entries', () => {
  test('say by name what cannot be read', async () => {
    const faults: [string, Record<string, unknown>][] = [
      ['entry_id', { entry_id: 'abc' }],
      ['entry_id', { entry_id: '1 or 1=1' }],
      ['parent_entry_id', { parent_entry_id: '-1' }],
      ['limit', { limit: 'all' }],
      ['date_changed', { date_changed: 'yesterday' }],
      ['tree_path', { tree_path: '../..' }],
      ['tree_path', { tree_path: '0|%' }],
      ['tree_path', { tree_path: "0|' or '1'='1" }],
      ['tree_path', { tree_path: '0||7' }],
    ]
    for (const [name, params] of faults) {
      const reply = await desk.v1('GET', 'knowledgebase/entries', params)
      expect([name, reply.status]).toEqual([name, 500])
      expect(reply.body.errormessage).toContain(`'${name}'`)
    }
    expect((await desk.v1('GET', 'knowledgebase/articles', { article_id: 'abc' })).body.errormessage).toContain(
      "'article_id'",
    )
    expect((await desk.v1('GET', 'knowledgebase/articles', { kb_id: 'nowhere' })).status).toBe(404)
  })

  test('a path names everything below its last id, and not its neighbours', async () => {
    const top = await addCategory()
    const below = await addCategory({ parent_entry_id: top.kb_entry_id })
    const leaf = await addArticle({ parent_entry_id: below.kb_entry_id })
    await addCategory()
    expect(idsOf(await entries({ tree_path: `0|${top.kb_entry_id}|` }))).toEqual([below.kb_entry_id, leaf.kb_entry_id])
    expect(idsOf(await entries({ tree_path: `0|${top.kb_entry_id}` }))).toEqual([below.kb_entry_id, leaf.kb_entry_id])
    expect(idsOf(await entries({ tree_path: `0|${top.kb_entry_id}|${below.kb_entry_id}|` }))).toEqual([
      leaf.kb_entry_id,
    ])
    expect(await entries({ tree_path: `0|${String(top.kb_entry_id).slice(0, -1) || '9'}|` })).not.toContainEqual(
      expect.objectContaining({ kb_entry_id: leaf.kb_entry_id }),
    )
    expect((await entries({ tree_path: '0|' })).length).toBe((await entries({})).length)
  })

  test('what lies in one place comes in its order, new entries first', async () => {
    const top = await addCategory()
    const ids: (string | undefined)[] = []
    for (let n = 0; n < 3; n++) ids.push((await addArticle({ parent_entry_id: top.kb_entry_id })).kb_entry_id)
    const rows = await entries({ parent_entry_id: top.kb_entry_id })
    expect(idsOf(rows)).toEqual(ids.reverse())
    expect(rows.every(({ rorder }) => /^\d+$/.test(rorder ?? ''))).toBe(true)
  })

  test('pages follow each other without gap or repetition', async () => {
    const all = idsOf(await entries({}))
    const pages: (string | undefined)[] = []
    for (let offset = 0; offset < all.length; offset += 3) pages.push(...idsOf(await entries({ limit: 3, offset })))
    expect(pages).toEqual(all)
  })

  test('ten articles and fifty entries are a page unless said otherwise', async () => {
    for (let n = 0; n < 52; n++) await addCategory()
    expect((await desk.v1('GET', 'knowledgebase/articles')).body.articles).toHaveLength(10)
    expect((await desk.v1('GET', 'knowledgebase/entries')).body.entries).toHaveLength(50)
  })

  test('the older name has the same rows with an address, categories included', async () => {
    const category = await addCategory({ title: 'LiveAgent integration' })
    const { articles } = (await desk.v1('GET', 'knowledgebase/articles', { article_id: category.kb_entry_id })).body
    const [entry] = await entries({ entry_id: category.kb_entry_id })
    expect(articles).toEqual([{ ...entry, url: `//help.example.com/${category.urlcode}-LiveAgent-integration` }])
    const child = await addArticle({ parent_entry_id: category.kb_entry_id })
    const inside = await desk.v1('GET', 'knowledgebase/articles', { parent_id: category.kb_entry_id })
    expect(idsOf(inside.body.articles)).toEqual([child.kb_entry_id])
  })

  test('a date finds what changed from then on', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const entry = await addCategory()
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    expect(idsOf(await entries({ date_changed: today }))).toContain(entry.kb_entry_id)
    expect(idsOf(await entries({ date_changed: entry.datechanged }))).toContain(entry.kb_entry_id)
    expect(await entries({ date_changed: tomorrow })).toEqual([])
  })
})

describe('deleting', () => {
  test('what is not there, or no number, is not found', async () => {
    for (const id of ['999999', 'abc', '0', '1%20or%201=1', '..%2F..'])
      expect([id, (await desk.v1('DELETE', `knowledgebase/entries/${id}`)).status]).toEqual([id, 404])
  })

  test('a category goes with everything below it', async () => {
    const top = await addCategory()
    const below = await addCategory({ parent_entry_id: top.kb_entry_id })
    const article = await addArticle({ title: 'Vanishing lemurs', parent_entry_id: below.kb_entry_id })
    expect((await desk.v1('DELETE', `knowledgebase/entries/${top.kb_entry_id}`)).body).toEqual({
      status: 'OK',
      statuscode: 0,
    })
    for (const { kb_entry_id } of [top, below, article]) {
      expect(await entries({ entry_id: kb_entry_id })).toEqual([])
      expect((await desk.v1('DELETE', `knowledgebase/entries/${kb_entry_id}`)).status).toBe(404)
    }
    expect((await desk.v1('GET', 'knowledgebase/search', { query: 'lemurs' })).body.entries).toEqual([])
  })

  test('a topic stays in lists as deleted, and is not found by id or by search', async () => {
    const forum = await addCategory({ rtype: 'Q' })
    const topic = await addArticle({ rtype: 'R', title: 'Forgotten topic', parent_entry_id: forum.kb_entry_id })
    expect((await desk.v1('GET', 'knowledgebase/search', { query: 'forgotten' })).body.entries).toHaveLength(1)
    await desk.v1('DELETE', `knowledgebase/entries/${topic.kb_entry_id}`)
    expect((await entries({ entry_id: topic.kb_entry_id }))[0]?.deleted).toBe('Y')
    expect((await desk.v1('DELETE', `knowledgebase/entries/${topic.kb_entry_id}`)).status).toBe(404)
    expect((await desk.v3('GET', `knowledgebase/entries/${topic.kb_entry_id}`)).status).toBe(404)
    expect((await desk.v1('GET', 'knowledgebase/search', { query: 'forgotten' })).body.entries).toEqual([])
  })

  test('a number never comes back', async () => {
    const first = await addCategory()
    await desk.v1('DELETE', `knowledgebase/entries/${first.kb_entry_id}`)
    expect(Number((await addCategory()).kb_entry_id)).toBeGreaterThan(Number(first.kb_entry_id))
  })

  test('a key that may only read deletes nothing', async () => {
    const entry = await addCategory()
    const { key } = (await desk.v3('POST', 'apikeys', { name: 'Reader', rights: 'read' })).body
    expect((await desk.v1('DELETE', `knowledgebase/entries/${entry.kb_entry_id}`, {}, { key })).status).not.toBe(200)
    expect(await entries({ entry_id: entry.kb_entry_id })).toHaveLength(1)
  })
})

describe('search', () => {
  const search = async (params: Record<string, unknown>) => (await desk.v1('GET', 'knowledgebase/search', params)).body

  test('wants a query', async () => {
    const reply = await desk.v1('GET', 'knowledgebase/search')
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain("'query'")
  })

  test('a top entry or knowledge base that does not exist is not found', async () => {
    expect((await desk.v1('GET', 'knowledgebase/search', { query: 'x', top_article_id: '99999' })).status).toBe(404)
    expect((await desk.v1('GET', 'knowledgebase/search', { query: 'x', kb_id: 'nowhere' })).status).toBe(404)
    const reply = await desk.v1('GET', 'knowledgebase/search', { query: 'x', top_article_id: 'abc' })
    expect(reply.body.errormessage).toContain("'top_article_id'")
  })

  test('answers under both names with the fields of both', async () => {
    const article = await addArticle({ title: 'Zebra crossing', content: '<p>Look <b>left</b>.</p>' })
    const body = await search({ query: 'zebra' })
    expect(body.entries).toEqual([
      {
        kb_id: 'kb_defa',
        kb_entry_id: article.kb_entry_id,
        rtype: 'A',
        rstatus: 'P',
        access: 'P',
        access_inherited: 'P',
        urlcode: article.urlcode,
        treepath: '0',
        title: 'Zebra crossing',
        title_clear: 'Zebra crossing',
        content_text: 'Look left.',
        content_simple_html: '<p>Look <b>left</b>.</p>',
        conversationid: '',
        votesCount: '0',
        datechanged: expect.any(String),
        url: `//help.example.com/${article.urlcode}-Zebra-crossing`,
      },
    ])
    expect(body.articles).toEqual(body.entries)
  })

  test('looks below an entry, that entry included', async () => {
    const top = await addCategory({ title: 'Quokka house' })
    const inside = await addArticle({ title: 'Quokka food', parent_entry_id: top.kb_entry_id })
    await addArticle({ title: 'Quokka elsewhere' })
    const found = await search({ query: 'quokka', top_article_id: top.kb_entry_id })
    expect(idsOf(found.entries).sort()).toEqual([top.kb_entry_id, inside.kb_entry_id].sort())
    expect((await search({ query: 'quokka' })).entries).toHaveLength(3)
    expect((await search({ query: 'quokka', limit: 1 })).entries).toHaveLength(1)
  })

  test('looks in one knowledge base', async () => {
    const { kb_id } = (await desk.v3('POST', 'knowledgebase/knowledgebases', { name: 'Second' })).body
    const there = await addArticle({ title: 'Okapi', kb_id })
    await addArticle({ title: 'Okapi here' })
    expect(idsOf((await search({ query: 'okapi', kb_id })).entries)).toEqual([there.kb_entry_id])
  })

  test.each([
    '"',
    "'",
    '""',
    '*',
    '-',
    '?!.,',
    '🙂',
    '%00',
    'AND',
    'NOT',
    'OR',
    'NEAR(a b)',
    'a AND',
    '( "',
    'title:x',
    '^x',
    'x*y*',
    '{a}:b',
    '\\',
    '; drop table kb_entries',
    "' & | ! <-> :*",
    'x'.repeat(10_000),
    'a b '.repeat(2_500),
  ])('takes any text: %j', async (query) => {
    const reply = await desk.v1('GET', 'knowledgebase/search', { query: query === '%00' ? '\0' : query })
    expect(reply.status).toBe(200)
    expect(Array.isArray(reply.body.entries)).toBe(true)
    expect(Array.isArray(reply.body.articles)).toBe(true)
  })

  test('only punctuation finds nothing', async () => {
    expect(await search({ query: '?! "*" -' })).toEqual({ entries: [], articles: [] })
  })
})

describe('knowledge bases', () => {
  test('are listed in their order, the default one first', async () => {
    const { knowledgebases } = (await desk.v1('GET', 'knowledgebase/knowledgebases')).body
    expect(knowledgebases[0]).toEqual({ kb_id: 'kb_defa', name: expect.any(String) })
    const second = (await desk.v1('GET', 'knowledgebase/knowledgebases', { limit: 1, offset: 1 })).body.knowledgebases
    expect(second).toEqual(knowledgebases.slice(1, 2))
  })
})
