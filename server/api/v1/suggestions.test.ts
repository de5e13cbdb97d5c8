import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_URL: 'https://help.example.com' })
})
afterAll(() => desk.close())

async function addCategory(fields: Record<string, unknown> = {}) {
  const { body, status, text } = await desk.v1('POST', 'knowledgebase/categories', {
    title: 'Ideas',
    rtype: 'G',
    ...fields,
  })
  if (status !== 200) throw new Error(text)
  return body
}

const suggest = (fields: Record<string, unknown>) =>
  desk.v1('POST', 'suggestions', {
    useridentifier: 'carla@example.com',
    subject: 'Dark mode',
    message: 'Please <b>dim</b> it\n& soon',
    ...fields,
  })

const count = async (table: 'kb_entries' | 'conversations' | 'customers') =>
  (await desk.app.database.reader.selectFrom(table).select('created_at').execute()).length

describe('suggestion categories', () => {
  test('have a path from the top category, or from the knowledge base', async () => {
    const product = await addCategory({ title: 'Product1', rtype: 'C' })
    const below = await addCategory({ parent_entry_id: product.kb_entry_id })
    const top = await addCategory({ title: 'Wishes' })
    const gone = await addCategory()
    await desk.v1('DELETE', `knowledgebase/entries/${gone.kb_entry_id}`)
    const { name } = (await desk.v1('GET', 'knowledgebase/knowledgebases')).body.knowledgebases[0]
    expect((await desk.v1('GET', 'suggestioncategories')).body.suggestioncategories).toEqual([
      { id: below.kb_entry_id, title: 'Ideas', path: 'Product1 / Ideas' },
      { id: top.kb_entry_id, title: 'Wishes', path: `${name} / Wishes` },
    ])
  })
})

describe('suggestions', () => {
  test.each(['useridentifier', 'category', 'subject', 'message'])('without %s nothing is stored', async (missing) => {
    const category = await addCategory()
    const before = [await count('kb_entries'), await count('conversations'), await count('customers')]
    const reply = await suggest({ category: category.kb_entry_id, useridentifier: 'new@example.com', [missing]: '' })
    expect(reply.status).toBe(500)
    expect(reply.body.errormessage).toContain(`'${missing}'`)
    expect([await count('kb_entries'), await count('conversations'), await count('customers')]).toEqual(before)
  })

  test('for what is no suggestion category nothing is stored, not even the customer', async () => {
    const plain = await addCategory({ rtype: 'C' })
    const before = await count('customers')
    for (const category of [plain.kb_entry_id, plain.urlcode, '99999999', 'abc', '1 or 1=1'])
      expect((await suggest({ category, useridentifier: 'nobody-yet@example.com' })).status).toBe(404)
    expect(await count('customers')).toBe(before)
  })

  test('a suggestion is an entry and a conversation that know each other', async () => {
    await desk.v3('POST', 'departments', { name: 'Product' })
    const { departments } = (await desk.v1('GET', 'departments')).body
    const department = departments.find(({ name }: { name: string }) => name === 'Product')
    const category = await addCategory({ departmentid: department.departmentid })
    const { body } = await suggest({ category: category.urlcode })
    const { entries } = (await desk.v1('GET', 'knowledgebase/entries', { entry_id: body.id })).body
    expect(body).toEqual({
      status: 'OK',
      statuscode: 0,
      id: expect.stringMatching(/^\d+$/),
      url: `https://help.example.com/${entries[0].urlcode}-Dark-mode`,
    })
    expect(entries[0]).toMatchObject({
      rtype: 'S',
      rstatus: 'N',
      title: 'Dark mode',
      parent_entry_id: category.kb_entry_id,
      content: 'Please &lt;b&gt;dim&lt;/b&gt; it<br />&amp; soon',
    })
    const conversation = (await desk.v1('GET', `conversations/${entries[0].conversationid}`)).body
    expect(conversation).toMatchObject({
      channel_type: 'S',
      status: 'N',
      subject: 'Dark mode',
      owneremail: 'carla@example.com',
      departmentid: department.departmentid,
    })
    const back = await desk.v3('GET', `knowledgebase/entries?conversationid=${conversation.conversationid}`)
    expect(back.body.entries.map((entry: { kb_entry_id: string }) => entry.kb_entry_id)).toEqual([body.id])
    const found = (await desk.v1('GET', 'knowledgebase/search', { query: 'dark mode' })).body.entries
    expect(found[0]).toMatchObject({ kb_entry_id: body.id, conversationid: conversation.conversationid })
  })

  test('an agent may suggest too', async () => {
    const category = await addCategory()
    const agent = await anAgent(desk)
    const { body } = await suggest({ category: category.kb_entry_id, useridentifier: agent.email })
    const { entries } = (await desk.v1('GET', 'knowledgebase/entries', { entry_id: body.id })).body
    const { groups } = (await desk.v1('GET', `conversations/${entries[0].conversationid}/messages`)).body
    expect(groups[0].userid).toBe(agent.userid)
  })

  test('a category whose department was deleted hands its suggestions to the default one', async () => {
    const department = (await desk.v3('POST', 'departments', { name: 'Passing' })).body
    const category = await addCategory({ departmentid: department.departmentid })
    await desk.v3('DELETE', `departments/${department.departmentid}`)
    const { body } = await suggest({ category: category.kb_entry_id })
    const { entries } = (await desk.v1('GET', 'knowledgebase/entries', { entry_id: body.id })).body
    const conversation = (await desk.v1('GET', `conversations/${entries[0].conversationid}`)).body
    expect(conversation.departmentid).toBe('default')
  })
})
