// Steps of everything around conversations: presence, promises, agents and departments, the clock on the wall, adding up.
import { settledNumber } from '../../server/db/settled.ts'
import { systemActor } from '../../server/desk/actor.ts'
import { removeAgent } from '../../server/desk/agents/agents.ts'
import { setDepartmentsOf } from '../../server/desk/agents/membership.ts'
import { setPresets } from '../../server/desk/agents/presets.ts'
import { releaseChats } from '../../server/desk/chats/route.ts'
import { releaseConversations } from '../../server/desk/conversations/assignment.ts'
import { removeDepartment } from '../../server/desk/departments/departments.ts'
import { emptyRollups, rollPortion } from '../../server/desk/metrics/roll.ts'
import { emptyLoadRollups, rollLoadPortion } from '../../server/desk/metrics/roll-load.ts'
import { LEASE_MS } from '../../server/desk/presence/alive.ts'
import {
  beat,
  connect,
  disconnect,
  goOffline,
  stayOnline,
  sweepPresence,
} from '../../server/desk/presence/connections.ts'
import { emptyOnlineDays, rollStretchPortion } from '../../server/desk/presence/online-days.ts'
import { reckonClocks } from '../../server/desk/sla/anew.ts'
import type { BusinessHours } from '../../server/desk/sla/business-hours.ts'
import { changeLevel, removeLevel } from '../../server/desk/sla/levels.ts'
import { emptyClockRollups, rollClockPortion } from '../../server/desk/sla/roll.ts'
import { changeRule } from '../../server/desk/sla/rules.ts'
import type { Done, Life } from './life.ts'
import type { Terms } from './notes.ts'
import { nth } from './nth.ts'
import { type Step, zones } from './steps.ts'

const living = (life: Life) => life.agents.filter(({ isDeleted }) => !isDeleted)

export async function presence(life: Life, step: Step): Promise<Done> {
  const agent = nth(living(life), step.agent)
  const { now } = life
  if (step.action === 'online') {
    const seconds = step.number * 300 + 20
    // A shift begins, or one comes by himself.
    for (const one of step.flag ? living(life) : [agent]) {
      await life.write((tx) => stayOnline(tx, one.id, seconds, now))
      one.presence.change(now, () =>
        one.presence.connections.set('call', { kind: 'call', seen: now, expires: now + seconds * 1_000 }),
      )
    }
  } else if (step.action === 'offline') {
    await life.write((tx) => goOffline(tx, agent.id, now))
    agent.presence.close('call', now)
  } else if (step.action === 'connect') {
    const id = await life.write((tx) => connect(tx, agent.id, 'p1', now))
    agent.presence.change(now, () =>
      agent.presence.connections.set(id, { kind: 'live', seen: now, expires: now + LEASE_MS }),
    )
    life.beating.push(id)
  } else if (step.action === 'beat') {
    await life.write((tx) => beat(tx, life.beating, now))
    for (const one of life.agents) one.presence.beat(life.beating, now)
  } else if (step.action === 'disconnect') {
    const id = life.beating.at(-1 - (step.number % Math.max(1, life.beating.length)))
    if (id === undefined) return {}
    life.beating = life.beating.filter((one) => one !== id)
    // Its process has died: nobody says so.
    if (step.flag) return {}
    await life.write((tx) => disconnect(tx, id, now))
    for (const one of life.agents) if (one.presence.connections.has(id)) one.presence.close(id, now)
  } else {
    while (await life.write((tx) => sweepPresence(tx, now)));
    for (const one of life.agents) one.presence.sweep(now)
  }
  return {}
}

const LETTERS = ['MPRT', 'MPT', 'T', 'MP', 'PT', '', 'M'] as const

export async function presets(life: Life, step: Step): Promise<Done> {
  const agent = nth(living(life), step.agent)
  const chosen = agent.departments.map((departmentId, index) => ({
    departmentId,
    services: nth(LETTERS, step.number + index * 3),
  }))
  await life.write((tx) => setPresets(tx, systemActor, agent.id, chosen))
  agent.presence.change(life.now, () => {
    agent.presence.presets = new Map(chosen.map(({ departmentId, services }) => [departmentId, services]))
  })
  return {}
}

export async function membership(life: Life, step: Step): Promise<Done> {
  const agent = nth(living(life), step.agent)
  const there = life.departments.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id)
  const wanted = there.filter((_, index) => (step.number >> index) % 2 === 0)
  await life.write((tx) => setDepartmentsOf(tx, agent.id, wanted))
  const gone = agent.departments.filter((id) => !wanted.includes(id))
  agent.departments = wanted
  if (gone.length > 0)
    agent.presence.change(life.now, () => {
      for (const id of gone) agent.presence.presets.delete(id)
    })
  return {}
}

const WEEKS: readonly BusinessHours['week'][] = [
  [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' })),
  [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '24:00' })),
  [6, 7, 1].flatMap((day) => [
    { day, from: '01:15', to: '04:45' },
    { day, from: '13:00', to: '22:07' },
  ]),
  [],
]
const SECONDS = [null, 60, 900, 5_400, 36_000, 200_000]

export const termsOf = (number: number): Terms => ({
  hours: {
    zone: nth(zones, number),
    week: nth(WEEKS, number >> 1),
    holidays: number % 3 === 0 ? ['2025-10-27', '12-31', '2025-03-31'] : [],
  },
  targets: {
    tickets: { first: nth(SECONDS, number), next: nth(SECONDS, number >> 1) },
    chats: { first: nth(SECONDS, number >> 2), next: nth(SECONDS, number >> 3) },
    calls: { first: nth(SECONDS, number >> 3), next: nth(SECONDS, number >> 1) },
  },
})

export async function level(life: Life, step: Step): Promise<Done> {
  const [id, before] = nth([...life.levels], step.other)
  if (!before) return {}
  const terms = termsOf(step.number)
  await life.write((tx) => changeLevel(tx, systemActor, id, terms))
  life.levels.set(id, terms)
  await reckonClocks(life.desk.app.database, id)
  return {}
}

export async function dropLevel(life: Life, step: Step): Promise<Done> {
  const left = [...life.levels].filter(([, terms]) => terms !== undefined)
  if (left.length < 2) return {}
  const [id] = nth(left, step.other)
  await life.write((tx) => removeLevel(tx, systemActor, id))
  life.levels.set(id, undefined)
  await reckonClocks(life.desk.app.database, id)
  return {}
}

export async function rule(life: Life, step: Step): Promise<Done> {
  const conditions = nth(
    [
      { tags: [nth(life.tags, step.tag).id] },
      { departments: [nth(life.departments, step.department).id] },
      { channels: ['E', 'C', 'B'] },
      { priorities: ['high' as const] },
      {},
    ],
    step.number,
  )
  await life.write((tx) => changeRule(tx, systemActor, nth(life.rules, step.other), { conditions }))
  return {}
}

export async function dropAgent(life: Life, step: Step): Promise<Done> {
  const left = living(life)
  if (left.length < 3) return {}
  const agent = nth(left, step.agent)
  await life.write((tx) => removeAgent(tx, systemActor, agent.id))
  agent.isDeleted = true
  agent.departments = []
  agent.presence.change(life.now, () => {
    agent.presence.connections.clear()
    agent.presence.presets.clear()
  })
  while (await life.write((tx) => releaseChats(tx, agent.id, life.now)));
  while (await life.write((tx) => releaseConversations(tx, agent.id)));
  return { reach: 'wide', missed: 'no' }
}

export async function dropDepartment(life: Life, step: Step): Promise<Done> {
  const one = nth(life.departments, step.department)
  await life.write((tx) => removeDepartment(tx, systemActor, one.id))
  one.isDeleted = true
  for (const agent of life.agents.filter(({ departments }) => departments.includes(one.id))) {
    agent.departments = agent.departments.filter((id) => id !== one.id)
    agent.presence.change(life.now, () => agent.presence.presets.delete(one.id))
  }
  return {}
}

export async function zone(life: Life, step: Step): Promise<Done> {
  life.zone = nth(zones, step.number)
  const { status, text } = await life.desk.v3('PATCH', 'settings', { timezone: life.zone })
  if (status !== 200) throw new Error(text)
  return {}
}

/** Some of what has happened is added up: of each kind as many numbers as it comes to. */
export async function roll(life: Life, step: Step): Promise<Done> {
  const db = life.desk.app.database.reader
  const facts = (await settledNumber(db, 'facts')) ?? 0
  const load = (await settledNumber(db, 'load_changes')) ?? 0
  const clocks = (await settledNumber(db, 'sla_clocks')) ?? 0
  const stretches = (await settledNumber(db, 'online_stretches')) ?? 0
  await life.write(async (tx) => {
    await rollPortion(tx, facts, step.number % 37)
    await rollLoadPortion(tx, load, step.number % 23)
    await rollClockPortion(tx, clocks, step.number % 5)
    await rollStretchPortion(tx, stretches, step.number % 19)
  })
  return {}
}

export async function rebuild(life: Life): Promise<Done> {
  await life.write(async (tx) => {
    await emptyRollups(tx)
    await emptyLoadRollups(tx)
    await emptyClockRollups(tx)
    await emptyOnlineDays(tx)
  })
  return {}
}
