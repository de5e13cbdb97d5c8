// Whoever breaks off and comes back, whatever he may see meanwhile: what he hears is what an oracle says, event by event.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { type LiveClient, listening, openEvents, openSocket } from '../../test/live.ts'
import { aConversation, anAgent } from '../../test/people.ts'
import { signIn } from '../../test/session.ts'
import { eventsAfter, lastEventNumber } from '../events/read.ts'
import { recordEvent } from '../events/record.ts'

let desk: TestDesk
let url: string
let departments: string[]
beforeAll(async () => {
  desk = await newDesk()
  url = await listening(desk)
  departments = await Promise.all(
    ['Red', 'Green', 'Blue'].map(async (name) => (await desk.v3('POST', 'departments', { name })).body.departmentid),
  )
})
afterAll(() => desk.close())

const ask = async (method: string, path: string, body: unknown): Promise<void> => {
  const reply = await desk.v3(method, path, body)
  if (reply.status !== 200) throw new Error(reply.text)
}
const pick = <T>(list: readonly T[], n: number): T => {
  const one = list[n % list.length]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

interface Heard {
  number: number
  type: string
  conversationid: string | null
  from: string | undefined
}

/** What the oracle knows of an agent, and what he should have heard and has heard. */
interface Person {
  userid: string
  cookie: string
  isAdministrator: boolean
  departments: Set<string>
  client: LiveClient | undefined
  /** Up to which number he has been told. */
  told: number
  expected: number[]
  heard: number[]
}

async function aPerson(n: number): Promise<Person> {
  const own = departments.filter((_, bit) => (n >> bit) % 2 === 1)
  const isAdministrator = n % 5 === 4
  const { userid, email } = await anAgent(desk, { role: isAdministrator ? 'D' : 'A', departments: own })
  const { cookie } = await signIn(desk, email)
  return {
    userid,
    cookie,
    isAdministrator,
    departments: new Set(own),
    client: undefined,
    told: await lastEventNumber(desk.app.database.reader),
    expected: [],
    heard: [],
  }
}

async function comeBack(person: Person, byEvents: boolean): Promise<void> {
  const connect = byEvents ? openEvents : openSocket
  const query = { after: person.told, presence: 'no' }
  person.client = await connect(url, { headers: { cookie: person.cookie }, query })
  await person.client.seen(({ type }) => type === 'hello')
}

async function breakOff(person: Person): Promise<void> {
  const { client } = person
  if (!client) return
  client.close()
  await client.closed
  person.heard.push(...client.events().map(({ number }) => number))
  person.client = undefined
}

/** The oracle: by the names of events alone, written down a second time. */
function mayHear(person: Person, { type, conversationid, from }: Heard, places: ReadonlyMap<string, string>): boolean {
  if (type.startsWith('session.')) return false
  if (type.startsWith('settings.')) return person.isAdministrator
  if (conversationid === null) return true
  if (person.isAdministrator) return true
  if (person.departments.has(places.get(conversationid) ?? '')) return true
  return type === 'conversation.transferred' && from !== undefined && person.departments.has(from)
}

const operation = fc.record({
  kind: fc.constantFrom(
    'note',
    'note',
    'note',
    'transfer',
    'transfer',
    'settings',
    'move',
    'role',
    'break',
    'break',
    'back',
    'back',
  ),
  who: fc.nat(99),
  what: fc.nat(99),
})

test('what an agent hears is what he may see at that moment, in order, without gap and without repetition', {
  timeout: 240_000,
}, async () => {
  let names = 0
  const property = fc.asyncProperty(fc.array(operation, { minLength: 25, maxLength: 40 }), async (operations) => {
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => aPerson(n)))
    const places = new Map<string, string>()
    for (const department of departments)
      places.set((await aConversation(desk, { department })).conversationid, department)
    const conversations = [...places.keys()]
    const begin = await lastEventNumber(desk.app.database.reader)
    for (const person of people) {
      person.told = begin
      await comeBack(person, person.userid > 'h')
    }
    /** Everything that has happened since somebody was told, as far as he may hear it now. */
    const settle = async (): Promise<void> => {
      const mark = Math.random()
      await desk.app.database.write(async (tx) => recordEvent(tx, { type: 'tag.changed', data: { mark } }))
      const rows = await eventsAfter(desk.app.database.reader, begin, 100_000)
      const last = rows.at(-1)?.seq ?? begin
      for (const person of people) {
        if (!person.client) continue
        await person.client.seen(({ data }) => data?.mark === mark)
        for (const { seq, type, conversation_id, data } of rows) {
          const event = { number: seq, type, conversationid: conversation_id, from: JSON.parse(data).from }
          if (seq > person.told && mayHear(person, event, places)) person.expected.push(seq)
        }
        person.told = last
      }
    }
    await settle()
    for (const { kind, who, what } of operations) {
      const person = pick(people, who)
      const conversation = pick(conversations, what)
      if (kind === 'note') await desk.v1('POST', `conversations/${conversation}/messages`, { message: 'x', type: 'N' })
      if (kind === 'transfer') {
        const department = pick(departments, who)
        await ask('PUT', `conversations/${conversation}/attendants`, { department })
        places.set(conversation, department)
      }
      if (kind === 'settings') await ask('PATCH', 'settings', { company_name: `Company ${++names}` })
      if (kind === 'move') {
        const own = departments.filter((_, bit) => (what >> bit) % 2 === 1)
        await ask('PATCH', `agents/${person.userid}`, { departments: own })
        person.departments = new Set(own)
      }
      if (kind === 'role') {
        person.isAdministrator = what % 2 === 0
        await ask('PATCH', `agents/${person.userid}`, { role: person.isAdministrator ? 'D' : 'A' })
      }
      if (kind === 'break') await breakOff(person)
      if (kind === 'back' && !person.client) await comeBack(person, what % 2 === 0)
      await settle()
    }
    for (const person of people) if (!person.client) await comeBack(person, false)
    await settle()
    for (const person of people) {
      await breakOff(person)
      expect(person.heard).toEqual(person.expected)
    }
    expect(people.some(({ expected }) => expected.length > operations.length)).toBe(true)
  })
  await fc.assert(property, { numRuns: 4, endOnFailure: true })
})

test('breaking off and coming back all the time while others write loses nothing', { timeout: 120_000 }, async () => {
  const people = await Promise.all(Array.from({ length: 12 }, (_, n) => aPerson(n % 8)))
  const ids = await Promise.all(
    departments.map(async (department) => (await aConversation(desk, { department })).conversationid),
  )
  const places = new Map(ids.map((id, n) => [id, pick(departments, n)]))
  const begin = await lastEventNumber(desk.app.database.reader)
  let isWriting = true
  const write = async (n: number): Promise<void> => {
    for (let count = 0; count < 150; count++)
      await desk.app.database.write(async (tx) => {
        recordEvent(tx, { type: 'note.posted', conversationId: pick(ids, n + count), data: { count } })
        if (count % 3 === 0) recordEvent(tx, { type: 'tag.changed', data: { count } })
      })
  }
  const live = async (person: Person, n: number): Promise<void> => {
    person.told = begin
    while (isWriting) {
      await comeBack(person, n % 2 === 0)
      await new Promise((resume) => setTimeout(resume, Math.random() * 30))
      await breakOff(person)
      person.told = person.heard.at(-1) ?? begin
    }
  }
  const living = people.map(live)
  await Promise.all([0, 1, 2, 3].map(write))
  isWriting = false
  await Promise.all(living)
  const mark = Math.random()
  await desk.app.database.write(async (tx) => recordEvent(tx, { type: 'tag.changed', data: { mark } }))
  const rows = await eventsAfter(desk.app.database.reader, begin, 100_000)
  expect(rows.length).toBe(4 * 200 + 1)
  for (const person of people) {
    await comeBack(person, false)
    await person.client?.seen(({ data }) => data?.mark === mark)
    await breakOff(person)
    const expected = rows
      .map(({ seq, type, conversation_id }) => ({
        number: seq,
        type,
        conversationid: conversation_id,
        from: undefined,
      }))
      .filter((event) => mayHear(person, event, places))
    expect(person.heard).toEqual(expected.map(({ number }) => number))
  }
})
