// A history that is loaded in bulk leaves the same desk as the same history lived through.
import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { dump, namesOfIds } from '../../test/demo/dump.ts'
import { playByHand } from '../../test/demo/play.ts'
import { engine, newDesk, type TestDesk } from '../../test/desk.ts'
import { type Cast, makeCast } from './cast.ts'
import { type HistoryOptions, planHistory } from './history.ts'
import { loadHistory } from './load.ts'
import { inOrder, storeHere, storeOnThread } from './stores.ts'
import { emptyPortion } from './tables.ts'

const UNTIL = Date.UTC(2026, 5, 17, 14, 30)
const history = (options: Partial<HistoryOptions> = {}): HistoryOptions => ({
  seed: 1,
  conversations: 40,
  until: UNTIL,
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
  return { desk, cast: await desk.app.database.write((tx) => makeCast(tx, null)) }
}

async function loaded(options: HistoryOptions, portionSize = 15): Promise<TestDesk> {
  const { desk, cast } = await aDeskWithCast()
  const { database } = desk.app
  await loadHistory(database.reader, cast, storeHere(database), { ...options, portionSize })
  return desk
}

async function lived(options: HistoryOptions): Promise<TestDesk> {
  const { desk, cast } = await aDeskWithCast()
  await playByHand(desk, cast, planHistory(options))
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
    { seed: 1, isShort: false },
    { seed: 7, isShort: true },
  ])('has the rows of one that was lived through ($seed)', async ({ seed, isShort }) => {
    const options = history({ seed, isShort })
    const bulk = await dump((await loaded(options)).app.database.reader)
    const byHand = await dump((await lived(options)).app.database.reader)
    for (const [table, rows] of Object.entries(byHand)) {
      expect(rows.length, table).toBeGreaterThan(0)
      expect(bulk[table], table).toEqual(rows)
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

  test('does not add a customer whose address is known, in any spelling', async () => {
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
    await loadHistory(database.reader, cast, storeHere(database), { ...history(), portionSize: 100 })
    const same = await database.reader.selectFrom('customers').select('id').where('email_key', '=', email).execute()
    expect(same).toHaveLength(1)
    const { body } = await desk.v1('GET', 'conversations', { owneridentifier: email })
    expect(body.conversations.length).toBeGreaterThan(1)
  })

  test('draws new codes when one is taken', async () => {
    const options = history({ conversations: 5 })
    const desk = await loaded(options)
    const cast = await desk.app.database.write((tx) => makeCast(tx, null))
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
    test('is stored by a thread of its own as by this one', async () => {
      const options = history({ conversations: 30 })
      const { desk, cast } = await aDeskWithCast()
      const thread = storeOnThread({ dataFolder: desk.dataFolder, pause: 1, isFresh: true })
      await loadHistory(desk.app.database.reader, cast, thread.store, { ...options, portionSize: 7 })
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
