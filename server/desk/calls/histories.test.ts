// Whatever happens to calls, in whatever order: what is stored stays in one piece, and what is counted equals a recount from
// notes that were taken beside the desk.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { departmentCounts } from '../../../test/moves.ts'
import type { Tx } from '../../db/write.ts'
import { Refusal } from '../../lib/errors.ts'
import { systemActor } from '../actor.ts'
import { addAgent } from '../agents/agents.ts'
import { setPresets } from '../agents/presets.ts'
import { getConversationForChange } from '../conversations/conversation.ts'
import { changeStatus } from '../conversations/status.ts'
import { addDepartment } from '../departments/departments.ts'
import { goOffline, stayOnline } from '../presence/connections.ts'
import { answerCall } from './answer.ts'
import type { Call } from './call.ts'
import { stopCall } from './end.ts'
import { startInternal, startOutgoing } from './make.ts'
import { declineCall, ringCall } from './ring.ts'
import { routeCalls } from './route.ts'
import { startIncoming } from './start.ts'
import { transferCall } from './transfer.ts'

const SECOND = 1_000
let desk: TestDesk
let departments: string[]
let agents: string[]
beforeAll(async () => {
  desk = await newDesk()
  await desk.app.database.write(async (tx) => {
    departments = []
    agents = []
    for (const name of ['one', 'two']) departments.push((await addDepartment(tx, systemActor, { name })).id)
    for (const name of ['ada', 'bob', 'cem']) {
      const draft = { email: `${name}@desk.test`, firstname: name, lastname: 'Agent', role: 'A' }
      const { id } = await addAgent(tx, systemActor, { ...draft, departmentIds: departments })
      // Cem takes calls in one of them only.
      const takes = name === 'cem' ? departments.slice(0, 1) : departments
      await setPresets(
        tx,
        systemActor,
        id,
        takes.map((departmentId) => ({ departmentId, services: 'P' })),
      )
      agents.push(id)
    }
  })
})
afterAll(() => desk.close())

const kinds = [
  'incoming',
  'incoming',
  'incoming',
  'outgoing',
  'internal',
  'answer',
  'answer',
  'answer',
  'decline',
  'ring',
  'ringHim',
  'toAgent',
  'toDepartment',
  'attended',
  'stop',
  'stop',
  'stopEarlier',
  'route',
  'route',
  'online',
  'offline',
  'close',
] as const
const step = fc.record({
  kind: fc.constantFrom(...kinds),
  which: fc.nat({ max: 3 }),
  agent: fc.nat({ max: 2 }),
  department: fc.nat({ max: 1 }),
  /** Seconds since the step before. */
  pause: fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: 40 }), fc.nat({ max: 3_600 })),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** What makes an agent miss what rings at him. All else takes it away from him. */
const MISSING: readonly Step['kind'][] = ['decline', 'route', 'stop', 'stopEarlier']

interface Noted {
  id: string
  conversationId: string
  direction: string
  /** Whether somebody was online when it came. */
  wasOnline: boolean
  /** What was seen of it: from when on it was what. */
  seen: { at: number; state: string; agentId: string | null }[]
  /** Agents at whom it rang until they refused, it had rung long enough, or the caller hung up. */
  missed: string[]
  /** Somebody has put its conversation somewhere else. */
  isClosed: boolean
}

const nth = <T>(all: readonly T[], n: number): T => {
  const one = all[n % all.length]
  if (one === undefined) throw new Error('there is none')
  return one
}

class Play {
  at: number
  readonly calls: Noted[] = []
  readonly online = new Set<string>()
  /** Offers that rang when we last looked. */
  #ringing = new Set<number>()
  constructor(at: number) {
    this.at = at
  }

  async play(step: Step): Promise<void> {
    this.at += step.pause * SECOND
    try {
      await desk.app.database.write((tx) => this.#do(tx, step))
    } catch (error) {
      // Refused: it must have changed nothing, which the checks after it see.
      if (!(error instanceof Refusal)) throw error
    }
    await this.see(step.kind)
  }

  async #do(tx: Tx, { kind, which, ...picks }: Step): Promise<void> {
    const now = this.at
    const agent = nth(agents, picks.agent)
    const department = nth(departments, picks.department)
    if (kind === 'online') {
      await stayOnline(tx, agent, 10_000_000, now)
      this.online.add(agent)
    } else if (kind === 'offline') {
      await goOffline(tx, agent, now)
      this.online.delete(agent)
    } else if (kind === 'route') while (await routeCalls(tx, now));
    else if (kind === 'incoming')
      this.#note(
        await startIncoming(tx, systemActor, { caller: `+1 555 03${which}`, department, now }),
        this.#takes(department),
      )
    else if (kind === 'outgoing')
      this.#note(await startOutgoing(tx, systemActor, { callee: `+1 555 03${which}`, agent, now }), true)
    else if (kind === 'internal')
      this.#note(await startInternal(tx, systemActor, { agent, target: nth(agents, picks.agent + 1), now }), true)
    else if (this.calls.length > 0) await this.#doTo(tx, nth(this.calls.slice(-4), which), kind, agent, department)
  }

  #takes(department: string): boolean {
    return [...this.online].some((agent) => agent !== agents[2] || department === departments[0])
  }

  async #doTo(tx: Tx, noted: Noted, kind: (typeof kinds)[number], agent: string, department: string): Promise<void> {
    const { id } = noted
    const now = this.at
    if (kind === 'answer')
      await answerCall(tx, systemActor, id, { agent: noted.direction === 'outgoing' ? undefined : agent, now })
    else if (kind === 'decline') await declineCall(tx, systemActor, id, { agent, now })
    else if (kind === 'ring') await ringCall(tx, systemActor, id, { now })
    else if (kind === 'ringHim') await ringCall(tx, systemActor, id, { agent, now })
    else if (kind === 'toAgent') await transferCall(tx, systemActor, id, { agent, now })
    else if (kind === 'toDepartment') await transferCall(tx, systemActor, id, { department, now })
    else if (kind === 'attended') await transferCall(tx, systemActor, id, { agent, isAttended: true, now })
    else if (kind === 'stop') await stopCall(tx, systemActor, id, { by: 'caller', now })
    else if (kind === 'stopEarlier') await stopCall(tx, systemActor, id, { by: 'caller', at: now - 3 * SECOND, now })
    else {
      const conversation = await getConversationForChange(tx, systemActor, noted.conversationId)
      if (conversation.status === 'R') return
      await changeStatus(tx, conversation, { status: 'R', userId: agent, agentId: agent, at: now })
      noted.isClosed = true
    }
  }

  #note(call: Call, wasOnline: boolean): void {
    const seen = [{ at: this.at, state: call.state, agentId: call.agent_id }]
    this.calls.push({
      id: call.id,
      conversationId: call.conversation_id,
      direction: call.direction,
      wasOnline,
      seen,
      missed: [],
      isClosed: false,
    })
  }

  /** Looks at every call after a step. */
  async see(kind: Step['kind']): Promise<void> {
    const offers = await desk.app.database.reader.selectFrom('offers').selectAll().execute()
    for (const { seq, item_id, agent_id, accepted_at, ended_at } of offers)
      if (this.#ringing.has(seq) && ended_at !== null && accepted_at === null && MISSING.includes(kind))
        this.calls.find(({ id }) => id === item_id)?.missed.push(agent_id)
    this.#ringing = new Set(offers.flatMap((one) => (one.ended_at === null && one.accepted_at === null ? one.seq : [])))
    const rows = await desk.app.database.reader.selectFrom('calls').selectAll().execute()
    for (const noted of this.calls) {
      const row = rows.find(({ id }) => id === noted.id)
      const last = noted.seen.at(-1)
      if (!row || !last || (row.state === last.state && row.agent_id === last.agentId)) continue
      noted.seen.push({ at: row.ended_at ?? this.at, state: row.state, agentId: row.agent_id })
    }
  }
}

/** Seconds in which a call was seen to be talked. */
const talkOf = ({ seen }: Noted): number =>
  seen.reduce((sum, { at, state }, n) => sum + (state === 'talking' ? ((seen[n + 1]?.at ?? at) - at) / SECOND : 0), 0)

async function check(play: Play): Promise<void> {
  const db = desk.app.database.reader
  const calls = await db.selectFrom('calls').selectAll().execute()
  const offers = await db.selectFrom('offers').selectAll().execute()
  for (const call of calls) {
    const open = offers.filter(({ item_id, ended_at }) => item_id === call.id && ended_at === null)
    const holders = open.filter(({ accepted_at }) => accepted_at !== null)
    const isMade = call.direction !== 'incoming'
    expect(holders.length).toBe(
      call.state === 'ended'
        ? 0
        : call.direction === 'internal' && call.state === 'talking'
          ? 2
          : isMade || call.state === 'talking'
            ? 1
            : 0,
    )
    expect(call.taken_at !== null).toBe(call.state === 'talking')
    if (call.direction === 'incoming' && call.state !== 'talking')
      expect(open.length > 0).toBe(call.state === 'ringing')
    if (call.state === 'ended' || call.state === 'offline') expect(open).toEqual([])
    expect(call.talked).toBeGreaterThanOrEqual(0)
    expect(call.ended_at ?? Infinity).toBeGreaterThanOrEqual(call.answered_at ?? call.started_at)
    const noted = play.calls.find(({ id }) => id === call.id)
    if (!noted || noted.isClosed || call.state === 'ended') continue
    const { status } = await db
      .selectFrom('conversations')
      .select('status')
      .where('id', '=', call.conversation_id)
      .executeTakeFirstOrThrow()
    const wanted =
      call.state === 'offline' ? 'N' : call.state === 'talking' || call.direction === 'outgoing' ? 'P' : 'I'
    expect(status).toBe(wanted)
  }
  await checkLoad()
}

/** At no instant less than nothing. */
async function checkLoad(): Promise<Record<string, number>> {
  const steps = await desk.app.database.reader
    .selectFrom('load_changes')
    .selectAll()
    .where('service', '=', 'calls')
    .execute()
  const instants = new Map<number, typeof steps>()
  for (const one of steps) instants.set(one.at, [...(instants.get(one.at) ?? []), one])
  const level: Record<string, number> = {}
  for (const [, together] of [...instants].sort(([a], [b]) => a - b)) {
    for (const { department_id, agent_id, delta } of together) {
      const place = `${department_id} ${agent_id}`
      level[place] = (level[place] ?? 0) + delta
    }
    for (const value of Object.values(level)) expect(value).toBeGreaterThanOrEqual(0)
  }
  return level
}

async function checkEnd(play: Play): Promise<void> {
  expect(Object.values(await checkLoad()).filter((value) => value !== 0)).toEqual([])
  const db = desk.app.database.reader
  const facts = await db.selectFrom('facts').selectAll().execute()
  for (const noted of play.calls) {
    const own = facts.filter(
      ({ conversation_id, kind }) => conversation_id === noted.conversationId && kind.startsWith('call_'),
    )
    const wasAnswered = noted.seen.some(({ state }) => state === 'talking')
    const started = noted.seen[0]?.at ?? 0
    const answered = noted.seen.find(({ state }) => state === 'talking')
    const last = noted.seen.at(-1)?.agentId ?? null
    const made = { outgoing: 'call_out', internal: 'call_internal' }[noted.direction]
    const wanted =
      made !== undefined
        ? wasAnswered
          ? [[made, last, talkOf(noted)]]
          : []
        : [
            ['call_started', null, null],
            ...noted.missed.map((agentId) => ['call_offer_missed', agentId, null]),
            // Exactly one of these three.
            wasAnswered
              ? ['call_ended', last, talkOf(noted)]
              : noted.wasOnline
                ? ['call_unanswered', null, null]
                : ['call_offline', null, null],
            ...(answered ? [['call_answered', answered.agentId, (answered.at - started) / SECOND]] : []),
          ]
    const text = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort()
    expect(text(own.map(({ kind, agent_id, seconds }) => [kind, agent_id, seconds]))).toEqual(text(wanted))
    const conversation = await db
      .selectFrom('conversations')
      .selectAll()
      .where('id', '=', noted.conversationId)
      .executeTakeFirstOrThrow()
    const isWaiting = noted.seen.at(-2)?.state !== 'talking'
    const status = noted.isClosed
      ? 'R'
      : noted.direction === 'internal'
        ? 'L'
        : noted.direction === 'outgoing'
          ? 'A'
          : !wasAnswered
            ? 'N'
            : isWaiting
              ? 'C'
              : 'A'
    expect(conversation.status).toBe(status)
    if (!noted.isClosed) expect(conversation.waiting_since !== null).toBe(status === 'N' || status === 'C')
  }
  const { kept, counted } = await departmentCounts(desk)
  expect(kept).toEqual(counted)
}

const clear = (): Promise<void> =>
  desk.app.database.write(async (tx) => {
    for (const table of [
      'facts',
      'load_changes',
      'load_stays',
      'calls',
      'offers',
      'agent_turns',
      'jobs',
      'messages',
      'message_groups',
      'conversations',
      'department_counts',
      'presence_connections',
      'online_stretches',
    ] as const)
      await tx.deleteFrom(table).execute()
  })

test('random lives of calls leave nothing in two places, and count what was seen', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 45, size: 'max' }), async (steps) => {
      await clear()
      const play = new Play(Date.UTC(2026, 0, 5, 8))
      for (const agent of [0, 1]) await play.play({ kind: 'online', which: 0, agent, department: 0, pause: 0 })
      for (const one of steps) {
        await play.play(one)
        await check(play)
      }
      play.at += SECOND
      await desk.app.database.write(async (tx) => {
        for (const { id } of play.calls) await stopCall(tx, systemActor, id, { by: 'caller', now: play.at })
      })
      await play.see('stop')
      await check(play)
      await checkEnd(play)
    }),
    { numRuns: 60, interruptAfterTimeLimit: 60_000 },
  )
})
