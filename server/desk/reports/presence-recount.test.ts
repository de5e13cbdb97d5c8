// Whatever happens to connections, presets and clocks, reports of presence equal a recount second by second.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { PresenceNotes } from '../../../test/presence-notes.ts'
import { type Actor, systemActor } from '../actor.ts'
import { addAgent } from '../agents/agents.ts'
import { addDepartment } from '../departments/departments.ts'
import { beat, connect, disconnect, goOffline, stayOnline, sweepPresence } from '../presence/connections.ts'
import { checkOnlineDays, emptyOnlineDays, rollStretchPortion } from '../presence/online-days.ts'
import { followPresence } from '../presence/stretches.ts'
import { agentsAvailabilityReport } from './agents-availability.ts'
import { ratio } from './figures.ts'
import type { Scope } from './scope.ts'
import { availabilityReport, letterOf, slotsIn } from './slots.ts'
import { worktimes } from './worktime.ts'

const HOUR = 3_600_000
const START = Date.UTC(2025, 5, 11, 11, 40)
const PATIENCE = { interruptAfterTimeLimit: 25_000 }

let desk: TestDesk
const departments = ['default']
const agents: string[] = []
beforeAll(async () => {
  desk = await newDesk()
  await desk.app.database.write(async (tx) => {
    for (const name of ['Sales', 'Elsewhere']) departments.push((await addDepartment(tx, systemActor, { name })).id)
    for (const name of ['one', 'two']) {
      const draft = { email: `${name}@desk.test`, firstname: name, lastname: 'Agent', role: 'A' }
      agents.push((await addAgent(tx, systemActor, draft)).id)
    }
  })
})
afterAll(() => desk.close())

const step = fc.record({
  what: fc.constantFrom(
    ...(['connect', 'connect', 'beat', 'beat', 'beat', 'disconnect', 'crash', 'presets'] as const),
    ...(['leave', 'call', 'offline', 'sweep', 'roll'] as const),
  ),
  agent: fc.nat({ max: 1 }),
  department: fc.nat({ max: 2 }),
  letters: fc.constantFrom('', 'T', 'M', 'TM', 'PRT'),
  number: fc.nat({ max: 300 }),
  // Mostly a moment; at times long enough for a connection to be lost; at times the clock is set.
  passes: fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 20_000 }) },
    { weight: 2, arbitrary: fc.nat({ max: 120_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -2 * HOUR, max: 2 * HOUR }) },
    { weight: 1, arbitrary: fc.constantFrom(-72 * HOUR, 72 * HOUR) },
  ),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

class History {
  now = START
  readonly notes = agents.map(() => new PresenceNotes())
  /** Live connections in the order in which they were made; those of a dead process never beat again. */
  readonly live: { id: string; agent: number; isDead: boolean }[] = []

  async play({ what, agent, department, letters, number, passes }: Step): Promise<void> {
    this.now += passes
    const { now } = this
    const notes = this.notes[agent] ?? new PresenceNotes()
    const agentId = agents[agent] ?? ''
    const { write } = desk.app.database
    const around = (change: () => void): void => {
      notes.before(now)
      change()
      notes.after(now)
    }
    if (what === 'connect') {
      const id = await write((tx) => connect(tx, agentId, 'p1', now))
      around(() => notes.connections.set(id, { kind: 'live', seen: now, expires: now + 45_000 }))
      this.live.push({ id, agent, isDead: false })
    } else if (what === 'beat') {
      const ids = this.live.filter(({ isDead }) => !isDead).map(({ id }) => id)
      const known = new Set(this.notes.flatMap(({ connections }) => [...connections.keys()]))
      expect(await write((tx) => beat(tx, ids, now))).toEqual(ids.filter((id) => !known.has(id)))
      this.notes.forEach((each) => {
        const own = ids.filter((id) => each.connections.has(id))
        if (own.length === 0) return
        const wasLate = own.some((id) => {
          const one = each.connections.get(id)
          return one && !(now < one.expires && now >= one.seen - 45_000)
        })
        if (wasLate) each.before(now)
        for (const id of own) each.connections.set(id, { kind: 'live', seen: now, expires: now + 45_000 })
        if (wasLate) each.after(now)
      })
    } else if (what === 'disconnect' || what === 'crash') {
      const one = this.live[number % Math.max(1, this.live.length)]
      if (!one) return
      one.isDead = true
      if (what === 'crash') return
      const theirs = this.notes[one.agent]
      await write((tx) => disconnect(tx, one.id, now))
      if (!theirs?.connections.has(one.id)) return
      theirs.before(now)
      theirs.connections.delete(one.id)
      theirs.after(now)
    } else if (what === 'presets') {
      const departmentId = departments[department] ?? ''
      const row = { agent_id: agentId, department_id: departmentId, preset_status: letters }
      await write(async (tx) => {
        await tx
          .insertInto('department_agents')
          .values(row)
          .onConflict((conflict) => conflict.columns(['department_id', 'agent_id']).doUpdateSet(row))
          .execute()
        await followPresence(tx, [agentId], now)
      })
      around(() => notes.presets.set(departmentId, letters))
    } else if (what === 'leave') {
      const departmentId = departments[department] ?? ''
      await write(async (tx) => {
        const rows = tx.deleteFrom('department_agents').where('agent_id', '=', agentId)
        await rows.where('department_id', '=', departmentId).execute()
        await followPresence(tx, [agentId], now)
      })
      around(() => notes.presets.delete(departmentId))
    } else if (what === 'call') {
      await write((tx) => stayOnline(tx, agentId, number + 1, now))
      around(() => notes.connections.set('call', { kind: 'call', seen: now, expires: now + (number + 1) * 1_000 }))
    } else if (what === 'offline') {
      await write((tx) => goOffline(tx, agentId, now))
      notes.before(now)
      if (notes.connections.delete('call')) notes.after(now)
    } else if (what === 'roll') await rollSome((number % 5) + 1)
    else {
      await write((tx) => sweepPresence(tx, now))
      for (const each of this.notes) each.sweep(now)
    }
  }
}

/** Adds up some of the stretches that have ended. */
const rollSome = (portion: number): Promise<unknown> =>
  desk.app.database.write(async (tx) => {
    const last = await tx
      .selectFrom('online_stretches')
      .select('seq')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    await rollStretchPortion(tx, last?.seq ?? 0, portion)
  })

/** Whether an agent was online for a service in any of these departments, by second. */
const isOnlineAt = (seconds: Map<string, Set<number>>, departmentIds: readonly string[], letters: string) => {
  const sets = departmentIds.flatMap((id) => [...letters].flatMap((letter) => seconds.get(`${id} ${letter}`) ?? []))
  return (second: number): boolean => sets.some((set) => set.has(second))
}

const count = (from: number, before: number, holds: (second: number) => boolean): number => {
  let counted = 0
  for (let second = from / 1_000; second < before / 1_000; second++) if (holds(second)) counted++
  return counted
}

/** What agents take in the beginning. */
const atFirst = { default: 'TM', other: 'T' }

async function clear(): Promise<void> {
  await desk.app.database.write(async (tx) => {
    await emptyOnlineDays(tx)
    for (const table of ['presence_connections', 'online_stretches', 'department_agents'] as const)
      await tx.deleteFrom(table).execute()
    for (const agent_id of agents)
      for (const department_id of departments) {
        const preset_status = department_id === 'default' ? atFirst.default : atFirst.other
        await tx.insertInto('department_agents').values({ agent_id, department_id, preset_status }).execute()
      }
  })
}

test('any history of presence is reported as it was', async () => {
  const window = fc.record({ from: fc.integer({ min: -7_200, max: 7_200 }), length: fc.nat({ max: 3 * 3_600 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
      window,
      async (steps, { from, length }) => {
        await clear()
        const history = new History()
        for (const { presets } of history.notes)
          for (const id of departments) presets.set(id, id === 'default' ? atFirst.default : atFirst.other)
        for (const one of steps) await history.play(one)
        const db = desk.app.database.reader
        // The last millisecond of a second: what counts up to and with now ends with it.
        const now = Math.floor(history.now / 1_000) * 1_000 + 999
        const second = now - 999
        const range = { from: second + from * 1_000, before: second + (from + length + 1) * 1_000, zone: 'GMT' }
        const whole = history.notes.map((notes) => notes.seconds(now, second))
        const upToNow = history.notes.map((notes) => notes.seconds(now, now + 1))
        const before = Math.min(range.before, second)

        const stored = await db.selectFrom('online_stretches').selectAll().execute()
        for (const { from_at, to_at } of stored) if (to_at !== null) expect(to_at).toBeGreaterThan(from_at)

        expect(await checkOnlineDays(db)).toEqual([])
        for (const visible of [departments, departments.slice(0, 2), ['default'], []]) {
          const plain: Actor = { kind: 'agent', agentId: 'agent000', role: 'A', departmentIds: visible }
          for (const actor of visible === departments ? [plain, systemActor] : [plain]) {
            const times = await worktimes(db, actor, range, now)
            const expected = whole.map((seconds) => count(range.from, before, isOnlineAt(seconds, visible, 'MPRT')))
            expect(agents.map((id) => times.get(id) ?? 0)).toEqual(expected)
            // A day and more of it, which are added up.
            const days = { from: second - 50 * HOUR, before: second }
            const ofDays = await worktimes(db, actor, days, now)
            const counted = whole.map((seconds) => count(days.from, days.before, isOnlineAt(seconds, visible, 'MPRT')))
            expect(agents.map((id) => ofDays.get(id) ?? 0)).toEqual(counted)
          }
        }

        const scopes: (Scope & { of: number[] })[] = [
          { departmentIds: undefined, agentId: undefined, of: [0, 1] },
          { departmentIds: departments, agentId: undefined, of: [0, 1] },
          { departmentIds: ['default'], agentId: undefined, of: [0, 1] },
          { departmentIds: undefined, agentId: agents[1], of: [1] },
        ]
        for (const scope of scopes) {
          const among = scope.departmentIds ?? departments
          const onlineIn = (all: Map<string, Set<number>>[], letters: string) =>
            scope.of.map((agent) => isOnlineAt(all[agent] ?? new Map(), among, letters))
          for (const service of ['tickets', 'chats'] as const) {
            const hours: { from: number; before: number }[] = []
            for (let at = Math.floor(range.from / HOUR) * HOUR; at < range.before && at <= now; at += HOUR)
              hours.push({ from: at, before: Math.min(at + HOUR, now + 1) })
            const checks = onlineIn(upToNow, letterOf[service])
            const expected = hours.map((hour) => {
              const levels: number[] = []
              for (let at = hour.from; at < hour.before; at += 1_000)
                levels.push(checks.filter((isOnline) => isOnline(at / 1_000)).length)
              const sum = levels.reduce((total, level) => total + level, 0)
              return { min: Math.min(...levels), max: Math.max(...levels), avg: ratio(sum, levels.length) }
            })
            expect(await slotsIn(db, service, scope, hours, now)).toEqual(expected)
          }
          const available = onlineIn(whole, 'T')
          const rows = await availabilityReport(db, 'chats', scope, range, { offset: 0, limit: 100 }, now)
          for (const { hour, seconds, of } of rows) {
            const end = Math.min(hour.before, second)
            expect(seconds).toBe(count(hour.from, end, (at) => available.some((isOnline) => isOnline(at))))
            expect(of).toBe(Math.max(0, (end - hour.from) / 1_000))
          }
          const listed = await agentsAvailabilityReport(db, 'chats', scope, range, { offset: 0, limit: 1_000 }, now)
          const inPages = []
          for (let offset = 0; offset <= listed.length; offset += 2)
            inPages.push(...(await agentsAvailabilityReport(db, 'chats', scope, range, { offset, limit: 2 }, now)))
          expect(inPages).toEqual(listed)
          for (const agent of scope.of)
            for (const department of among) {
              const stretches = listed.filter((row) => row.agentId === agents[agent] && row.departmentId === department)
              const total = stretches.reduce((sum, stretch) => sum + (stretch.before - stretch.from) / 1_000, 0)
              expect(total).toBe(count(range.from, before, isOnlineAt(whole[agent] ?? new Map(), [department], 'T')))
            }
        }
      },
    ),
    { numRuns: 60, ...PATIENCE },
  )
}, 60_000)
