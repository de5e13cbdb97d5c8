// The page on which customers rate answers, as browsers, scanners of mails and attackers use it.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { anAgent } from '../../test/people.ts'
import { anAnswer, look, rate, storedRatings } from '../../test/ratings.ts'
import { signIn } from '../../test/session.ts'
import { numberToken } from '../lib/number-token.ts'

let desk: TestDesk
let ada: { userid: string; email: string }
beforeAll(async () => {
  desk = await newDesk()
  ada = await anAgent(desk)
})
afterAll(() => desk.close())

const DAY = 86_400_000
const stored = (id: string) => storedRatings(desk, id)
const put = (id: string, status: string) => desk.v3('PUT', `conversations/${id}/status`, { status })

/** Lets time pass for an answer and its rating. */
async function age({ groupSeq }: { groupSeq: number }, days: number): Promise<void> {
  await desk.app.database.write(async (tx) => {
    await tx
      .updateTable('message_groups')
      .set((eb) => ({ created_at: eb('created_at', '-', days * DAY) }))
      .where('seq', '=', groupSeq)
      .execute()
    await tx
      .updateTable('ratings')
      .set((eb) => ({ rated_at: eb('rated_at', '-', days * DAY) }))
      .where('group_seq', '=', groupSeq)
      .execute()
  })
}

describe('a link rates nothing', () => {
  test('by being followed, looked at or fetched beforehand, however often', async () => {
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    for (const suffix of ['', '/good', '/bad', '/thanks', '/good?x=1'])
      for (const method of ['GET', 'HEAD', 'GET'] as const) {
        const { status } = await look(desk, path + suffix, { method })
        expect(status).toBe(suffix === '/thanks' ? 303 : 200)
      }
    expect(await stored(conversationid)).toMatchObject({ rows: [], facts: [], messages: [] })
  })

  const refused = async (path: string) => {
    for (const suffix of ['', '/good', '/bad', '/thanks']) {
      const shown = await look(desk, path + suffix)
      expect(shown.status).toBe(404)
      expect(shown.text).not.toContain('<form')
    }
    const { status, text } = await rate(desk, path, { rating: 'good' })
    expect(status).toBe(404)
    expect(text).not.toContain('Ada')
  }

  test('that was made up, altered, cut, or made for something else', async () => {
    const { path, groupSeq, conversationid } = await anAnswer(desk, ada.userid)
    const token = path.slice('/rate/'.length)
    const altered = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
    const other = numberToken(desk.app.installation.secret, 'another purpose', groupSeq)
    const foreign = numberToken('0'.repeat(64), 'rating', groupSeq)
    for (const wrong of [altered, token.slice(2), other, foreign, '0'.repeat(48), 'example', String(groupSeq), '%00'])
      await refused(`/rate/${wrong}`)
    expect((await stored(conversationid)).rows).toEqual([])
  })

  test('of a customer’s message, a note, or nothing that is there', async () => {
    const { conversationid } = await anAnswer(desk, ada.userid)
    await desk.v3('POST', `conversations/${conversationid}/messages`, { message: 'A note', type: 'N' })
    const groups = await desk.app.database.reader
      .selectFrom('message_groups')
      .select('seq')
      .where('conversation_id', '=', conversationid)
      .where('rtype', '<>', '4')
      .execute()
    expect(groups.length).toBeGreaterThan(0)
    for (const seq of [...groups.map((group) => group.seq), 0, 999_999_999])
      await refused(`/rate/${numberToken(desk.app.installation.secret, 'rating', seq)}`)
  })

  test('after its conversation was deleted, or turned out to be spam; and does again when that is taken back', async () => {
    for (const status of ['X', 'B']) {
      const { path, conversationid } = await anAnswer(desk, ada.userid)
      await put(conversationid, status)
      await refused(path)
      expect((await stored(conversationid)).rows).toEqual([])
      await put(conversationid, 'C')
      expect((await look(desk, path)).status).toBe(200)
    }
  })

  test('when it is too old, which the settings say', async () => {
    const answered = await anAnswer(desk, ada.userid)
    await age(answered, 89)
    expect((await look(desk, answered.path)).status).toBe(200)
    await age(answered, 1)
    await refused(answered.path)
    await desk.v3('PATCH', 'settings', { rating_link_days: 100 })
    expect((await look(desk, answered.path)).status).toBe(200)
    await desk.v3('PATCH', 'settings', { rating_link_days: 90 })
  })

  test('after an administrator has removed what it gave', async () => {
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    await rate(desk, path, { rating: 'bad', comment: 'Idiots' })
    const { ratings } = (await desk.v3('GET', `ratings?conversation=${conversationid}`)).body
    await desk.v3('DELETE', `ratings/${ratings[0].ratingid}`)
    await refused(path)
    expect((await stored(conversationid)).kinds).toEqual(['rated_bad', 'rated_bad_undone'])
  })

  test.each([
    ['other', ''],
    ['rating', ''],
    ['rating', 'great'],
    ['rating', 'P'],
    ['rating[]', 'good'],
    ['Rating', 'good'],
  ])('with %s=%s, and the page says what to choose', async (name, value) => {
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    const { status, text } = await rate(desk, path, { [name]: value, comment: 'kept <b>' })
    expect(status).toBe(400)
    expect(text).toContain('role="alert"')
    expect(text).toContain('kept &lt;b&gt;</textarea>')
    expect((await stored(conversationid)).rows).toEqual([])
  })

  test.each([
    ['too long', 'x'.repeat(5_001)],
    ['huge', 'x'.repeat(900_000)],
    ['binary', 'a\0b'],
  ])('with a comment that is %s, and the page says so', async (_what, comment) => {
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    const { status, text } = await rate(desk, path, { rating: 'good', comment })
    expect(status).toBe(400)
    expect(text).toContain('aria-invalid="true"')
    expect(text.length).toBeLessThan(20_000)
    expect((await stored(conversationid)).rows).toEqual([])
  })

  test('in bytes that are no text', async () => {
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    const reply = await desk.app.http.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: Buffer.from('rating=good&comment=\xff\xfe', 'latin1'),
    })
    expect(reply.statusCode).toBe(400)
    expect((await stored(conversationid)).rows).toEqual([])
  })

  test('in the browser of a signed-in agent, who may have it from what a customer forwarded', async () => {
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    const { cookie } = await signIn(desk, ada.email)
    const { status, text } = await rate(desk, path, { rating: 'good' }, { headers: { cookie } })
    expect(status).toBe(403)
    expect(text).toContain('signed in here as an agent')
    expect((await stored(conversationid)).rows).toEqual([])
  })

  test('too often: by guessing, from one address, and by one link from many', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 62; n++)
      statuses.push((await look(desk, `/rate/${String(n).padStart(48, '0')}`, { from: '10.8.0.1' })).status)
    expect(statuses.slice(0, 60).every((status) => status === 404)).toBe(true)
    expect(statuses.slice(60)).toEqual([429, 429])
    const { path } = await anAnswer(desk, ada.userid)
    const byLink = []
    for (let n = 0; n < 11; n++) byLink.push((await rate(desk, path, { rating: 'good' })).status)
    expect(byLink).toEqual([...Array.from({ length: 10 }, () => 303), 429])
    const byAddress = []
    for (let n = 0; n < 31; n++) byAddress.push((await rate(desk, '/rate/x', {}, { from: '10.8.0.2' })).status)
    expect(byAddress.at(-1)).toBe(429)
  })
})

describe('a link', () => {
  test('shows a form that needs no script, no cookie and no mouse, and is kept from caches, referrers and search engines', async () => {
    const { path } = await anAnswer(desk, ada.userid)
    const { text, headers } = await look(desk, `${path}/bad`)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' })
    expect(headers['x-robots-tag']).toContain('noindex')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['set-cookie']).toBeUndefined()
    expect(text).not.toMatch(/<script|\son\w+=/i)
    expect(text).toContain('<html lang="en">')
    expect(text).toContain(`<form class="card form" method="post" action="${path}">`)
    expect(text).toContain('<fieldset class="choice"><legend>Your rating</legend>')
    expect(text).toMatch(/<label><input type="radio" name="rating" value="good" required> Good<\/label>/)
    expect(text).toMatch(/<label><input type="radio" name="rating" value="bad" required checked> Bad<\/label>/)
    expect(text).toContain('<label for="comment">')
    expect(text).toMatch(/<textarea id="comment" [^>]*maxlength="5000"/)
    expect(text).toContain('The answer by Ada Agent of')
    expect(text).not.toContain(ada.email)
  })

  test('speaks the customer’s language, else the account’s', async () => {
    const email = 'greta@example.com'
    await desk.v3('POST', 'customers', { email, language: 'de-AT' })
    const { path } = await anAnswer(desk, ada.userid, { useridentifier: email })
    const { text } = await look(desk, `${path}/good`)
    expect(text).toContain('<html lang="de">')
    expect(text).toContain('Wie war unsere Antwort?')
    await desk.v3('PATCH', 'settings', { language: 'de' })
    expect((await look(desk, '/rate/x')).text).toContain('Dieser Link gilt nicht mehr')
    await desk.v3('PATCH', 'settings', { language: 'en' })
  })

  test('stores what was chosen, once, says thank you, and shows it when it is opened again', async () => {
    const { path, conversationid, groupSeq } = await anAnswer(desk, ada.userid)
    const sent = await rate(desk, path, { rating: 'good', comment: '  Quick!\r\nThanks  ' })
    expect([sent.status, sent.headers.location]).toEqual([303, `${path}/thanks`])
    const thanks = await look(desk, `${path}/thanks`)
    expect(thanks.text).toContain('Thank you')
    const { rows, kinds, messages } = await stored(conversationid)
    expect(rows).toMatchObject([{ grade: 'good', comment: 'Quick!\nThanks', source: 'link', agent_id: ada.userid }])
    expect(kinds).toEqual(['rated_good'])
    expect(messages).toMatchObject([
      { rtype: 'P', body: 'Rated as good', group_seq: groupSeq },
      { rtype: 'C', body: 'Quick!\nThanks', is_html: 0, group_seq: groupSeq },
    ])
    const again = await look(desk, path)
    expect(again.text).toContain('You have rated it: Good.')
    expect(again.text).toMatch(/value="good" required checked/)
    expect(again.text).toContain('Quick!\nThanks</textarea>')
    // The reading customer's page of the conversation shows nothing of it.
    const reply = await desk.v3('GET', `conversations/${conversationid}`)
    const page = await look(desk, `/index.php?type=my_tickets&cid=${reply.body.publicurlcode}`)
    expect(page.status).toBe(200)
    expect(page.text).not.toMatch(/Quick!|Rated/)
  })

  test('used again changes the same rating, and sent again changes nothing', async () => {
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    for (const rating of ['good', 'good', 'bad', 'bad', 'good'])
      expect((await rate(desk, path, { rating, comment: 'Hm' })).status).toBe(303)
    const { rows, kinds, messages } = await stored(conversationid)
    expect(rows).toMatchObject([{ grade: 'good' }])
    expect(kinds).toEqual(['rated_good', 'rated_good_undone', 'rated_bad', 'rated_bad_undone', 'rated_good'])
    expect(messages.map(({ rtype }) => rtype)).toEqual(['P', 'C'])
  })

  test('used twice at the same time, for good and bad, leaves one rating that counts once', async () => {
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    const replies = await Promise.all(
      ['good', 'bad', 'good', 'bad', 'good'].map((rating) => rate(desk, path, { rating })),
    )
    expect(replies.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303])
    const { rows, kinds, messages } = await stored(conversationid)
    expect(rows).toHaveLength(1)
    expect(messages.map(({ rtype }) => rtype)).toEqual([rows[0]?.grade === 'good' ? 'P' : 'W'])
    const net = (grade: string): number =>
      kinds.filter((kind) => kind === `rated_${grade}`).length -
      kinds.filter((kind) => kind === `rated_${grade}_undone`).length
    expect([net('good'), net('bad')]).toEqual(rows[0]?.grade === 'good' ? [1, 0] : [0, 1])
  })

  test('lets a rating be changed for some days, then shows it, then is gone', async () => {
    const answered = await anAnswer(desk, ada.userid)
    const { path, conversationid } = answered
    await rate(desk, path, { rating: 'bad', comment: 'Slow <i>' })
    await age(answered, 6)
    expect((await rate(desk, path, { rating: 'bad', comment: 'Very slow' })).status).toBe(303)
    await age(answered, 1)
    const shown = await look(desk, `${path}/good`)
    expect(shown.text).toContain('You have rated it: Bad. It can no longer be changed.')
    expect(shown.text).not.toContain('<form')
    expect((await rate(desk, path, { rating: 'good' })).status).toBe(409)
    expect(await stored(conversationid)).toMatchObject({ rows: [{ grade: 'bad', comment: 'Very slow' }] })
    await age(answered, 90)
    expect((await look(desk, path)).status).toBe(404)
  })

  test('takes HTML as the text that it is, everywhere', async () => {
    const comment = `"><script>alert(1)</script></textarea><img src=x onerror=alert(2)>`
    const { path, conversationid } = await anAnswer(desk, ada.userid)
    await rate(desk, path, { rating: 'bad', comment })
    const { text } = await look(desk, path)
    expect(text).not.toMatch(/<script|<img/)
    expect(text.match(/<\/textarea>/g)).toHaveLength(1)
    expect((await stored(conversationid)).messages[1]).toMatchObject({ body: comment, is_html: 0 })
  })

  test('rates a deleted agent, too: it was his work', async () => {
    const gone = await anAgent(desk)
    const { path, conversationid } = await anAnswer(desk, gone.userid)
    await desk.v3('DELETE', `agents/${gone.userid}`)
    expect((await rate(desk, path, { rating: 'good' })).status).toBe(303)
    expect((await stored(conversationid)).facts).toMatchObject([{ agent_id: gone.userid }])
  })
})

test('a fault on the page does not write the link into the log', async () => {
  const { path } = await anAnswer(desk, ada.userid)
  const logged = vi.spyOn(desk.app.log, 'error').mockImplementation(() => {})
  vi.spyOn(desk.app.database, 'write').mockRejectedValueOnce(new Error('the disk is full'))
  const { status, text } = await rate(desk, path, { rating: 'good' })
  expect([status, text.includes('the disk is full')]).toEqual([500, false])
  const lines = JSON.stringify(logged.mock.calls)
  vi.restoreAllMocks()
  expect(lines).toContain('/rate/:token')
  expect(lines).not.toContain(path.slice('/rate/'.length))
})
