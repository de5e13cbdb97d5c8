// The process is killed while many write: whatever it answered is there, once, and everything that is counted agrees.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/db/open.ts'
import { engine } from '../desk.ts'
import { TEST_KEY } from '../first-start.ts'
import { call, newPlace, type Place, pause, type Server, start, stop, until, untilDeserted } from './server.ts'

const SEED = 20_251
const ROUNDS = 5
const CLIENTS = 16

let place: Place
afterEach(() => place.remove())

/** Numbers from 0 up to 1 that are the same in every run. */
function random(seed: number): () => number {
  let n = 0
  return () => createHash('sha256').update(`${seed} ${n++}`).digest().readUInt32BE() / 2 ** 32
}

/** What clients know: which writes they asked for, and which of them were answered. */
class Witness {
  readonly asked = new Set<string>()
  readonly answered = new Set<string>()
  #n = 0

  /** A text that is in no other write. */
  next(what: string): string {
    const text = `${what} number ${this.#n++}.`
    this.asked.add(text)
    return text
  }
}

/** Opens conversations, writes to them and changes them until the server is gone. */
async function client(server: Server, witness: Witness, name: string, dice: () => number): Promise<void> {
  const ids: string[] = []
  for (;;) {
    const id = ids[Math.floor(dice() * ids.length)]
    try {
      if (id === undefined || dice() < 0.3) {
        const subject = witness.next('Subject')
        const { status, body, text } = await call(server, 'POST', 'conversations', {
          apikey: TEST_KEY,
          message: witness.next('Opening'),
          subject,
          // Many write as the same customer, whom the first of them makes.
          useridentifier: `customer-${Math.floor(dice() * 20)}@example.com`,
          recipient: 'support@desk.test',
          department: 'default',
        })
        expect(status, text).toBe(200)
        witness.answered.add(subject)
        ids.push(body.conversationid)
      } else if (dice() < 0.7) {
        const message = witness.next('Message')
        const { status, text } = await call(server, 'POST', `conversations/${id}/messages`, {
          apikey: TEST_KEY,
          message,
          useridentifier: `customer-${Math.floor(dice() * 20)}@example.com`,
        })
        expect(status, text).toBe(200)
        witness.answered.add(message)
      } else {
        const { status, text } = await call(server, 'PUT', `conversations/${id}/status`, {
          apikey: TEST_KEY,
          status: dice() < 0.5 ? 'R' : 'C',
        })
        expect(status, text).toBe(200)
      }
    } catch (error) {
      // The connection broke: that is how a client learns of it. Anything else is a finding.
      if (error instanceof TypeError) return
      throw new Error(`client ${name}`, { cause: error })
    }
  }
}

test('a killed process loses nothing that it answered and leaves nothing half done', { timeout: 120_000 }, async () => {
  place = await newPlace('started')
  const dice = random(SEED)
  const witness = new Witness()
  let server = await start(place)
  for (let round = 0; round < ROUNDS; round++) {
    const before = witness.answered.size
    const clients = Array.from({ length: CLIENTS }, (_, n) =>
      client(server, witness, `${round}.${n}`, random(SEED + 1_000 * round + n)),
    )
    await until(() => witness.answered.size > before + 20)
    await pause(dice() * 900)
    server.kill('SIGKILL')
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' })
    await Promise.all(clients)
    await untilDeserted(place)
    server = await start(place)
    await assertWhole(witness)
  }
  expect(await stop(server)).toEqual({ code: 0, signal: null })
  expect(server.stderr()).toBe('')
  expect(witness.answered.size).toBeGreaterThan(ROUNDS * 20)
})

/** Compares the database with what the clients know, and everything that is kept by counting with a recount. */
async function assertWhole(witness: Witness): Promise<void> {
  const { env, folder } = place
  const database = await openDatabase({ dataFolder: folder, url: env.DATABASE_URL, poolSize: 2, mustExist: true })
  try {
    await assertAnswered(database, witness)
    for (const [what, query] of Object.entries(FAULTS)) expect(await rows(database, query), what).toEqual([])
    if (engine === 'sqlite') for (const [query, ok] of SQLITE) expect(await rows(database, query)).toEqual(ok)
  } finally {
    await database.close()
  }
}

async function rows(database: Database, query: string): Promise<unknown[]> {
  return (await sql.raw(query).execute(database.reader)).rows
}

async function assertAnswered({ reader }: Database, witness: Witness): Promise<void> {
  const conversations = await reader.selectFrom('conversations').select('subject as text').execute()
  const messages = await reader.selectFrom('messages').select('body as text').where('rtype', '=', 'M').execute()
  const stored = [...conversations, ...messages].map(({ text }) => text)
  const once = new Set(stored)
  expect(stored.length - once.size, 'stored twice').toBe(0)
  expect(
    [...witness.answered].filter((text) => !once.has(text)),
    'answered, and not stored',
  ).toEqual([])
  expect(
    stored.filter((text) => !witness.asked.has(text)),
    'stored, and never asked for',
  ).toEqual([])
}

/** What must find nothing. */
const FAULTS = {
  'message without its group, or in the group of another conversation': `
    select messages.seq from messages left join message_groups on message_groups.seq = messages.group_seq
    where message_groups.conversation_id is null or message_groups.conversation_id <> messages.conversation_id`,
  'group without a message': `
    select seq from message_groups where not exists (select 1 from messages where group_seq = message_groups.seq)`,
  'conversation without a first message': `
    select id from conversations where not exists
      (select 1 from message_groups where conversation_id = conversations.id and rtype = '3')`,
  'groups_in is not the number of groups by customers': `
    select id from conversations where groups_in <>
      (select count(*) from message_groups where conversation_id = conversations.id and rtype in ('3', '5'))`,
  'conversations and department_counts differ': `
    select department_id, status, sum(n) from (
      select department_id, status, conversations as n from department_counts
      union all select department_id, status, -1 from conversations) as counted
    group by department_id, status having sum(n) <> 0`,
  'not one fact that it was created': `
    select id from conversations where 1 <>
      (select count(*) from facts where conversation_id = conversations.id and kind = 'created')`,
  'not a fact for each message of a customer': `
    select id from conversations where groups_in <>
      (select count(*) from facts where conversation_id = conversations.id and kind = 'message_in')`,
  'not a fact for each resolution in the history': `
    select id from conversations where
      (select count(*) from message_groups where conversation_id = conversations.id and rtype = 'R') <>
      (select count(*) from facts where conversation_id = conversations.id and kind = 'resolved')`,
  'load and open conversations differ': `
    select department_id, agent_id, sum(n) from (
      select department_id, agent_id, delta as n from load_changes
      union all select department_id, coalesce(agent_id, ''), -1 from conversations where status in ('N', 'C')) as loads
    group by department_id, agent_id having sum(n) <> 0`,
  'not one event that it was opened': `
    select id from conversations where 1 <>
      (select count(*) from events where conversation_id = conversations.id and type = 'conversation.opened')`,
  'not an event for each message after the first': `
    select id from conversations where groups_in - 1 <>
      (select count(*) from events where conversation_id = conversations.id and type = 'message.posted')`,
  'event about what is not there': `
    select seq from events where conversation_id is not null and not exists
      (select 1 from conversations where id = events.conversation_id)`,
  'two customers with one address': `
    select email_key from customers where deleted_at is null group by email_key having count(*) > 1`,
  'timed job that is there twice': `
    select unique_key from jobs where unique_key is not null and dead_at is null and locked_until is null
    group by unique_key having count(*) > 1`,
}

/** SQLite's own word, and that no number of an event is missing (on PostgreSQL, writes that failed leave numbers out). */
const SQLITE = [
  ['pragma integrity_check', [{ integrity_check: 'ok' }]],
  ['pragma foreign_key_check', []],
  ['select max(seq) - min(seq) + 1 - count(*) as missing from events', [{ missing: 0 }]],
] as const
