import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../../test/desk.ts'
import { anAgent } from '../../../../test/people.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.example.com' })
})
afterAll(() => desk.close())

const ENTRIES = 'knowledgebase/entries'
const BASES = 'knowledgebase/knowledgebases'

async function add(fields: Record<string, unknown> = {}) {
  const { body, status, text } = await desk.v3('POST', ENTRIES, { title: 'Entry', ...fields })
  if (status !== 200) throw new Error(text)
  return body
}

describe('entries on our own API', () => {
  test('without a key nothing is told, and a reading key changes nothing', async () => {
    const { kb_entry_id } = await add()
    const { key } = (await desk.v3('POST', 'apikeys', { name: 'Reader', rights: 'read' })).body
    expect(typeof key).toBe('string')
    expect((await desk.v3('GET', ENTRIES, undefined, { key: null })).status).toBe(401)
    expect((await desk.v3('POST', ENTRIES, { title: 'X' }, { key })).status).toBe(403)
    expect((await desk.v3('PATCH', `${ENTRIES}/${kb_entry_id}`, { title: 'X' }, { key })).status).toBe(403)
    expect((await desk.v3('DELETE', `${ENTRIES}/${kb_entry_id}`, undefined, { key })).status).toBe(403)
    expect((await desk.v3('GET', `${ENTRIES}/${kb_entry_id}`, undefined, { key })).status).toBe(200)
  })

  test.each([
    ['title', { title: ' ' }],
    ['title', { title: 'a\0b' }],
    ['title', { title: '\ud800' }],
    ['content', { content: 'a\0b' }],
    ['rtype', { rtype: 'H' }],
    ['rstatus', { rstatus: 'Z' }],
    ['rstatus', { rtype: 'C', rstatus: 'L' }],
    ['access', { access: 'X' }],
    ['rorder', { rorder: -1 }],
    ['parent_entry_id', { parent_entry_id: 'abc' }],
    ['parent_entry_id', { parent_entry_id: -3 }],
    ['parent_entry_id', { parent_entry_id: 1.5 }],
    ['parent_entry_id', { rtype: 'S' }],
    ['parent_entry_id', { rtype: 'R' }],
    ['views', { views: 3 }],
    ['urlcode', { urlcode: '123456' }],
  ])('a wrong %s is refused by name: %j', async (field, fields) => {
    const reply = await desk.v3('POST', ENTRIES, { title: 'Entry', ...fields })
    expect(reply.status).toBe(400)
    expect(reply.body.error.field).toBe(field)
  })

  test('a parent, knowledge base or department that is not there is not found', async () => {
    for (const fields of [{ parent_entry_id: 999_999 }, { kb_id: 'nowhere' }, { departmentid: 'nowhere' }])
      expect((await desk.v3('POST', ENTRIES, { title: 'Entry', ...fields })).status).toBe(404)
    for (const id of ['999999', 'abc', '0', '1%20or%201=1']) {
      expect((await desk.v3('GET', `${ENTRIES}/${id}`)).status).toBe(404)
      expect((await desk.v3('PATCH', `${ENTRIES}/${id}`, { title: 'X' })).status).toBe(404)
      expect((await desk.v3('DELETE', `${ENTRIES}/${id}`)).status).toBe(404)
    }
  })

  test('an article is answered as stored, and the same afterwards', async () => {
    const category = await add({ rtype: 'C', access: 'I' })
    const article = await add({
      parent_entry_id: category.kb_entry_id,
      title: 'Paper jam',
      content: '<h2>Open</h2><p>the <b>tray</b></p>',
      keywords: 'paper, jam',
      metadescription: 'What to do',
      description: 'Short',
      rorder: 5,
    })
    expect(article).toEqual({
      kb_id: 'kb_defa',
      kb_entry_id: expect.stringMatching(/^\d+$/),
      parent_entry_id: category.kb_entry_id,
      rtype: 'A',
      rstatus: 'P',
      access: 'P',
      access_inherited: 'I',
      urlcode: expect.stringMatching(/^\d{6}$/),
      treepath: `0|${category.kb_entry_id}`,
      rorder: 5,
      title: 'Paper jam',
      metadescription: 'What to do',
      keywords: 'paper, jam',
      content: '<h2>Open</h2><p>the <b>tray</b></p>',
      description: 'Short',
      conversationid: null,
      departmentid: null,
      views: 0,
      votes: 0,
      datecreated: expect.stringMatching(/Z$/),
      datechanged: article.datecreated,
      deleted: false,
      url: `https://help.example.com/${article.urlcode}-Paper-jam`,
    })
    expect(category.parent_entry_id).toBeNull()
    expect((await desk.v3('GET', `${ENTRIES}/${article.kb_entry_id}`)).body).toEqual(article)
  })

  test('what could run is taken out of contents; titles are text and stay as they are', async () => {
    const article = await add({
      title: '<script>alert(1)</script>',
      content:
        '<p onclick="a()">Hi<script>alert(1)</script><a href="javascript:a()">x</a><img src=x onerror=a()><iframe src="//evil"></iframe></p>',
    })
    expect(article.title).toBe('<script>alert(1)</script>')
    expect(article.content).not.toMatch(/script|onclick|onerror|iframe|javascript/i)
    expect(article.url).toMatch(/\/\d{6}-script-alert-1-script$/)
    const changed = await desk.v3('PATCH', `${ENTRIES}/${article.kb_entry_id}`, { content: '<svg onload=a()>ok</svg>' })
    expect(changed.body.content).toBe('ok')
  })

  test('a patch changes what it names', async () => {
    const article = await add({ title: 'Before', content: 'Text', rstatus: 'D', departmentid: 'default' })
    const { body } = await desk.v3('PATCH', `${ENTRIES}/${article.kb_entry_id}`, { rstatus: 'P', departmentid: null })
    expect(body).toEqual({ ...article, rstatus: 'P', departmentid: null, datechanged: expect.any(String) })
    expect((await desk.v3('PATCH', `${ENTRIES}/${article.kb_entry_id}`, { rtype: 'C' })).status).toBe(400)
  })

  test('an entry moves with everything below it, to the top of its new place', async () => {
    const [from, to] = [await add({ rtype: 'C' }), await add({ rtype: 'C', access: 'I' })]
    const inner = await add({ rtype: 'C', parent_entry_id: Number(from.kb_entry_id) })
    const leaf = await add({ parent_entry_id: inner.kb_entry_id })
    const there = await add({ parent_entry_id: to.kb_entry_id })
    const moved = (await desk.v3('PATCH', `${ENTRIES}/${inner.kb_entry_id}`, { parent_entry_id: to.kb_entry_id })).body
    expect(moved).toMatchObject({ parent_entry_id: to.kb_entry_id, access: 'P', access_inherited: 'I' })
    expect((await desk.v3('GET', `${ENTRIES}/${leaf.kb_entry_id}`)).body).toMatchObject({
      treepath: `0|${to.kb_entry_id}|${inner.kb_entry_id}`,
      access_inherited: 'I',
    })
    const rows = (await desk.v3('GET', `${ENTRIES}?parent_entry_id=${to.kb_entry_id}`)).body.entries
    expect(rows.map((row: { kb_entry_id: string }) => row.kb_entry_id)).toEqual([moved.kb_entry_id, there.kb_entry_id])
    const back = (await desk.v3('PATCH', `${ENTRIES}/${inner.kb_entry_id}`, { parent_entry_id: null })).body
    expect(back).toMatchObject({ parent_entry_id: null, treepath: '0', access_inherited: 'P' })
  })

  test('an entry cannot move below itself, nor into what cannot hold it', async () => {
    const top = await add({ rtype: 'C' })
    const below = await add({ rtype: 'C', parent_entry_id: top.kb_entry_id })
    const article = await add({ parent_entry_id: top.kb_entry_id })
    for (const parent of [top, below, article]) {
      const reply = await desk.v3('PATCH', `${ENTRIES}/${top.kb_entry_id}`, { parent_entry_id: parent.kb_entry_id })
      expect(reply.status).toBe(400)
      expect(reply.body.error.field).toBe('parent_entry_id')
    }
    expect((await desk.v3('GET', `${ENTRIES}/${top.kb_entry_id}`)).body).toEqual(top)
  })

  test('lists are narrowed by type, status, place and knowledge base', async () => {
    const { kb_id } = (await desk.v3('POST', BASES, { name: 'Narrow' })).body
    const ideas = await add({ kb_id, rtype: 'G' })
    const idea = await add({ rtype: 'S', parent_entry_id: ideas.kb_entry_id })
    const draft = await add({ kb_id, rstatus: 'D' })
    const ids = async (query: string): Promise<string[]> =>
      (await desk.v3('GET', `${ENTRIES}?kb_id=${kb_id}&${query}`)).body.entries.map(
        (row: { kb_entry_id: string }) => row.kb_entry_id,
      )
    expect(await ids('')).toEqual([ideas.kb_entry_id, idea.kb_entry_id, draft.kb_entry_id])
    expect(await ids('rtype=S')).toEqual([idea.kb_entry_id])
    expect(await ids('rstatus=D')).toEqual([draft.kb_entry_id])
    expect(await ids('parent_entry_id=0')).toEqual([draft.kb_entry_id, ideas.kb_entry_id])
    expect(await ids('limit=1&offset=1')).toEqual([idea.kb_entry_id])
    await desk.v3('DELETE', `${ENTRIES}/${idea.kb_entry_id}`)
    expect(await ids('rtype=S')).toEqual([])
    expect(await ids('deleted=true')).toEqual([idea.kb_entry_id])
    expect((await desk.v3('GET', `${ENTRIES}?parent_entry_id=abc`)).body.error.field).toBe('parent_entry_id')
  })

  test('plain agents write entries; they are told of as events', async () => {
    const agent = await anAgent(desk)
    const session = await desk.v3('POST', 'session', { email: agent.email, password: 'agent-password' }, { key: null })
    const cookie = String(session.headers['set-cookie']).split(';')[0] ?? ''
    const as = { key: null, headers: { cookie, origin: 'https://help.example.com' } }
    const created = await desk.v3('POST', ENTRIES, { title: 'By an agent' }, as)
    expect([created.status, created.text]).toEqual([200, expect.stringContaining('By an agent')])
    expect((await desk.v3('PATCH', `${ENTRIES}/${created.body.kb_entry_id}`, { rstatus: 'D' }, as)).status).toBe(200)
    expect((await desk.v3('DELETE', `${ENTRIES}/${created.body.kb_entry_id}`, undefined, as)).status).toBe(200)
    expect((await desk.v3('POST', BASES, { name: 'Mine' }, as)).status).toBe(403)
    expect((await desk.v3('DELETE', `${BASES}/kb_defa`, undefined, as)).status).toBe(403)
    const events = await desk.app.database.reader.selectFrom('events').selectAll().orderBy('seq').execute()
    expect(events.filter(({ data }) => data.includes(`"${created.body.kb_entry_id}"`)).map(({ type }) => type)).toEqual(
      ['kbentry.added', 'kbentry.changed', 'kbentry.removed'],
    )
  })

  test('a search shows the beginning of what was found', async () => {
    const secret = await add({ rtype: 'C', access: 'I', title: 'Internal platypus' })
    const article = await add({ title: 'Platypus', content: `<p>${'Eggs. '.repeat(200)}</p>` })
    const { entries } = (await desk.v3('GET', 'knowledgebase/search?query=platy&access=P')).body
    expect(entries).toEqual([expect.objectContaining({ kb_entry_id: article.kb_entry_id, url: article.url })])
    expect(entries[0].preview).toMatch(/^Eggs\. /)
    expect(entries[0].preview.length).toBeLessThanOrEqual(300)
    const all = (await desk.v3('GET', 'knowledgebase/search?query=platypus')).body.entries
    expect(all).toContainEqual(expect.objectContaining({ kb_entry_id: secret.kb_entry_id }))
    expect((await desk.v3('GET', 'knowledgebase/search?query=x&top_entry_id=999999')).status).toBe(404)
  })
})

describe('knowledge bases on our own API', () => {
  test('are made, read, renamed, ordered and deleted', async () => {
    const made = (await desk.v3('POST', BASES, { name: 'Products' })).body
    expect(made).toEqual({
      kb_id: expect.stringMatching(/^[0-9a-z]{8}$/),
      name: 'Products',
      position: expect.any(Number),
      datecreated: expect.any(String),
    })
    const changed = await desk.v3('PATCH', `${BASES}/${made.kb_id}`, { name: 'Goods', position: 7 })
    expect(changed.body).toEqual({ ...made, name: 'Goods', position: 7 })
    expect((await desk.v3('GET', `${BASES}/${made.kb_id}`)).body).toEqual(changed.body)
    expect((await desk.v3('GET', BASES)).body.knowledgebases).toContainEqual(changed.body)
    expect((await desk.v3('DELETE', `${BASES}/${made.kb_id}`)).body).toEqual({ status: 'OK' })
    for (const method of ['GET', 'DELETE']) expect((await desk.v3(method, `${BASES}/${made.kb_id}`)).status).toBe(404)
    expect((await desk.v3('POST', ENTRIES, { title: 'X', kb_id: made.kb_id })).status).toBe(404)
  })

  test('the default one and those that hold something are not deleted', async () => {
    expect((await desk.v3('DELETE', `${BASES}/kb_defa`)).status).toBe(409)
    const { kb_id } = (await desk.v3('POST', BASES, { name: 'Full' })).body
    const { kb_entry_id } = await add({ kb_id })
    expect((await desk.v3('DELETE', `${BASES}/${kb_id}`)).status).toBe(409)
    await desk.v3('DELETE', `${ENTRIES}/${kb_entry_id}`)
    expect((await desk.v3('DELETE', `${BASES}/${kb_id}`)).status).toBe(200)
  })

  test('a parent in another knowledge base is refused', async () => {
    const { kb_id } = (await desk.v3('POST', BASES, { name: 'Apart' })).body
    const category = await add({ rtype: 'C', kb_id })
    const reply = await desk.v3('POST', ENTRIES, {
      title: 'X',
      kb_id: 'kb_defa',
      parent_entry_id: category.kb_entry_id,
    })
    expect(reply.body.error.field).toBe('parent_entry_id')
    const article = await add({ parent_entry_id: category.kb_entry_id })
    expect(article.kb_id).toBe(kb_id)
    const moved = await desk.v3('PATCH', `${ENTRIES}/${category.kb_entry_id}`, { kb_id: 'kb_defa' })
    expect(moved.body).toMatchObject({ kb_id: 'kb_defa', parent_entry_id: null })
    expect((await desk.v3('GET', `${ENTRIES}/${article.kb_entry_id}`)).body.kb_id).toBe('kb_defa')
  })
})
