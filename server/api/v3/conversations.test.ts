import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation, anAgent } from '../../../test/people.ts'
import { type SignedIn, signIn } from '../../../test/session.ts'

let desk: TestDesk
let agent: SignedIn
let agentId: string
beforeAll(async () => {
  desk = await newDesk()
  const { userid, email } = await anAgent(desk)
  agentId = userid
  agent = await signIn(desk, email)
})
afterAll(() => desk.close())

const ids = (page: { conversations: { conversationid: string }[] }) =>
  page.conversations.map(({ conversationid }) => conversationid)

describe('conversations on our own API', () => {
  test('without a key or a session nothing is told', async () => {
    const { conversationid } = await aConversation(desk)
    for (const path of ['conversations', `conversations/${conversationid}`, `conversations/${conversationid}/messages`])
      expect((await desk.v3('GET', path, undefined, { key: null })).status).toBe(401)
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['cursor=abc', 'cursor'],
    ['status=Z', 'status.0'],
    ['createdfrom=yesterday', 'createdfrom'],
    ['colour=red', 'colour'],
  ])('a list with %s is refused by name', async (query, field) => {
    const reply = await desk.v3('GET', `conversations?${query}`)
    expect([reply.status, reply.body.error.field]).toEqual([400, field])
  })

  test('one is read whole by id, code and public code', async () => {
    const opened = await aConversation(desk, { useridentifier: 'anna@example.com', cc: 'copy@example.com' })
    const { body } = await desk.v3('GET', `conversations/${opened.conversationid}`)
    expect(body).toMatchObject({
      conversationid: opened.conversationid,
      code: opened.code,
      publicurlcode: opened.publicurlcode,
      subject: 'Printer',
      preview: 'My printer is on fire.',
      status: 'N',
      channel_type: 'E',
      departmentid: 'default',
      departmentname: 'General',
      agentid: null,
      owner: { email: 'anna@example.com', firstname: '', lastname: '', note: null },
      tags: [],
      customfields: [],
      cc: ['copy@example.com'],
      messagegroupsin: 1,
      messagegroupsout: 0,
      datedue: null,
    })
    expect(body.waitingsince).toBe(body.datecreated)
    for (const identifier of [opened.code, opened.publicurlcode])
      expect((await desk.v3('GET', `conversations/${identifier}`)).body).toEqual(body)
    expect((await desk.v3('GET', 'conversations/zzzzzzzz')).status).toBe(404)
  })

  test('the list filters by every criterion, and pages without gap or repetition', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Filters' })).body
    const opened = []
    for (let n = 0; n < 5; n++)
      opened.push(await aConversation(desk, { department: departmentid, useridentifier: `pager${n % 2}@example.com` }))
    const newestFirst = opened.map(({ conversationid }) => conversationid).reverse()
    const list = async (query: string) =>
      (await desk.v3('GET', `conversations?department=${departmentid}&${query}`)).body
    expect(ids(await list(''))).toEqual(newestFirst)
    const seen = []
    let cursor = ''
    for (let page = 0; page < 3; page++) {
      const body = await list(`limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...ids(body))
      cursor = body.next_cursor
    }
    expect(seen).toEqual(newestFirst)
    expect(cursor).toBeNull()
    expect((await list('limit=5')).next_cursor).toBeNull()

    const [first] = opened
    await desk.v3('PUT', `conversations/${first?.conversationid}/status`, { status: 'W' })
    expect(ids(await list('status=W,L'))).toEqual([first?.conversationid])
    expect(ids(await list('status='))).toHaveLength(5)
    expect(ids(await list('owneridentifier=pager1%40example.com'))).toHaveLength(2)
    expect(ids(await list('owneridentifier=never-wrote%40example.com'))).toEqual([])
    expect(ids(await list('channel_type=E'))).toHaveLength(5)
    expect(ids(await list('channel_type=F'))).toEqual([])
    expect(ids(await list('subject=PRINTER'))).toHaveLength(5)
    expect(ids(await list('createdto=2020-01-01T00:00:00Z'))).toEqual([])
    expect(ids(await list('createdfrom=2020-01-01T00:00:00Z&changedfrom=2020-01-01T00:00:00Z'))).toHaveLength(5)
    const changed: string = (await list('status=W')).conversations[0].datechanged
    expect(ids(await list(`changedfrom=${changed}&changedto=${changed}`))).toContain(first?.conversationid)
    expect(ids(await list(`agent=${agentId}`))).toEqual([])
    expect((await desk.v3('GET', 'conversations?department=zzzzzzzz')).status).toBe(404)
  })

  test('an agent answers as himself, which makes it answered', async () => {
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${conversationid}`
    const posted = await agent.v3('POST', `${path}/messages`, { message: '<b>Hi</b><script>x</script>', is_html: true })
    expect(posted.body.messageid).toMatch(/^[a-z0-9]{8}$/)
    expect((await agent.v3('GET', path)).body).toMatchObject({ status: 'A', messagegroupsout: 1, waitingsince: null })
    const { body } = await agent.v3('GET', `${path}/messages`)
    expect(body.groups.map(({ rtype }: { rtype: string }) => rtype)).toEqual(['3', '4'])
    expect(body.groups[1].messages[0]).toMatchObject({
      messageid: posted.body.messageid,
      userid: agentId,
      rtype: 'M',
      is_html: true,
      message: '<b>Hi</b>',
    })
    expect(body.users).toEqual([
      { userid: agentId, kind: 'agent', systemname: 'Ada Agent', avatar_url: '' },
      { userid: body.groups[0].userid, kind: 'customer', systemname: expect.any(String), avatar_url: '' },
    ])
  })

  test('a note is internal and answers nothing; a key without a name writes one as the system', async () => {
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${conversationid}`
    await agent.v3('POST', `${path}/messages`, { message: 'Looks easy', type: 'N' })
    await desk.v3('POST', `${path}/messages`, { message: 'From a program' })
    expect((await agent.v3('GET', path)).body).toMatchObject({ status: 'N', messagegroupsout: 0 })
    const { body } = await agent.v3('GET', `${path}/messages`)
    expect(body.groups.slice(1).map(({ rtype, userid }: Record<string, string>) => [rtype, userid])).toEqual([
      ['I', agentId],
      ['I', 'system00'],
    ])
    expect(body.users).toContainEqual({ userid: 'system00', kind: 'system', systemname: 'System', avatar_url: '' })
  })

  test("an agent cannot put words into a colleague's mouth; a key speaks for whom it names", async () => {
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${conversationid}`
    const { userid } = await anAgent(desk)
    const draft = { message: 'I resign', useridentifier: userid }
    expect((await agent.v3('POST', `${path}/messages`, draft)).status).toBe(403)
    expect((await agent.v1('POST', `${path}/messages`, draft)).status).toBe(401)
    expect((await agent.v1('PUT', `${path}/status`, { status: 'R', useridentifier: userid })).status).toBe(401)
    expect((await agent.v1('DELETE', path, { useridentifier: userid })).status).toBe(401)
    expect(
      (await agent.v1('PUT', `${path}/attendants`, { agentidentifier: agentId, useridentifier: userid })).status,
    ).toBe(401)
    expect((await desk.v1('GET', path)).body).toMatchObject({ status: 'N', messagegroupsout: '0' })
    expect((await desk.v3('POST', `${path}/messages`, { ...draft, message: 'Done' })).status).toBe(200)
    expect((await agent.v3('POST', `${path}/messages`, { message: '' })).status).toBe(400)
  })

  test.each(['A', 'W', 'R', 'L', 'B', 'C', 'N', 'X'])('can be put into the state %s, with a note', async (status) => {
    const { conversationid } = await aConversation(desk, { status: status === 'N' ? 'R' : 'N' })
    const { body } = await agent.v3('PUT', `conversations/${conversationid}/status`, { status, note: 'Because' })
    expect(body).toMatchObject({ conversationid, status })
    const { groups } = (await agent.v3('GET', `conversations/${conversationid}/messages`)).body
    expect(groups[1]).toMatchObject({ userid: agentId })
    expect(groups[1].messages.map(({ message }: { message: string }) => message)).toContain('Because')
  })

  test.each(['T', 'P', 'I', 'Z', ''])('cannot be put into the state %j', async (status) => {
    const { conversationid } = await aConversation(desk)
    const reply = await agent.v3('PUT', `conversations/${conversationid}/status`, { status })
    expect([reply.status, reply.body.error.field]).toEqual([400, 'status'])
  })

  test('is handed to agents and departments, and only where they can see it', async () => {
    const { departmentid } = (await desk.v3('POST', 'departments', { name: 'Elsewhere' })).body
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${conversationid}`
    const put = (body: unknown) => agent.v3('PUT', `${path}/attendants`, body)
    expect((await put({})).status).toBe(400)
    expect((await put({ agentidentifier: 'zzzzzzzz' })).status).toBe(404)
    expect((await put({ department: 'zzzzzzzz' })).status).toBe(404)
    expect((await put({ agentidentifier: agentId, department: departmentid })).status).toBe(400)
    expect((await put({ agentidentifier: agentId, note: 'Mine' })).body).toEqual({ status: 'OK' })
    expect((await agent.v3('GET', path)).body).toMatchObject({ agentid: agentId, departmentid: 'default' })
    expect((await put({ department: departmentid })).body).toEqual({ status: 'OK' })
    expect((await agent.v3('GET', path)).status).toBe(404)
    expect((await desk.v3('GET', path)).body).toMatchObject({ agentid: null, departmentid })
  })

  test('gets and loses tags, by id and by name', async () => {
    const { conversationid } = await aConversation(desk)
    const path = `conversations/${conversationid}/tags`
    expect((await agent.v3('POST', path, {})).status).toBe(400)
    expect((await agent.v3('POST', path, { id: 'zzzzzzzz' })).status).toBe(404)
    const { body } = await agent.v3('POST', path, { name: 'Urgent' })
    const [tag] = body.tags
    expect(tag).toMatch(/^[a-z0-9]{8}$/)
    expect((await agent.v3('POST', path, { id: tag })).body.tags).toEqual([tag])
    expect((await agent.v3('DELETE', `${path}/${tag}`)).body.tags).toEqual([])
    expect((await agent.v3('DELETE', `${path}/${tag}`)).status).toBe(404)
  })
})
