// A history that is loaded in bulk leaves the same desk as the same history lived through.
import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { dump, namesOfIds } from '../../test/demo/dump.ts'
import { playByHand } from '../../test/demo/play.ts'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { type Cast, makeCast } from './cast.ts'
import { type HistoryOptions, planHistory } from './history.ts'
import { loadHistory } from './load.ts'
import { agents } from './people.ts'
import { inOrder, storeHere, storeOnThread } from './stores.ts'
import { emptyPortion } from './tables.ts'

const UNTIL = Date.UTC(2026, 5, 17, 14, 30)
const history = (options: Partial<HistoryOptions> = {}): HistoryOptions => ({
  seed: 1,
  conversations: 40,
  until: UNTIL,
  zone: 'Europe/London',
  isShort: false,
  ...options,
})

const desks: TestDesk[] = []
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close()
})

async function aDeskWithCast(): Promise<{ desk: TestDesk; cast: Cast }> {
  const desk = await newDesk()
  desks.push(desk)
  return { desk, cast: await desk.app.database.write((tx) => makeCast(tx, agents, null)) }
}

async function loaded(options: HistoryOptions, portionSize = 15): Promise<TestDesk> {
  const { desk, cast } = await aDeskWithCast()
  const { database } = desk.app
  await loadHistory(database.reader, cast, storeHere(database), { ...options, portionSize })
  return desk
}

async function lived(options: HistoryOptions): Promise<TestDesk> {
  const { desk, cast } = await aDeskWithCast()
  await playByHand(desk, cast, planHistory(options), options.until)
  return desk
}

const WEEK = 'date_from=2026-05-01&date_to=2026-06-18'
const YEAR = 'date_from=2025-06-01&date_to=2026-06-18'
const calls = [
  'conversations?limit=500',
  'conversations?status=R,A&limit=500',
  'departments',
  'customers?limit=500',
  'customersgroups',
  'agents',
  'tags',
  ...['agents', 'departments', 'channels', 'tags'].map((report) => `reports/${report}?${YEAR}`),
  `reports/performance?${WEEK}`,
  `reports/tickets/load?${WEEK}`,
  `reports/tickets/slacompliance?${WEEK}`,
]

/** Identifiers are drawn: two desks list the same things in different orders. */
const isOrderedById = (path: string): boolean =>
  /^(agents|tags|departments|reports\/(?!performance|tickets))/.test(path)

function sorted(text: string): string {
  const [list] = Object.values<unknown[]>(JSON.parse(text).response)
  return JSON.stringify(list?.map((item) => JSON.stringify(item)).sort())
}

/** Answers with names instead of identifiers. */
async function answers(desk: TestDesk): Promise<Record<string, { status: number; text: string }>> {
  const names = await namesOfIds(desk.app.database.reader)
  const withNames = (text: string): string => text.replace(/[A-Za-z0-9-]{8,16}/g, (word) => names.get(word) ?? word)
  const all: Record<string, { status: number; text: string }> = {}
  const ask = async (name: string, path: string): Promise<void> => {
    const [url = '', query = ''] = path.split('?')
    const { status, text } = await desk.v1('GET', url, Object.fromEntries(new URLSearchParams(query)))
    all[name] = { status, text: isOrderedById(path) ? sorted(withNames(text)) : withNames(text) }
  }
  for (const call of calls) await ask(call, call)
  for (const [id, name] of names)
    if (/^conversation \d+$/.test(name)) {
      await ask(name, `conversations/${id}`)
      await ask(`${name} tags`, `conversations/${id}/tags`)
      const groups = await desk.v1('GET', `conversations/${id}/messages`)
      const ofMessages = new Map<string, string>()
      for (const [known, label] of names) if (/^[gm]/.test(known)) ofMessages.set(known, label)
      const text = groups.text
        .replace(/"groupid":"(\w+)"/g, (_, found) => `"groupid":"${ofMessages.get(`g${found}`)}"`)
        .replace(
          /"(?:messageid|id)":"(\w+)"/g,
          (_, found) => `"id":"${ofMessages.get(`m${found}`) ?? ofMessages.get(`g${found}`)}"`,
        )
      all[`${name} messages`] = { status: groups.status, text: withNames(text) }
    }
  return all
}

describe('a history that is loaded in bulk', () => {
  test.each([
    {
      seed: 1,
      isShort: false,
      mix: {},
      tables: ['conversation_tags', 'group_members', 'sla_clocks'],
      kinds: ['answer_new', 'answer_next', 'resolved'],
    },
    { seed: 8, isShort: true, mix: { ratings: 6 }, tables: ['ratings'], kinds: ['rated_good_undone', 'rated_bad'] },
    {
      seed: 7,
      isShort: true,
      mix: { chats: 0.9, calls: 0, ratings: 3 },
      tables: ['chats', 'visitors', 'offers', 'sla_clocks', 'ratings'],
      kinds: ['chat_offer_missed', 'chat_answered', 'chat_unanswered', 'chat_talked'],
    },
    {
      seed: 39,
      isShort: true,
      mix: { chats: 0.05, calls: 0.9, ratings: 10 },
      tables: ['calls', 'offers', 'sla_clocks', 'ratings'],
      kinds: ['call_offer_missed', 'call_answered', 'call_unanswered', 'call_offline', 'call_out', 'call_internal'],
    },
  ])('has the rows of one that was lived through ($seed)', async ({ seed, isShort, mix, tables, kinds }) => {
    const options = history({ seed, isShort, mix })
    const bulk = await dump((await loaded(options)).app.database.reader)
    const byHand = await dump((await lived(options)).app.database.reader)
    for (const table of ['conversations', 'messages', 'facts', 'load_changes', ...tables])
      expect(byHand[table]?.length, table).toBeGreaterThan(0)
    expect(byHand.facts?.map(({ kind }) => kind)).toEqual(expect.arrayContaining(kinds))
    for (const [table, rows] of Object.entries(byHand)) expect(bulk[table], table).toEqual(rows)
  })

  test('notes whose turn it was last to be asked, also by a second one', async () => {
    const desk = await loaded(history({ conversations: 400, mix: { chats: 0.3, calls: 0.3 } }), 50)
    const { database } = desk.app
    const turns = await database.reader.selectFrom('agent_turns').selectAll().execute()
    const offers = await database.reader
      .selectFrom('offers')
      .select(({ fn }) => ['department_id', 'service', 'agent_id', fn.max('offered_at').as('at')])
      .groupBy(['department_id', 'service', 'agent_id'])
      .execute()
    const sortedTexts = (rows: readonly object[]): string[] =>
      rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort()
    expect(turns.length).toBeGreaterThan(8)
    expect(sortedTexts(turns)).toEqual(sortedTexts(offers))
  })

  test('promises answers by two levels, and keeps most promises in time', async () => {
    const desk = await loaded(history({ seed: 5, conversations: 300 }), 100)
    const { database } = desk.app
    const clocks = await database.reader.selectFrom('sla_clocks').selectAll().execute()
    const share = (outcome: string): number =>
      clocks.filter((clock) => clock.outcome === outcome).length / clocks.length
    expect(new Set(clocks.map(({ level_id }) => level_id)).size).toBe(2)
    expect(share('met')).toBeGreaterThan(0.5)
    for (const outcome of ['late', 'void']) expect(share(outcome)).toBeGreaterThan(0.02)
    expect(clocks.some(({ warned_at, breached_at }) => warned_at !== null && breached_at === null)).toBe(true)
    const open = clocks.filter(({ closed_at }) => closed_at === null)
    const shown = await database.reader.selectFrom('conversations').select(['id', 'due_at']).execute()
    expect(
      shown
        .filter(({ due_at }) => due_at !== null)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(open.map(({ conversation_id }) => conversation_id).sort())
    const { rows } = await sql<{ n: number }>`select count(*) as n from facts where sla_seconds < seconds`.execute(
      database.reader,
    )
    expect(Number(rows[0]?.n)).toBeGreaterThan(20)
  })

  test('leaves clocks that go on: what they have to say next is a job', async () => {
    const desk = await loaded(history({ seed: 6, conversations: 5_000, isShort: true }), 1_000)
    const { database } = desk.app
    const waiting = await database.reader
      .selectFrom('sla_clocks')
      .select(['notice_at', 'created_at'])
      .where('notice_at', 'is not', null)
      .execute()
    const jobs = await database.reader.selectFrom('jobs').select('run_at').where('name', '=', 'tell-clocks').execute()
    expect(waiting.length).toBeGreaterThan(0)
    const announced = new Set(jobs.map(({ run_at }) => run_at))
    for (const { notice_at } of waiting) {
      expect(notice_at).toBeGreaterThan(UNTIL - 1_000)
      expect(announced).toContain(Number(notice_at) + 1_000)
    }
  })

  test('answers every call as one that was lived through', async () => {
    const options = history({ seed: 3 })
    const bulk = await answers(await loaded(options))
    const byHand = await answers(await lived(options))
    expect(Object.keys(bulk)).toEqual(Object.keys(byHand))
    for (const [name, answer] of Object.entries(byHand)) {
      expect(answer.status, name).toBe(200)
      expect(bulk[name], name).toEqual(answer)
    }
  })

  test('goes on like any other: its conversations are answered, resolved and found', async () => {
    const desk = await loaded(history())
    const { body } = await desk.v1('GET', 'conversations', { limit: '1' })
    const [{ conversationid }] = body.conversations
    expect((await desk.v1('POST', `conversations/${conversationid}/messages`, { message: 'Done.' })).status).toBe(200)
    expect((await desk.v1('PUT', `conversations/${conversationid}/status`, { status: 'R' })).status).toBe(200)
    const { rows } = await sql<{ n: number }>`select count(*) as n from customers`.execute(desk.app.database.reader)
    expect(Number(rows[0]?.n)).toBeGreaterThan(5)
    const found = await desk.v1('GET', 'customers', { email: '.example' })
    expect(found.status).toBe(200)
  })

  test.each([false, true])(
    'does not add a customer whose address is known, in any spelling (alone: %s)',
    async (isAlone) => {
      const { desk, cast } = await aDeskWithCast()
      const { database } = desk.app
      const [first] = planHistory(history())
      const email = first?.customer.email ?? ''
      await desk.v1('POST', 'conversations', {
        message: 'Hello',
        useridentifier: email.toUpperCase(),
        department: 'default',
        subject: 'Before',
        recipient: 'support@desk.test',
      })
      await loadHistory(database.reader, cast, storeHere(database), { ...history(), portionSize: 100, isAlone })
      const same = await database.reader.selectFrom('customers').select('id').where('email_key', '=', email).execute()
      expect(same).toHaveLength(1)
      const { body } = await desk.v1('GET', 'conversations', { owneridentifier: email })
      expect(body.conversations.length).toBeGreaterThan(1)
    },
  )

  test('draws new codes when one is taken', async () => {
    const options = history({ conversations: 5 })
    const desk = await loaded(options)
    const cast = await desk.app.database.write((tx) => makeCast(tx, agents, null))
    await loadHistory(desk.app.database.reader, cast, storeHere(desk.app.database), {
      ...options,
      portionSize: 2,
    })
    const rows = await desk.app.database.reader
      .selectFrom('conversations')
      .select(['id', 'code', 'public_code'])
      .execute()
    expect(new Set(rows.map(({ id }) => id)).size).toBe(10)
    for (const { id, code, public_code } of rows) {
      expect(id).toMatch(/^[0-9a-z]{8}$/)
      expect(code).toMatch(/^[A-Z]{3}-[A-Z]{5}-\d{3}$/)
      expect(public_code).toMatch(/^[A-Za-z0-9]{16}$/)
    }
  })

  if (engine === 'sqlite')
    test.each([1, 3])('is stored by a thread of its own as by this one (%i together)', async (together) => {
      const options = history({ conversations: 30 })
      const { desk, cast } = await aDeskWithCast()
      const thread = storeOnThread({ dataFolder: desk.dataFolder, pause: 1, isFresh: true, together })
      const { flush: onEnd } = thread
      await loadHistory(desk.app.database.reader, cast, thread.store, { ...options, portionSize: 7, ahead: 6, onEnd })
      await thread.close()
      const { rows } = await sql`pragma foreign_key_check`.execute(desk.app.database.reader)
      expect(rows).toEqual([])
      await expect(thread.store(emptyPortion())).rejects.toThrow('has ended')
      expect(await dump(desk.app.database.reader)).toEqual(await dump((await loaded(options)).app.database.reader))
    })

  test('leaves whole portions when it is cut off', async () => {
    const { desk, cast } = await aDeskWithCast()
    const { database } = desk.app
    let stored = 0
    const store = storeHere(database)
    const cutOff = loadHistory(
      database.reader,
      cast,
      inOrder(async (portion) => {
        if (stored === 2) throw new Error('the power failed')
        await store(portion)
        stored++
      }),
      { ...history(), portionSize: 10 },
    )
    await expect(cutOff).rejects.toThrow('the power failed')
    const complete = await lived({ ...history(), conversations: 40 })
    const whole = (await dump(complete.app.database.reader)).conversations ?? []
    const part = (await dump(database.reader)).conversations ?? []
    expect(part).toHaveLength(20)
    expect(whole).toEqual(expect.arrayContaining(part))
  })
})
