// What follows from a rating: facts, history, events; and what becomes of it when its answer moves.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCall, aCallAgent, goOffline } from '../../../test/calls.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import { anAnswer, answer, rate, storedRatings } from '../../../test/ratings.ts'
import { systemActor } from '../actor.ts'
import { checkReports } from '../metrics/check.ts'
import { rollFacts } from '../metrics/roll.ts'
import { figures, NOTHING } from '../reports/figures.ts'
import { type Dimension, totalsBy } from '../reports/totals.ts'
import { rateGroup } from './rate.ts'
import type { Grade } from './ratings.ts'

let desk: TestDesk
let ada: { userid: string; email: string }
let sales: string
beforeAll(async () => {
  desk = await newDesk()
  ada = await anAgent(desk)
  sales = (await desk.v3('POST', 'departments', { name: 'Sales' })).body.departmentid
})
afterAll(() => desk.close())

const terms = { rating_link_days: 90, rating_change_days: 7 }
const stored = (id: string) => storedRatings(desk, id)
const anna = { useridentifier: 'anna@example.com' }

const give = (groupSeq: number, grade: Grade, comment?: string, at?: number) =>
  desk.app.database.write((tx) => rateGroup(tx, groupSeq, { grade, comment, source: 'link', at }, terms))

const eventsOf = async (conversationid: string) =>
  (
    await desk.app.database.reader
      .selectFrom('events')
      .select(['type', 'data'])
      .where('conversation_id', '=', conversationid)
      .where('type', 'like', 'rating.%')
      .orderBy('seq')
      .execute()
  ).map(({ type, data }) => ({ type, ...JSON.parse(data) }))

const EVER = { from: 0, before: Date.UTC(2100, 0) }
async function figuresOf(dimension: Exclude<Dimension, 'every'>, id: string, span = EVER) {
  const totals = (await totalsBy(desk.app.database.reader, systemActor, dimension, span)).get(id) ?? NOTHING
  const of = (name: 'rewards' | 'punishments' | 'not_ranked' | 'answers'): number => figures[name].of(totals)
  return {
    rewards: of('rewards'),
    punishments: of('punishments'),
    not_ranked: of('not_ranked'),
    answers: of('answers'),
  }
}

describe('a rating', () => {
  test('that fails in its last step leaves nothing behind', async () => {
    const { groupSeq, conversationid } = await anAnswer(desk, ada.userid)
    const dying = desk.app.database.write(async (tx) => {
      await rateGroup(tx, groupSeq, { grade: 'bad', comment: 'No', source: 'link' }, terms)
      throw new Error('the process died')
    })
    await expect(dying).rejects.toThrow('the process died')
    expect(await stored(conversationid)).toMatchObject({ rows: [], facts: [], messages: [] })
    expect(await eventsOf(conversationid)).toEqual([])
  })

  test('tells of itself, leaves status and waiting as they were, and shows in the history where its answer is', async () => {
    const { groupSeq, conversationid, messagegroupid } = await anAnswer(desk, ada.userid)
    const before = (await desk.v3('GET', `conversations/${conversationid}`)).body
    await give(groupSeq, 'bad', 'Slow')
    const after = (await desk.v3('GET', `conversations/${conversationid}`)).body
    expect({ ...after, datechanged: '' }).toEqual({ ...before, datechanged: '' })
    await give(groupSeq, 'bad', 'Very slow')
    await give(groupSeq, 'good')
    expect(await eventsOf(conversationid)).toMatchObject([
      { type: 'rating.given', rating: 'bad', agentid: ada.userid, messagegroupid, source: 'link' },
      { type: 'rating.changed', rating: 'bad' },
      { type: 'rating.changed', rating: 'good' },
    ])
    const { groups } = (await desk.v1('GET', `conversations/${conversationid}/messages`)).body
    const rated = groups.find(({ messagegroupid: id }: { messagegroupid: string }) => id === messagegroupid)
    expect(rated.messages.map(({ rtype, message }: Record<string, string>) => [rtype, message])).toEqual([
      ['M', 'Pull the plug.'],
      ['P', 'Rated as good'],
      ['C', 'Very slow'],
    ])
  })

  test('of which only the comment is changed writes no facts', async () => {
    const { groupSeq, conversationid } = await anAnswer(desk, ada.userid)
    await give(groupSeq, 'good', 'One')
    await give(groupSeq, 'good', 'Two')
    await give(groupSeq, 'good', '')
    expect((await stored(conversationid)).kinds).toEqual(['rated_good'])
    expect((await stored(conversationid)).messages.map(({ rtype }) => rtype)).toEqual(['P'])
  })

  test('counts once in every report, in each range whole or not at all, before and after facts are added up', async () => {
    const { userid } = await anAgent(desk)
    const { groupSeq, conversationid } = await anAnswer(desk, userid)
    await answer(desk, conversationid, userid)
    const at = Date.now() - 60_000
    await give(groupSeq, 'good', undefined, at)
    const minute = { from: at - 1_000, before: at + 1_000 }
    const now = { from: at + 1_000, before: EVER.before }
    expect(await figuresOf('agent', userid)).toEqual({ rewards: 1, punishments: 0, not_ranked: 1, answers: 2 })
    await rollFacts(desk.app.database)
    await give(groupSeq, 'bad')
    for (const isRolled of [false, true]) {
      if (isRolled) await rollFacts(desk.app.database)
      expect(await figuresOf('agent', userid)).toEqual({ rewards: 0, punishments: 1, not_ranked: 1, answers: 2 })
      expect(await figuresOf('agent', userid, minute)).toMatchObject({ rewards: 0, punishments: 1 })
      expect(await figuresOf('agent', userid, now)).toMatchObject({ rewards: 0, punishments: 0 })
    }
    const { ratings } = (await desk.v3('GET', `ratings?agent=${userid}`)).body
    await desk.v3('DELETE', `ratings/${ratings[0].ratingid}`)
    await rollFacts(desk.app.database)
    expect(await figuresOf('agent', userid)).toEqual({ rewards: 0, punishments: 0, not_ranked: 2, answers: 2 })
    const { differences } = await checkReports(desk.app.database.reader)
    for await (const found of differences) expect(found).toEqual([])
    const row = (await desk.v1('GET', 'reports/agents', { date_from: '2020-01-01', date_to: '2099-01-01' })).body.agents
    expect(row.find(({ id }: { id: string }) => id === userid)).toMatchObject({
      rewards: '0',
      punishments: '0',
      not_ranked: '2',
      not_ranked_p: '100.00',
    })
  })

  test('is changed where and when it was counted first, though its conversation is elsewhere by then', async () => {
    const { groupSeq, conversationid } = await anAnswer(desk, ada.userid)
    const given = await give(groupSeq, 'good')
    const [before, there] = [await figuresOf('department', 'default'), await figuresOf('department', sales)]
    await desk.v1('PUT', `conversations/${conversationid}/attendants`, { department: sales })
    await give(groupSeq, 'bad')
    const { facts } = await stored(conversationid)
    const same = { at: given.rated_at, agent_id: ada.userid, department_id: 'default', channel: 'E' }
    expect(facts).toMatchObject([
      { kind: 'rated_good', ...same },
      { kind: 'rated_good_undone', ...same },
      { kind: 'rated_bad', ...same },
    ])
    expect(await figuresOf('department', sales)).toEqual(there)
    const after = await figuresOf('department', 'default')
    expect([after.rewards - before.rewards, after.punishments - before.punishments]).toEqual([-1, 1])
  })
})

describe('when the rated answer', () => {
  const merge = (from: string, into: string) => desk.v3('POST', `conversations/${from}/merge`, { into })
  const undo = (id: string, moveid: string) => desk.v3('POST', `conversations/${id}/moves/${moveid}/undo`, {})
  const ratedIn = async (id: string) => (await desk.v3('GET', `ratings?conversation=${id}`)).body.ratings

  test('is merged into another conversation, its rating goes along, is changed there by the same link, counts where it did, and comes back', async () => {
    const from = await anAnswer(desk, ada.userid, anna)
    const into = await anAnswer(desk, ada.userid, anna)
    await give(from.groupSeq, 'good', 'Fine')
    const { moveid } = (await merge(from.conversationid, into.conversationid)).body
    expect(await ratedIn(from.conversationid)).toEqual([])
    expect(await ratedIn(into.conversationid)).toMatchObject([{ rating: 'good', messagegroupid: from.messagegroupid }])
    expect((await rate(desk, from.path, { rating: 'bad' })).status).toBe(303)
    expect((await stored(into.conversationid)).messages.map(({ rtype }) => rtype)).toEqual(['W'])
    expect((await stored(into.conversationid)).facts).toEqual([])
    expect((await stored(from.conversationid)).kinds).toEqual(['rated_good', 'rated_good_undone', 'rated_bad'])
    await undo(from.conversationid, moveid)
    expect(await ratedIn(into.conversationid)).toEqual([])
    expect(await ratedIn(from.conversationid)).toMatchObject([{ rating: 'bad' }])
    expect((await stored(from.conversationid)).messages).toHaveLength(1)
  })

  test('is split off or moved, its rating goes along, and others stay', async () => {
    const first = await anAnswer(desk, ada.userid, anna)
    const second = await answer(desk, first.conversationid, ada.userid)
    await give(first.groupSeq, 'good')
    await give(second.groupSeq, 'bad', 'No')
    const split = await desk.v3('POST', `conversations/${first.conversationid}/split`, {
      messagegroupids: [second.messagegroupid],
      subject: 'Apart',
    })
    expect(split.status, split.text).toBe(200)
    const [away] = await desk.app.database.reader
      .selectFrom('message_groups')
      .select('conversation_id')
      .where('seq', '=', second.groupSeq)
      .execute()
    const apart = away?.conversation_id ?? ''
    expect(apart).not.toBe(first.conversationid)
    expect(await ratedIn(apart)).toMatchObject([{ rating: 'bad', comment: 'No' }])
    expect((await stored(apart)).messages.map(({ rtype }) => rtype)).toEqual(['W', 'C'])
    expect(await ratedIn(first.conversationid)).toMatchObject([{ rating: 'good' }])
    // What was not rated before is counted where it is now.
    const third = await answer(desk, apart, ada.userid)
    await give(third.groupSeq, 'good')
    expect((await stored(apart)).kinds).toEqual(['rated_good'])
  })

  test('belongs to a conversation that is deleted, its rating stays and counts', async () => {
    const { groupSeq, conversationid } = await anAnswer(desk, ada.userid)
    await give(groupSeq, 'good')
    const before = await figuresOf('agent', ada.userid)
    await desk.v3('PUT', `conversations/${conversationid}/status`, { status: 'X' })
    expect(await figuresOf('agent', ada.userid)).toEqual(before)
    await expect(give(groupSeq, 'bad')).rejects.toThrow('could be rated')
  })

  test('goes elsewhere in the moment in which it is rated, there is one rating, where the answer is', async () => {
    for (let n = 0; n < 5; n++) {
      const from = await anAnswer(desk, ada.userid, anna)
      const into = await anAnswer(desk, ada.userid, anna)
      const [rated, merged] = await Promise.all([
        rate(desk, from.path, { rating: 'good' }),
        merge(from.conversationid, into.conversationid),
      ])
      expect([rated.status, merged.status]).toEqual([303, 200])
      expect(await ratedIn(into.conversationid)).toHaveLength(1)
      expect((await stored(into.conversationid)).messages).toHaveLength(1)
    }
  })
})

describe('a call', () => {
  const rated = (call: { conversationid: string }) =>
    desk.v3('POST', 'ratings', { conversation: call.conversationid, rating: 'bad' })

  test('cannot be rated while it lasts, if nobody answered, or if both were agents', async () => {
    const { userid } = await aCallAgent(desk)
    const call = await aCall(desk)
    await desk.v3('POST', `calls/${call.callid}/answer`, { agent: userid })
    expect((await rated(call)).status).toBe(409)
    await desk.v3('POST', `calls/${call.callid}/stop`, { by: 'caller' })
    const missed = await aCall(desk)
    await desk.v3('POST', `calls/${missed.callid}/stop`, { by: 'caller' })
    expect((await rated(missed)).status).toBe(404)
    const colleague = await aCallAgent(desk)
    const draft = { direction: 'internal', agent: userid, callee: colleague.userid }
    const internal = (await desk.v3('POST', 'calls', draft)).body
    await desk.v3('POST', `calls/${internal.callid}/answer`, { agent: colleague.userid })
    await desk.v3('POST', `calls/${internal.callid}/stop`, { by: 'caller' })
    expect((await rated(internal)).status).toBe(404)
    for (const agent of [userid, colleague.userid]) await goOffline(desk, agent)
  })

  test('is rated by whoever asks for it afterwards, for the agent who had it', async () => {
    const { userid } = await aCallAgent(desk)
    const call = await aCall(desk)
    await desk.v3('POST', `calls/${call.callid}/answer`, { agent: userid })
    await desk.v3('POST', `calls/${call.callid}/stop`, { by: 'caller' })
    const { status, body, text } = await rated(call)
    expect([status, body.agentid, body.source], text).toEqual([200, userid, 'entered'])
    expect((await stored(call.conversationid)).facts).toMatchObject([
      { kind: 'rated_bad', agent_id: userid, channel: 'C' },
    ])
    expect(await figuresOf('agent', userid)).toMatchObject({ rewards: 0, punishments: 1, not_ranked: 0 })
    await goOffline(desk, userid)
  })
})
