// Presence that is loaded in bulk leaves the same stretches as connecting for each shift.
import { afterEach, describe, expect, test } from 'vitest'
import { dumpPresence } from '../../test/demo/dump.ts'
import { beOnlineByHand } from '../../test/demo/play.ts'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { type Cast, makeCast } from './cast.ts'
import { staffOf } from './history.ts'
import { agents, departments } from './people.ts'
import { loadPresence } from './presence.ts'
import { isHoliday, shiftsOf } from './shifts.ts'
import { storeHere } from './stores.ts'
import { teamFor } from './team.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const UNTIL = Date.UTC(2026, 5, 17, 14, 30, 11, 250)
const options = { seed: 1, conversations: 40, until: UNTIL, zone: 'Europe/London', isShort: false, portionSize: 900 }

const desks: TestDesk[] = []
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close()
})

async function aDeskWithCast(): Promise<{ desk: TestDesk; cast: Cast }> {
  const desk = await newDesk()
  desks.push(desk)
  const cast = await desk.app.database.write((tx) => makeCast(tx, agents, null))
  // Some agents: the others are more of the same.
  return { desk, cast: { ...cast, agents: cast.agents.slice(0, 3) } }
}

const stretchesOf = (desk: TestDesk) => dumpPresence(desk.app.database.reader)

describe('shifts', () => {
  test('are whole seconds, in order, apart, and end with the history', () => {
    const staff = staffOf(options)
    for (const [agent] of agents.entries()) {
      const shifts = staff.shiftsUntil(agent, UNTIL)
      expect(shifts.length).toBeGreaterThan(300)
      const instants = shifts.flatMap(({ from, before }) => [from, before])
      for (const [place, instant] of instants.entries()) {
        expect(instant % 1_000).toBe(0)
        expect(instant).toBeGreaterThan(instants[place - 1] ?? UNTIL - 365 * DAY - 1_000)
      }
      expect(instants.at(-1)).toBeLessThanOrEqual(UNTIL)
    }
  })

  test('keep to the clocks of the zone, also when these change', () => {
    for (const zone of ['Europe/London', 'America/New_York', 'Asia/Kolkata']) {
      const wall = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' })
      for (const { from } of shiftsOf(2, zone, UNTIL - 365 * DAY, UNTIL)) {
        expect(Number(wall.format(from))).toBeGreaterThanOrEqual(6)
        expect(Number(wall.format(from))).toBeLessThan(18)
      }
    }
  })

  test('leave nobody at work on holidays, all departments staffed on other weekdays', () => {
    const all = agents.map((_, agent) => shiftsOf(agent, 'GMT', UNTIL - 365 * DAY, UNTIL))
    const atWork = (at: number): number[] =>
      all.flatMap((shifts, agent) => (shifts.some(({ from, before }) => from <= at && at < before) ? [agent] : []))
    for (let noon = UNTIL - 364 * DAY; noon < UNTIL; noon += DAY) {
      const eleven = Math.floor(noon / DAY) * DAY + 11 * HOUR
      const there = atWork(eleven)
      const isWeekend = [0, 6].includes(new Date(eleven).getUTCDay())
      if (isHoliday(Math.floor(eleven / DAY))) expect(there).toEqual([])
      else if (!isWeekend) expect(there.length).toBeGreaterThan(1)
    }
  })

  test('are known behind the end of a history, also of who is on holiday then', () => {
    for (let day = 0; day < 182; day += 4) {
      const until = UNTIL + day * DAY
      const staff = staffOf({ ...options, until })
      for (const [agent] of agents.entries())
        expect(staff.atWorkUntil(agent, staff.nextAtWork(agent, until))).toBeDefined()
    }
  })

  test('stay the same when the team grows', () => {
    const large = staffOf({ ...options, conversations: 1_000_000 })
    for (const [agent] of agents.entries())
      expect(large.shiftsUntil(agent, UNTIL)).toEqual(staffOf(options).shiftsUntil(agent, UNTIL))
  })
})

describe('a team', () => {
  test('of any size has a name for everybody, and somebody for every department, telephone and chat', () => {
    for (const conversations of [1, 30_000, 1_000_000, 20_000_000]) {
      const team = teamFor(conversations)
      const names = team.map(({ firstname, lastname }) => `${firstname} ${lastname}`)
      expect(new Set(names).size).toBe(team.length)
      expect(names.join()).not.toContain('undefined')
      const staff = staffOf({ ...options, conversations })
      for (const [department] of departments.entries())
        for (const service of ['M', 'P', 'T'] as const)
          expect(staff.agentsFor(department, service).length).toBeGreaterThan(1)
    }
    expect(teamFor(100_000)).toHaveLength(agents.length)
    expect(teamFor(1_000_000)).toHaveLength(agents.length + 9)
    // Or as many as somebody asks for, whatever they have to do.
    expect(teamFor(100_000, agents.length + 9)).toEqual(teamFor(1_000_000))
  })
})

describe('presence that is loaded in bulk', () => {
  test('has the rows of connecting and disconnecting, shift by shift', async () => {
    const { desk, cast } = await aDeskWithCast()
    await loadPresence(desk.app.database.reader, cast, storeHere(desk.app.database), options)
    const live = await aDeskWithCast()
    const since = UNTIL - 12 * DAY
    for (const [agent, { id }] of live.cast.agents.entries()) {
      const shifts = staffOf(options).shiftsUntil(agent, UNTIL)
      const last = shifts.filter(({ from }) => from > since)
      await beOnlineByHand(live.desk, id, last)
    }
    const byHand = await stretchesOf(live.desk)
    const bulk = (await stretchesOf(desk)).filter(({ from_at }) => Number(from_at) > since)
    expect(byHand.length).toBeGreaterThan(100)
    expect(bulk).toEqual(byHand)
  })

  test('adds nothing to what is recorded, and goes on behind it', async () => {
    const { desk, cast } = await aDeskWithCast()
    const { database } = desk.app
    const earlier = { ...options, until: UNTIL - 2 * DAY - 3 * HOUR }
    await loadPresence(database.reader, cast, storeHere(database), earlier)
    const before = await stretchesOf(desk)
    await loadPresence(database.reader, cast, storeHere(database), earlier)
    expect(await stretchesOf(desk)).toEqual(before)
    await loadPresence(database.reader, cast, storeHere(database), options)
    const rows = await stretchesOf(desk)
    expect(rows.length).toBeGreaterThan(before.length)
    const byKey = Map.groupBy(rows, (row) => `${row.agent_id} ${row.department_id} ${row.service}`)
    for (const stretches of byKey.values()) {
      const ordered = stretches.toSorted((a, b) => Number(a.from_at) - Number(b.from_at))
      for (const [place, { from_at }] of ordered.entries())
        expect(Number(from_at)).toBeGreaterThanOrEqual(Number(ordered[place - 1]?.to_at ?? 0))
    }
  })
})
