// Random answered clocks, some of them added up, against a recount that looks at each of them.
import fc from 'fast-check'
import { type Insertable, sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { insertRows } from '../../db/prepared.ts'
import { localText } from '../../lib/zone.ts'
import { systemActor } from '../actor.ts'
import { checkClocks } from '../sla/check.ts'
import { emptyClockRollups, rollClockPortion, rollClocks } from '../sla/roll.ts'
import type { SlaClockRow } from '../sla/tables.ts'
import { complianceByDay } from './sla.ts'
import { listAnsweredClocks } from './sla-log.ts'
import type { SlaScope } from './sla-scope.ts'

let desk: TestDesk
let conversationId: string
let departmentIds: string[]
let levelIds: string[]
beforeAll(async () => {
  desk = await newDesk()
  departmentIds = ['default', (await desk.v3('POST', 'departments', { name: 'Sales' })).body.departmentid]
  levelIds = []
  for (const name of ['Gold', 'Silver'])
    levelIds.push(
      (await desk.v3('POST', 'slalevels', { name, hours: { zone: 'GMT', week: [], holidays: [] }, targets: {} })).body
        .slalevelid,
    )
  const { body } = await desk.v1('POST', 'conversations', {
    message: 'Help!',
    useridentifier: 'anna@example.com',
    department: 'default',
    subject: 'Help',
    recipient: 'support@desk.test',
  })
  conversationId = body.conversationid
  customerIds[0] = (await desk.v3('GET', `conversations/${conversationId}`)).body.owner.contactid
})
afterAll(() => desk.close())

const customerIds = ['', 'gone0000']
const agentIds = ['agent000', 'agent111', 'agent222']
const BEGIN = Date.parse('2026-03-27T00:00:00Z')
const HOUR = 3_600_000

const clock = fc.record({
  service: fc.constantFrom('tickets' as const, 'chats' as const),
  department: fc.nat(1),
  agent: fc.nat(2),
  level: fc.nat(1),
  customer: fc.nat(1),
  closed_at: fc.integer({ min: 0, max: 80 * HOUR }).map((later) => BEGIN + later),
  outcome: fc.constantFrom('met', 'late', 'void', null),
  seconds: fc.integer({ min: 0, max: 5_000 }),
})
const optional = (max: number) => fc.option(fc.nat(max), { nil: undefined })
const asked = fc.record({
  service: fc.constantFrom('tickets' as const, 'chats' as const),
  departments: fc.option(fc.subarray([0, 1]), { nil: undefined }),
  agent: optional(2),
  level: optional(1),
  customer: optional(1),
  from: fc.integer({ min: -5 * HOUR, max: 80 * HOUR }),
  length: fc.integer({ min: 0, max: 90 * HOUR }),
  zone: fc.constantFrom('GMT', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York', 'Australia/Lord_Howe'),
  offset: fc.nat(2),
})

const pick = (ids: readonly string[], n: number | undefined) => (n === undefined ? undefined : (ids[n] ?? ''))

test('both reports equal a recount of the clocks, however many are added up', { timeout: 120_000 }, async () => {
  const { database } = desk.app
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(clock, fc.option(fc.integer({ min: 1, max: 9 }), { freq: 3 })), { maxLength: 40 }),
      fc.array(asked, { minLength: 5, maxLength: 5 }),
      async (clocks, questions) => {
        await database.write(async (tx) => {
          await emptyClockRollups(tx)
          await tx.deleteFrom('sla_clocks').execute()
          const last = await tx
            .selectFrom('rollup_positions')
            .selectAll()
            .where('name', '=', 'clocks')
            .executeTakeFirst()
          expect(last?.seq).toBe(0)
        })
        let open = 0
        const rows: Insertable<SlaClockRow>[] = []
        for (const [{ department, agent, level, customer, ...drawn }, portion] of clocks) {
          const isAnswered = drawn.outcome === 'met' || drawn.outcome === 'late'
          const row = {
            conversation_id: drawn.outcome === null ? `open${open++}` : conversationId,
            kind: 'first',
            service: drawn.service,
            level_id: pick(levelIds, level) ?? '',
            target: 60,
            department_id: pick(departmentIds, department) ?? '',
            customer_id: pick(customerIds, customer) ?? '',
            agent_id: isAnswered ? (pick(agentIds, agent) ?? '') : null,
            started_at: BEGIN,
            due_at: null,
            warn_at: null,
            warned_at: null,
            breached_at: null,
            notice_at: null,
            closed_at: drawn.outcome === null ? null : drawn.closed_at,
            outcome: drawn.outcome,
            seconds: isAnswered ? drawn.seconds : null,
            created_at: BEGIN,
          }
          await database.write(async (tx) => {
            await insertRows(tx, 'sla_clocks', [row])
            const { max } = await tx
              .selectFrom('sla_clocks')
              .select((eb) => eb.fn.max<number>('seq').as('max'))
              .executeTakeFirstOrThrow()
            if (portion !== null) await rollClockPortion(tx, max, portion)
          })
          if (isAnswered) rows.push(row)
        }
        for (const { departments, agent, level, customer, from, length, zone, offset, service } of questions) {
          const scope: SlaScope = {
            service,
            departmentIds: departments?.map((n) => departmentIds[n] ?? ''),
            agentId: pick(agentIds, agent),
            levelId: pick(levelIds, level),
            customerId: pick(customerIds, customer),
          }
          const range = { from: Math.floor((BEGIN + from) / 1000) * 1000, before: 0, zone }
          range.before = range.from + Math.floor(length / 1000) * 1000
          const those = rows.filter(
            (row) =>
              row.service === service &&
              (scope.departmentIds?.includes(String(row.department_id)) ?? true) &&
              (scope.agentId ?? row.agent_id) === row.agent_id &&
              (scope.levelId ?? row.level_id) === row.level_id &&
              (scope.customerId ?? row.customer_id) === row.customer_id &&
              Number(row.closed_at) >= range.from &&
              Number(row.closed_at) < range.before,
          )
          const page = { offset: 0, limit: 1_000 }
          const days = await complianceByDay(database.reader, scope, range, page)
          const counted = (
            date: string,
            outcome: string,
            clocks: readonly Pick<(typeof those)[number], 'outcome' | 'closed_at' | 'seconds'>[] = those,
          ) => {
            const seconds = clocks
              .filter((row) => row.outcome === outcome && localText(Number(row.closed_at), zone).startsWith(date))
              .map((row) => Number(row.seconds))
            if (seconds.length === 0) return { count: 0, avg: 0, max: 0, min: 0 }
            const avg = Math.round(seconds.reduce((sum, one) => sum + one, 0) / seconds.length)
            return { count: seconds.length, avg, max: Math.max(...seconds), min: Math.min(...seconds) }
          }
          expect(days.map(({ met, late }) => ({ met, late }))).toEqual(
            days.map(({ wallFrom }) => {
              const date = new Date(wallFrom).toISOString().slice(0, 10)
              return { met: counted(date, 'met'), late: counted(date, 'late') }
            }),
          )
          expect(days.reduce((sum, { met, late }) => sum + met.count + late.count, 0)).toBe(those.length)
          const log = await listAnsweredClocks(database.reader, systemActor, scope, range, { offset, limit: 3 })
          for (const far of [offset, Math.max(0, those.length - 2), those.length]) {
            const at = { offset: far, limit: 3 }
            const list = (near?: number) => listAnsweredClocks(database.reader, systemActor, scope, range, at, near)
            expect(await list(0)).toEqual(await list())
          }
          const named = those
            .filter((row) => row.conversation_id === conversationId && row.customer_id === customerIds[0])
            .map(({ closed_at }) => closed_at)
          // What has lost its customer has no row; the recount of pages is of those that have all.
          if (scope.customerId !== customerIds[0]) continue
          expect(log.map(({ closed_at }) => closed_at)).toEqual(
            named.sort((a, b) => Number(a) - Number(b)).slice(offset, offset + 3),
          )
          for (const outcome of ['met', 'late'] as const) {
            const list = await listAnsweredClocks(database.reader, systemActor, { ...scope, outcome }, range, page)
            expect(list.filter((clock) => clock.outcome !== outcome)).toEqual([])
            for (const { wallFrom, [outcome]: figures } of days)
              expect(counted(new Date(wallFrom).toISOString().slice(0, 10), outcome, list)).toEqual(figures)
          }
        }
      },
    ),
    { numRuns: 60 },
  )
  await rollClocks(database)
})

test('the check names a sum that is wrong, and sums made anew are what they were', async () => {
  const { database } = desk.app
  const found = async () => {
    const all: { where: string; surplus: string }[] = []
    for await (const some of (await checkClocks(database.reader)).differences) all.push(...some)
    return all
  }
  const row = {
    conversation_id: conversationId,
    kind: 'first',
    service: 'tickets',
    level_id: levelIds[0] ?? '',
    target: 60,
    department_id: 'default',
    customer_id: customerIds[0] ?? '',
    agent_id: 'agent000',
    started_at: BEGIN,
    due_at: null,
    warn_at: null,
    warned_at: null,
    breached_at: null,
    notice_at: null,
    closed_at: BEGIN,
    outcome: 'met',
    seconds: 7,
    created_at: BEGIN,
  }
  await database.write(async (tx) => {
    await emptyClockRollups(tx)
    await tx.deleteFrom('sla_clocks').execute()
    await insertRows(
      tx,
      'sla_clocks',
      [0, 1, 50 * HOUR].map((later) => ({ ...row, closed_at: BEGIN + later })),
    )
  })
  await rollClocks(database, { portion: 2 })
  const dump = () =>
    sql`select * from sla_rollups order by dimension, service, id, department_id, at`.execute(database.reader)
  const before = (await dump()).rows
  expect(before).toHaveLength(12)
  expect(await found()).toEqual([])
  await database.write((tx) =>
    sql`update sla_rollups set met_count = met_count + 3, late_max = 9 where dimension = 'agent' and at = ${BEGIN}
      and department_id = ''`.execute(tx),
  )
  await database.write((tx) =>
    sql`delete from sla_rollups where dimension = 'level' and at = ${BEGIN + 50 * HOUR} and department_id = 'default'`.execute(
      tx,
    ),
  )
  expect(await found()).toEqual([
    { where: 'SLA agent tickets agent000 2026-03-27 00:00', surplus: 'met count 3, late max 9' },
    {
      where: `SLA level tickets ${levelIds[0]} default 2026-03-29 02:00`,
      surplus: 'met count -1, met sum -7, met max -7, met min -7',
    },
  ])
  await database.write(emptyClockRollups)
  await rollClocks(database)
  expect((await dump()).rows).toEqual(before)
})
