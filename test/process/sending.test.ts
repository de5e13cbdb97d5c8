// The process is killed while it sends: the relay gets every mail once, or, where the process died between the end of a
// mail and the answer, the mail is shown as unconfirmed and never sent again by itself.
import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/db/open.ts'
import { systemActor } from '../../server/desk/actor.ts'
import { draftMailbox } from '../../server/desk/mailboxes/draft.ts'
import { addMailbox } from '../../server/desk/mailboxes/mailboxes.ts'
import { getSecret } from '../../server/desk/settings/settings.ts'
import { TEST_KEY } from '../first-start.ts'
import { type Relay, startRelay } from '../relay.ts'
import { call, newPlace, type Place, pause, type Server, start, stop, until } from './server.ts'

const SEED = 40_117
const MAILS = 200
const KILLS = 8

let place: Place
let relay: Relay
afterEach(async () => {
  await place.remove()
  await relay.close()
})

/** Numbers from 0 up to 1 that are the same in every run. */
function random(seed: number): () => number {
  let n = 0
  return () => createHash('sha256').update(`${seed} ${n++}`).digest().readUInt32BE() / 2 ** 32
}

const open = (): Promise<Database> =>
  openDatabase({ dataFolder: place.folder, url: place.env.DATABASE_URL, poolSize: 2, mustExist: true })

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await open()
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

const mailbox = (port: number) =>
  withDatabase(async (database) => {
    const drafted = draftMailbox(await getSecret(database.reader), undefined, {
      address: 'support@desk.test',
      outgoing: { host: '127.0.0.1', port, security: 'none', auth: 'none', connections: 5 },
    })
    await database.write((tx) => addMailbox(tx, systemActor, drafted))
  })

interface Row {
  message_id: string
  state: string
  recipient_key: string
}
const outbox = (): Promise<Row[]> =>
  withDatabase(({ reader }) =>
    reader.selectFrom('outbox').select(['message_id', 'state', 'recipient_key']).orderBy('seq').execute(),
  )

/** Opens conversations in the name of an agent, each with a mail to somebody else, until all are written or the server is gone. */
async function write(server: Server, agent: string, numbers: number[], answered: Set<string>): Promise<void> {
  for (let n = numbers.pop(); n !== undefined; n = numbers.pop()) {
    try {
      const recipient = `customer-${n}@example.com`
      const { status, text } = await call(server, 'POST', 'conversations', {
        apikey: TEST_KEY,
        message: `Mail number ${n}.`,
        subject: `Subject ${n}`,
        useridentifier: agent,
        recipient,
        department: 'default',
      })
      expect(status, text).toBe(200)
      answered.add(recipient)
    } catch (error) {
      // The connection broke: whether it was stored, nobody has told the client.
      if (error instanceof TypeError) return
      throw error
    }
  }
}

test('a process that is killed while it sends neither loses a mail nor sends one twice', {
  timeout: 240_000,
}, async () => {
  place = await newPlace('started')
  relay = await startRelay()
  await mailbox(relay.port)
  const dice = random(SEED)
  relay.behaviour = { data: () => pause(dice() * 15), end: () => pause(dice() * 15) }
  const numbers = Array.from({ length: MAILS }, (_, n) => n)
  const answered = new Set<string>()
  let server = await start(place)
  const { body } = await call(server, 'GET', 'agents', { apikey: TEST_KEY })
  const agent: string = body.agents[0].userid
  for (let round = 0; round < KILLS; round++) {
    const before = relay.mails.length
    // The last rounds only work off what the first have written.
    const mine = round < KILLS / 2 ? numbers.splice(0, (MAILS / KILLS) * 2) : []
    const writing = Promise.all(Array.from({ length: 4 }, () => write(server, agent, mine, answered)))
    await until(() => relay.mails.length > before + 3 || (round >= KILLS / 2 && mine.length === 0))
    await pause(dice() * 150)
    server.kill('SIGKILL')
    expect(await server.ended).toEqual({ code: null, signal: 'SIGKILL' })
    await writing
    numbers.push(...mine)
    server = await start(place)
  }
  await write(server, agent, numbers, answered)
  const isOver = async () => (await outbox()).every(({ state }) => state === 'sent' || state === 'unconfirmed')
  await until(isOver)
  expect(await stop(server)).toEqual({ code: 0, signal: null })

  const rows = await outbox()
  const arrived = relay.mails.map(({ headers }) => headers.get('message-id')?.replace(/[<>]/g, '') ?? '')
  expect(arrived.length - new Set(arrived).size, 'sent twice').toBe(0)
  const there = new Set(arrived)
  const lost = rows.filter(({ message_id, state }) => state === 'sent' && !there.has(message_id))
  expect(lost, 'said to be sent, and never arrived').toEqual([])
  const stored = new Set(rows.map(({ recipient_key }) => recipient_key))
  expect(
    [...answered].filter((recipient) => !stored.has(recipient)),
    'answered, and not put into the outbox',
  ).toEqual([])
  expect(rows.length).toBeGreaterThanOrEqual(answered.size)
  // The window: mails that were between their last byte and the note of the answer when the process was killed.
  const unconfirmed = rows.filter(({ state }) => state === 'unconfirmed')
  expect(unconfirmed.length).toBeLessThanOrEqual(KILLS * 5)
  expect(rows.length - unconfirmed.length).toBeGreaterThan(MAILS / 2)
})
