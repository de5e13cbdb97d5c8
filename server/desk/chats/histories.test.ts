// Random histories of chats by several agents and visitors, against a naive model: who has what, what was said in which
// order, what is counted, and that nobody ever has more than he can take.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aVisitor } from '../../../test/chats.ts'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import type { Tx } from '../../db/write.ts'
import { Refusal } from '../../lib/errors.ts'
import { systemActor } from '../actor.ts'
import { type Agent, getAgent } from '../agents/agents.ts'
import { setPresets } from '../agents/presets.ts'
import { getDepartment } from '../departments/departments.ts'
import { goOffline, stayOnline } from '../presence/connections.ts'
import { setRouting } from '../routing/settings.ts'
import { acceptChat, declineChat, takeOverChat } from './accept.ts'
import { holdForRouting } from './chat.ts'
import { endChat, endOwnChat } from './end.ts'
import { routeChats } from './route.ts'
import { holdForAgent, sayAsAgent, sayAsVisitor } from './say.ts'
import { startChat } from './start.ts'
import { transferChat } from './transfer.ts'
import { sweepChats } from './vanished.ts'
import { getVisitorForChange, seeVisitor } from './visitors.ts'

const CAPACITY = 2
const AGENTS = 3
const VISITORS = 5

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

interface Step {
  what:
    | 'start'
    | 'accept'
    | 'decline'
    | 'takeover'
    | 'answer'
    | 'ask'
    | 'toAgent'
    | 'toDepartment'
    | 'leave'
    | 'end'
    | 'online'
    | 'offline'
    | 'route'
    | 'sweep'
  agent: number
  other: number
  chat: number
  seconds: number
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constant('start' as const) },
    { weight: 6, arbitrary: fc.constantFrom('accept' as const, 'answer' as const, 'ask' as const) },
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        'decline' as const,
        'takeover' as const,
        'toAgent' as const,
        'toDepartment' as const,
        'leave' as const,
        'end' as const,
      ),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom('online' as const, 'offline' as const, 'route' as const, 'sweep' as const),
    },
  ),
  agent: fc.nat(AGENTS - 1),
  other: fc.nat(AGENTS - 1),
  chat: fc.nat(9),
  seconds: fc.constantFrom(0, 1, 7, 31, 70),
})

/** What somebody who only watched the answers would know of a chat. */
interface Known {
  id: string
  visitor: string
  started: number
  accepted: number | undefined
  ended: boolean
  said: { by: 'agent' | 'visitor'; who: string; text: string }[]
}

class World {
  readonly chats: Known[] = []
  readonly agents: Agent[] = []
  readonly visitors: string[] = []
  readonly departments: string[] = []
  now = Date.now()
  #said = 0

  static async make(): Promise<World> {
    const world = new World()
    for (let n = 0; n < 2; n++) {
      const { body } = await desk.v3('POST', 'departments', { name: `World ${Math.random()}` })
      world.departments.push(body.departmentid)
    }
    for (let n = 0; n < AGENTS; n++) {
      // One of them works in the first department only.
      const departments = n === 0 ? world.departments.slice(0, 1) : world.departments
      const { userid } = await anAgent(desk, { departments })
      const presets = departments.map((departmentId) => ({ departmentId, services: 'T' }))
      world.agents.push(await getAgent(desk.app.database.reader, userid))
      await desk.app.database.write(async (tx) => {
        await setPresets(tx, systemActor, userid, presets)
        await stayOnline(tx, userid, 43_000, world.now)
      })
    }
    await desk.app.database.write(async (tx) => {
      for (const id of world.departments) await setRouting(tx, id, 'chats', { capacity: CAPACITY, offerSeconds: 30 })
    })
    for (let n = 0; n < VISITORS; n++) {
      const draft = await desk.app.database.write(async (tx) => {
        const { addVisitor } = await import('./visitors.ts')
        return addVisitor(tx, {}, world.now)
      })
      world.visitors.push(draft.visitor.id)
    }
    return world
  }

  /** Does a step; a refusal is an answer, too. */
  async step(step: Step): Promise<void> {
    this.now += step.seconds * 1_000
    const known = this.chats[step.chat % Math.max(1, this.chats.length)]
    const agent = at(this.agents, step.agent)
    const before = await this.#states()
    const done = await this.#write((tx) => this.#do(tx, step, known, agent))
    if (!done) return expect(await this.#states()).toEqual(before)
    await this.#note(known)
  }

  async #do(tx: Tx, step: Step, known: Known | undefined, agent: Agent): Promise<void> {
    const { now } = this
    if (step.what === 'start') return this.#start(tx, step)
    if (step.what === 'online') return void (await stayOnline(tx, agent.id, 43_000, now))
    if (step.what === 'offline') return goOffline(tx, agent.id, now)
    if (step.what === 'route') return routeChats(tx, now)
    if (step.what === 'sweep') return void (await sweepChats(tx, 0, now))
    if (!known) return
    if (step.what === 'accept') await acceptChat(tx, systemActor, known.id, agent, now)
    if (step.what === 'decline') await declineChat(tx, systemActor, known.id, agent, now)
    if (step.what === 'takeover') await takeOverChat(tx, systemActor, known.id, agent, now)
    if (step.what === 'leave') await endOwnChat(tx, { id: known.visitor }, known.id, now)
    if (step.what === 'end') {
      const held = await holdForRouting(tx, systemActor, known.id)
      if (held.chat.state !== 'ended') await endChat(tx, held, { by: 'agent', userId: agent.id, at: now })
    }
    if (step.what === 'toAgent' || step.what === 'toDepartment') {
      const held = await holdForRouting(tx, systemActor, known.id)
      const to =
        step.what === 'toAgent'
          ? { agent: at(this.agents, step.other) }
          : { department: await getDepartment(tx, at(this.departments, step.other % 2)) }
      await transferChat(tx, held, { ...to, userId: agent.id }, now)
    }
    if (step.what === 'answer' && !known.ended) await this.#say(tx, known, agent)
    if (step.what === 'ask' && !known.ended) await this.#say(tx, known, undefined)
  }

  #pending: (() => void)[] = []

  async #start(tx: Tx, { chat, other }: Step): Promise<void> {
    const visitor = at(this.visitors, chat % VISITORS)
    await seeVisitor(tx, visitor, undefined, this.now)
    const text = `Question ${this.#said++}`
    const draft = { departmentId: at(this.departments, other % 2), message: text }
    const { conversation_id } = await startChat(tx, visitor, draft, this.now)
    const started = this.now
    this.#pending.push(() =>
      this.chats.push({
        id: conversation_id,
        visitor,
        started,
        accepted: undefined,
        ended: false,
        said: [{ by: 'visitor', who: '', text }],
      }),
    )
  }

  async #say(tx: Tx, known: Known, agent: Agent | undefined): Promise<void> {
    const text = `Text ${this.#said++}`
    const message = { body: text, isHtml: false, text }
    if (agent) await sayAsAgent(tx, await holdForAgent(tx, systemActor, known.id), agent, message, this.now)
    else {
      await seeVisitor(tx, known.visitor, undefined, this.now)
      await sayAsVisitor(tx, await getVisitorForChange(tx, known.visitor), known.id, message, this.now)
    }
    this.#pending.push(() => known.said.push({ by: agent ? 'agent' : 'visitor', who: agent?.id ?? '', text }))
  }

  /** False: it was refused. */
  async #write(work: (tx: Tx) => Promise<void>): Promise<boolean> {
    try {
      await desk.app.database.write(async (tx) => {
        this.#pending = []
        await work(tx)
      })
    } catch (error) {
      if (error instanceof Refusal) return false
      throw error
    }
    for (const note of this.#pending) note()
    return true
  }

  /** Takes down what became of the chats: who first had one, and which have ended. */
  async #note(known: Known | undefined): Promise<void> {
    for (const [id, state] of await this.#states()) {
      const chat = this.chats.find((one) => one.id === id)
      if (!chat) continue
      if (state.startsWith('running') && chat.accepted === undefined) {
        expect(id).toBe(known?.id)
        chat.accepted = this.now
      }
      expect(chat.ended && state !== 'ended').toBe(false)
      chat.ended = state === 'ended'
    }
  }

  async #states(): Promise<[string, string][]> {
    const rows = await desk.app.database.reader
      .selectFrom('chats')
      .select(['conversation_id', 'state', 'agent_id'])
      .where('visitor_id', 'in', this.visitors)
      .orderBy('conversation_id')
      .execute()
    return rows.map((row) => [row.conversation_id, row.state === 'running' ? `running ${row.agent_id}` : row.state])
  }

  async assertInvariants(): Promise<void> {
    const { reader } = desk.app.database
    const ids = this.chats.map(({ id }) => id)
    if (ids.length === 0) return
    const offers = await reader.selectFrom('offers').selectAll().where('item_id', 'in', ids).execute()
    const open = offers.filter(({ ended_at }) => ended_at === null)
    for (const { id } of this.agents)
      expect(open.filter(({ agent_id }) => agent_id === id).length).toBeLessThanOrEqual(CAPACITY)
    const load = new Map<string, number>()
    for (const [id, state] of await this.#states()) {
      const own = open.filter(({ item_id }) => item_id === id)
      const holders = own.filter(({ accepted_at }) => accepted_at !== null).map(({ agent_id }) => agent_id)
      expect(holders.map((holder) => `running ${holder}`)).toEqual(state.startsWith('running') ? [state] : [])
      // One is asked at a time; a chat that has ended is nobody's.
      expect(own.length - holders.length).toBeLessThanOrEqual(state === 'ended' ? 0 : 1)
      const row = await reader
        .selectFrom('conversations')
        .select(['status', 'agent_id', 'department_id'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      if (state === 'ended') continue
      expect(row).toMatchObject({ status: state === 'queued' ? 'I' : 'T', agent_id: holders[0] ?? null })
      const key = `${row.department_id} ${holders[0] ?? ''}`
      load.set(key, (load.get(key) ?? 0) + 1)
    }
    await this.#assertLoad(load)
    for (const chat of this.chats) expect(await this.#saidIn(chat)).toEqual(chat.said.map(({ text }) => text))
  }

  /** Never below nothing, at any time; and at last what the chats say. */
  async #assertLoad(expected: ReadonlyMap<string, number>): Promise<void> {
    const steps = await desk.app.database.reader
      .selectFrom('load_changes')
      .select(['department_id', 'agent_id', 'delta', 'at'])
      .where('service', '=', 'chats')
      .where('department_id', 'in', this.departments)
      .orderBy('at')
      .execute()
    const levels = new Map<string, number>()
    for (const [n, { department_id, agent_id, delta, at: when }] of steps.entries()) {
      const key = `${department_id} ${agent_id}`
      levels.set(key, (levels.get(key) ?? 0) + delta)
      // What happens in one instant has no order.
      if (steps[n + 1]?.at !== when) for (const level of levels.values()) expect(level).toBeGreaterThanOrEqual(0)
    }
    expect(new Map([...levels].filter(([, level]) => level !== 0))).toEqual(expected)
  }

  async #saidIn({ id }: Known): Promise<string[]> {
    const rows = await desk.app.database.reader
      .selectFrom('messages')
      .select('body')
      .where('conversation_id', '=', id)
      .where('rtype', '=', 'M')
      .orderBy('seq')
      .execute()
    return rows.map(({ body }) => body)
  }

  /** Everything ends; what was counted is what was seen. */
  async finish(): Promise<void> {
    const isOpen: boolean[] = []
    for (const chat of this.chats) {
      isOpen.push(chat.ended)
      const end = (tx: Tx) => endOwnChat(tx, { id: chat.visitor }, chat.id, this.now)
      await desk.app.database.write(end)
      await desk.app.database.write(end)
      chat.ended = true
    }
    await this.assertInvariants()
    for (const chat of this.chats) await this.#assertCounted(chat)
  }

  async #assertCounted(chat: Known): Promise<void> {
    const { reader } = desk.app.database
    const facts = await reader
      .selectFrom('facts')
      .select(['kind', 'agent_id', 'seconds'])
      .where('conversation_id', '=', chat.id)
      .orderBy('seq')
      .execute()
    const of = (kind: string) => facts.filter((fact) => fact.kind === kind)
    const answers = chat.said.filter(({ by }) => by === 'agent')
    expect(of('chat_started')).toHaveLength(1)
    expect(of('chat_accepted').map(({ seconds }) => seconds)).toEqual(
      chat.accepted === undefined ? [] : [Math.floor(chat.accepted / 1_000) - Math.floor(chat.started / 1_000)],
    )
    expect(of('chat_answer').map(({ agent_id }) => agent_id)).toEqual(answers.map(({ who }) => who))
    expect(of('chat_answered').map(({ agent_id }) => agent_id)).toEqual(answers.slice(0, 1).map(({ who }) => who))
    expect(of('chat_ended')).toHaveLength(1)
    expect(of('chat_unanswered')).toHaveLength(answers.length === 0 ? 1 : 0)
    expect(of('chat_talked')).toHaveLength(chat.accepted === undefined ? 0 : 1)
    const missed = await reader
      .selectFrom('offers')
      .select('agent_id')
      .where('item_id', '=', chat.id)
      .where('outcome', 'in', ['declined', 'rung-out', 'left'])
      .execute()
    expect(
      of('chat_offer_missed')
        .map(({ agent_id }) => agent_id)
        .sort(),
    ).toEqual(missed.map(({ agent_id }) => agent_id).sort())
    const { status } = await reader
      .selectFrom('conversations')
      .select('status')
      .where('id', '=', chat.id)
      .executeTakeFirstOrThrow()
    // Put back into the queue after the last words of an agent, the visitor waits as if he had asked again.
    const wasQueued = await this.#isQueuedSinceWords(chat.id)
    const isAnswered = chat.said.at(-1)?.by === 'agent' && !wasQueued
    expect(status).toBe(answers.length === 0 ? 'N' : isAnswered ? 'A' : 'C')
  }

  async #isQueuedSinceWords(id: string): Promise<boolean> {
    const last = await desk.app.database.reader
      .selectFrom('events')
      .select('type')
      .where('conversation_id', '=', id)
      .where('type', 'in', ['chat.message', 'chat.queued'])
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    return last?.type === 'chat.queued'
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index]
  if (found === undefined) throw new Error(`there is no number ${index}`)
  return found
}

test('any history of chats keeps every promise', { timeout: 240_000 }, async () => {
  await aVisitor(desk)
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 20, maxLength: 90 }), async (steps) => {
      const world = await World.make()
      for (const [n, step] of steps.entries()) {
        await world.step(step)
        if (n % 5 === 0) await world.assertInvariants()
      }
      await world.finish()
    }),
    { numRuns: engine === 'postgres' ? 12 : 40 },
  )
})
