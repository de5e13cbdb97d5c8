import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { expectHarmless } from '../../test/harmless-html.ts'
import { planOf, wholeTableReads } from '../../test/plan.ts'
import { queriesOf } from '../../test/queries.ts'
import { systemActor } from '../desk/actor.ts'
import { slugOf } from '../desk/knowledge/address.ts'
import { prepareContent } from '../desk/knowledge/content.ts'
import { addEntry, changeEntry, type Entry, type EntryDraft, removeEntry } from '../desk/knowledge/entries.ts'
import { addKnowledgebase } from '../desk/knowledge/knowledgebases.ts'
import { getPublicPage } from '../desk/knowledge/public-pages.ts'
import { PageViews } from '../http/page-views.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.test' })
})
afterAll(() => desk.close())

const get = (url: string, method: 'GET' | 'HEAD' = 'GET') => desk.app.http.inject({ method, url })

async function anEntry({
  content = '',
  ...draft
}: Partial<Omit<EntryDraft, 'content'>> & { content?: string }): Promise<Entry> {
  const prepared = await prepareContent(content)
  return desk.app.database.write((tx) => addEntry(tx, { rtype: 'A', title: 'Untitled', content: prepared, ...draft }))
}
const pathOf = (entry: Entry): string => `/${slugOf(entry)}`
const XSS = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`

describe('a page of the knowledge base is not there', () => {
  test('for anybody when the entry is internal, inherits it, is no more or not yet published, or is deleted', async () => {
    const internal = await anEntry({ rtype: 'C', title: 'SECRET internal', access: 'I' })
    const deleted = await anEntry({ rtype: 'C', title: 'SECRET deleted' })
    await desk.app.database.write((tx) => removeEntry(tx, deleted.id))
    const hidden = [
      internal,
      deleted,
      await anEntry({ title: 'SECRET below', parentId: internal.id }),
      await anEntry({ title: 'SECRET draft', rstatus: 'D' }),
      await anEntry({ title: 'SECRET init', rstatus: 'I' }),
      await anEntry({ title: 'SECRET review', rstatus: 'U' }),
    ]
    for (const entry of hidden)
      for (const url of [pathOf(entry), `/${entry.urlcode}`, `/index.php?type=page&urlcode=${entry.urlcode}`]) {
        const reply = await get(url)
        expect(reply.statusCode).toBe(404)
        expect(reply.body).not.toContain('SECRET')
      }
    const start = (await get('/')).body
    const found = (await get('/search?q=secret')).body
    for (const body of [start, found]) expect(body).not.toContain('SECRET')
    const view = await desk.app.database.reader
      .selectFrom('kb_entries')
      .select('views')
      .where('id', '=', internal.id)
      .executeTakeFirstOrThrow()
    expect(view.views).toBe(0)
  })

  test('when the code is none', async () => {
    const entry = await anEntry({ title: 'Here' })
    for (const url of [
      `/${entry.urlcode}0-Here`,
      `/${entry.urlcode}Here`,
      `/${entry.id}-Here`,
      '/index.php?type=page',
      "/index.php?type=page&urlcode=' or 1=1",
    ])
      expect((await get(url)).statusCode).toBe(404)
  })

  test('any more once a category above becomes internal', async () => {
    const category = await anEntry({ rtype: 'C', title: 'Open house' })
    const article = await anEntry({ title: 'Inside it', parentId: category.id })
    expect((await get(pathOf(article))).statusCode).toBe(200)
    await desk.app.database.write((tx) => changeEntry(tx, category.id, { access: 'I' }))
    expect((await get(pathOf(article))).statusCode).toBe(404)
  })
})

describe('a page of the knowledge base', () => {
  test('shows an article with the way to it, and what search engines ask for', async () => {
    const top = await anEntry({ rtype: 'C', title: 'Getting <started>', description: 'First & foremost' })
    const below = await anEntry({ rtype: 'C', title: 'Installation', parentId: top.id })
    const article = await anEntry({
      title: 'On Linux',
      parentId: below.id,
      metadescription: 'How to "install"',
      content: '<h2>Steps</h2><p>Run <code>npm i</code>.</p><script>alert(1)</script>',
    })
    const reply = await get(`/${article.urlcode}-An-Old-Title`)
    expect(reply.statusCode).toBe(200)
    expect(reply.body).toContain('<h1>On Linux</h1>')
    expect(reply.body).toContain('<p>Run <code>npm i</code>.</p>')
    expect(reply.body).toContain(`<a href="${pathOf(top)}">Getting &lt;started&gt;</a>`)
    expect(reply.body.indexOf(pathOf(top))).toBeLessThan(reply.body.indexOf(pathOf(below)))
    expect(reply.body).toContain('<span aria-current="page">On Linux</span>')
    expect(reply.body).toContain(`<link rel="canonical" href="https://help.test${pathOf(article)}">`)
    expect(reply.body).toContain('<meta name="description" content="How to &quot;install&quot;">')
    expect(reply.body).not.toContain('noindex')
    expect(reply.body).not.toContain('<script')
    expect((await get(`/index.php?type=page&urlcode=${article.urlcode}&title=On-Linux`)).body).toBe(reply.body)

    const category = (await get(pathOf(top))).body
    expect(category).toContain('First &amp; foremost')
    expect(category).toContain(`<a href="${pathOf(below)}">Installation</a>`)
    expect(category).not.toContain('On Linux')
  })

  test('of a category lists its children in their order, the hidden ones not', async () => {
    const category = await anEntry({ rtype: 'C', title: 'Ordered' })
    const child = (title: string, rorder: number, more = {}) =>
      anEntry({ title, parentId: category.id, rorder, ...more })
    await child('third', 30)
    await child('first', 10)
    await child('second', 20)
    await child('internal one', 5, { access: 'I' })
    await child('draft one', 6, { rstatus: 'D' })
    const { body } = await get(pathOf(category))
    expect(
      ['first', 'second', 'third']
        .map((title) => body.indexOf(`>${title}<`))
        .every((at, i, all) => at > (all[i - 1] ?? 0)),
    ).toBe(true)
    expect(body).not.toContain('internal one')
    expect(body).not.toContain('draft one')
  })

  test('of a suggestion is there from its first day', async () => {
    const box = await anEntry({ rtype: 'G', title: 'Ideas' })
    const suggestion = await anEntry({ rtype: 'S', title: 'Dark mode', parentId: box.id, rstatus: 'N' })
    expect((await get(pathOf(suggestion))).statusCode).toBe(200)
    expect((await get(pathOf(box))).body).toContain('Dark mode')
  })

  test('is harmless whatever titles, descriptions and contents hold', async () => {
    const category = await anEntry({ rtype: 'C', title: XSS, description: XSS })
    const article = await anEntry({
      title: `${XSS}2`,
      description: XSS,
      metadescription: XSS,
      keywords: XSS,
      parentId: category.id,
      content: XSS,
    })
    for (const url of [
      '/',
      pathOf(category),
      pathOf(article),
      '/search?q=script',
      `/search?q=${encodeURIComponent(XSS)}`,
    ]) {
      const { body, statusCode, headers } = await get(url)
      expect(statusCode).toBe(200)
      expectHarmless(body)
      expect(headers['content-security-policy']).not.toContain('script-src')
    }
  })

  test('counts its readers without a write for each', async () => {
    const entry = await anEntry({ title: 'Counted' })
    const { write } = desk.app.database
    let writes = 0
    desk.app.database.write = (work) => {
      writes++
      return write(work)
    }
    const views = new PageViews(desk.app.database, desk.app.log)
    for (let n = 0; n < 5; n++) views.note(entry.id)
    expect(writes).toBe(0)
    await views.close()
    desk.app.database.write = write
    expect(writes).toBe(1)
    const row = await desk.app.database.reader
      .selectFrom('kb_entries')
      .select('views')
      .where('id', '=', entry.id)
      .executeTakeFirstOrThrow()
    expect(row.views).toBe(5)
  })
})

describe('the start page and the search', () => {
  test('the start page names each knowledge base that has something to show', async () => {
    const [filled, empty] = await desk.app.database.write(async (tx) => [
      await addKnowledgebase(tx, systemActor, { name: 'For developers' }),
      await addKnowledgebase(tx, systemActor, { name: 'Nothing in it' }),
    ])
    expect(empty).toBeDefined()
    await anEntry({ rtype: 'C', title: 'At the top', kbId: filled?.id })
    const { body } = await get('/')
    expect(body).toContain('For developers')
    expect(body).toContain('At the top')
    expect(body).not.toContain('Nothing in it')
    expect((await get('/index.php')).headers.location).toBe('/')
  })

  test('the search finds public pages and says how many', async () => {
    const article = await anEntry({
      title: 'Zeppelin maintenance',
      content: '<p>Fill it with helium, <b>not</b> hydrogen.</p>',
    })
    const { body } = await get('/search?q=zeppelin')
    expect(body).toContain(`<a href="${pathOf(article)}">Zeppelin maintenance</a>`)
    expect(body).toContain('Fill it with helium, not hydrogen.')
    expect(body).toContain('One page.')
    expect(body).toContain('value="zeppelin"')
    expect(body).toContain('noindex')
  })

  test.each(['', '%20', '%00', 'nothing-like-it', '%22%20OR%20%22', "'*:()&|!<->", 'a'.repeat(5_000), '%F0%9F%98%80'])(
    'the search answers %j',
    async (query) => {
      expect((await get(`/search?q=${query}`)).statusCode).toBe(200)
    },
  )
})

test('no page reads the whole knowledge base', async () => {
  const category = await anEntry({ rtype: 'C', title: 'Planned' })
  const article = await anEntry({ title: 'Planned too', parentId: category.id })
  const queries = await queriesOf(desk, (db) => getPublicPage(db, article.urlcode))
  expect(queries).toHaveLength(3)
  for (const query of queries) {
    const plan = await planOf(desk, query)
    expect(wholeTableReads(plan)).toEqual([])
    expect(plan.join(' ')).not.toMatch(/TEMP B-TREE|Sort /)
  }
})
