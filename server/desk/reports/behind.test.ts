// Whatever happens, who counts the facts behind a figure again gets the figure: for every figure of every report.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentFigures, type FigureColumn, otherFigures } from '../../../contract/v3/figures.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { type Cast, forgetHistory, History, steps } from '../../../test/history.ts'
import { type Actor, systemActor } from '../actor.ts'
import { addAgent } from '../agents/agents.ts'
import { findOrAddCustomer } from '../customers/customers.ts'
import { addDepartment } from '../departments/departments.ts'
import { type FactDraft, type FactKind, recordFacts } from '../metrics/facts.ts'
import { rollFacts } from '../metrics/roll.ts'
import { addTag } from '../tags/tags.ts'
import { agentReport } from './agents.ts'
import { type Bounds, type FactBehind, listBehind, type ReportRow } from './behind.ts'
import { channelReport } from './channels.ts'
import { departmentReport } from './departments.ts'
import { figures, type Total, type Totals } from './figures.ts'
import { performanceReport } from './performance.ts'
import type { Range } from './range.ts'
import { tagReport } from './tags.ts'

const START = Date.UTC(2025, 5, 11, 6, 17, 3, 250)
const ALL = { offset: 0, limit: 1_000 }

let desk: TestDesk
let cast: Cast
beforeAll(async () => {
  desk = await newDesk({ DESKHAND_TIMEZONE: 'Australia/Lord_Howe' })
  cast = await desk.app.database.write(async (tx) => {
    const agents: string[] = []
    const departments: string[] = []
    const tags: string[] = []
    for (const name of ['one', 'two', 'three']) {
      const draft = { email: `${name}@desk.test`, firstname: name, lastname: 'Agent', role: 'D' }
      agents.push((await addAgent(tx, systemActor, draft)).id)
      departments.push((await addDepartment(tx, systemActor, { name })).id)
      tags.push((await addTag(tx, { name })).id)
    }
    return {
      agents,
      departments,
      tags,
      channels: ['E', 'M', '1'],
      customer: await findOrAddCustomer(tx, 'c@example.com'),
    }
  })
})
afterAll(() => desk.close())

/** What happens in chats and calls, and ratings of which many are taken back and given anew. */
const live = [
  'chat_started',
  'chat_offer_missed',
  'chat_accepted',
  'chat_answered',
  'chat_answer',
  'chat_ended',
  'chat_unanswered',
  'chat_talked',
  'call_started',
  'call_offer_missed',
  'call_answered',
  'call_ended',
  'call_unanswered',
  'call_offline',
  'call_out',
  'call_internal',
] as const satisfies readonly FactKind[]
const ratings = ['rated_good', 'rated_bad'] as const
const extra = fc.record({
  kind: fc.constantFrom<FactKind>(...live, ...ratings, ...ratings, ...ratings),
  which: fc.nat({ max: 3 }),
  department: fc.nat({ max: 2 }),
  agent: fc.nat({ max: 2 }),
  // Several at one instant, which is where a list breaks that goes by time alone.
  minute: fc.nat({ max: 40 }),
  took: fc.nat({ max: 9_000_000 }),
  undone: fc.boolean(),
  again: fc.boolean(),
})

function factsOf(history: History, drawn: (typeof extra extends fc.Arbitrary<infer Value> ? Value : never)[]) {
  return drawn.flatMap(({ kind, which, undone, again, ...one }): FactDraft[] => {
    const conversation = history.conversations[which % history.conversations.length]
    if (!conversation) return []
    const fact: FactDraft = {
      kind,
      at: START + one.minute * 60_000,
      conversation: {
        id: conversation.id,
        department_id: cast.departments[one.department] ?? '',
        channel: conversation.channel,
      },
      agentId: cast.agents[one.agent] ?? null,
      ...(kind.startsWith('rated') ? {} : { took: one.took, slaTook: one.took / 2 }),
    }
    if (!undone || (kind !== 'rated_good' && kind !== 'rated_bad')) return [fact]
    return [fact, { ...fact, kind: `${kind}_undone` }, ...(again ? [fact] : [])]
  })
}

interface Paging {
  limit: number
  bounds: Bounds
}

/** All pages together. */
async function listed(actor: Actor, row: ReportRow, figure: FigureColumn, range: Range, { limit, bounds }: Paging) {
  const all: FactBehind[] = []
  let cursor: string | undefined
  do {
    const page = await listBehind(desk.app.database.reader, actor, row, figure, range, { limit, cursor }, bounds)
    expect(page.facts.length).toBeLessThanOrEqual(limit)
    all.push(...page.facts)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  const order = (a: FactBehind, b: FactBehind) => b.at - a.at || b.seq - a.seq
  expect(all).toEqual([...all].sort(order))
  expect(new Set(all.map(({ seq }) => seq)).size).toBe(all.length)
  return all
}

const counted = (facts: readonly FactBehind[]): Map<string, Total> => {
  const totals = new Map<string, Required<Total>>()
  for (const { kind, seconds, sla_seconds } of facts) {
    const { count, ...before } = totals.get(kind) ?? { count: 0, seconds: 0, slaSeconds: 0 }
    totals.set(kind, {
      count: count + 1,
      seconds: before.seconds + (seconds ?? 0),
      slaSeconds: before.slaSeconds + (sla_seconds ?? seconds ?? 0),
    })
  }
  return totals
}

/** Compares every figure of a row with its list. Lists of the same facts are asked for once. */
async function expectFigures(actor: Actor, row: ReportRow, totals: Totals, range: Range, paging: Paging) {
  const lists = new Map<string, FactBehind[]>()
  for (const figure of row.dimension === 'agent' ? agentFigures : otherFigures) {
    const key = figures[figure].facts.join()
    const facts = lists.get(key) ?? (await listed(actor, row, figure, range, paging))
    lists.set(key, facts)
    // What is divided by it is no fact.
    const online = totals.get('online')
    const again = new Map([...counted(facts), ...(online ? [['online', online] as const] : [])])
    expect([figure, figures[figure].of(again)], row.dimension).toEqual([figure, figures[figure].of(totals)])
  }
}

/** A key, an agent of two departments, and one of none. */
const actors = (): Actor[] => [systemActor, agentIn(cast.departments.slice(0, 2)), agentIn([])]
const agentIn = (departmentIds: readonly string[]): Actor => ({
  kind: 'agent',
  agentId: cast.agents[0] ?? '',
  role: 'A',
  departmentIds,
})

describe('the facts behind a figure', () => {
  test('are as many, and took as long, as the figure says, whoever asks and however small the pages are', async () => {
    const { database } = desk.app
    const db = database.reader
    const range = fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 600 }))
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(extra, { maxLength: 40 }),
        range,
        fc.constantFrom<Paging>(
          { limit: 1, bounds: { few: 0, most: 3, atOnce: 2 } },
          { limit: 3, bounds: { few: 2, most: 20, atOnce: 4 } },
          { limit: 1_000, bounds: { few: 2_000, most: 10_000, atOnce: 1_000 } },
        ),
        fc.boolean(),
        async (all, more, [first, length], paging, isRolled) => {
          await database.write(forgetHistory)
          const history = new History(cast, START)
          await database.write(async (tx) => {
            for (const step of all) await history.play(tx, step)
            await recordFacts(tx, factsOf(history, more))
          })
          if (isRolled) await rollFacts(database)
          const from = START + first * 60_000
          const asked = { from, before: from + length * 60_000, zone: 'Australia/Lord_Howe' }
          for (const actor of actors()) {
            const rows = [
              ...(await agentReport(db, actor, asked, ALL)).map((one) => ({ ...one, dimension: 'agent' as const })),
              ...(await departmentReport(db, actor, asked, ALL)).map((one) => ({
                ...one,
                dimension: 'department' as const,
              })),
              ...(await channelReport(db, actor, asked, ALL))
                .filter(({ thing }) => 'EM1F'.includes(thing.id))
                .map((one) => ({ ...one, dimension: 'channel' as const })),
              ...(await tagReport(db, actor, asked, ALL)).map((one) => ({ ...one, dimension: 'tag' as const })),
            ]
            for (const { thing, totals, dimension } of rows)
              await expectFigures(actor, { dimension, id: thing.id }, totals, asked, paging)
            for (const { interval, totals } of await performanceReport(db, actor, asked, 'day', ALL))
              await expectFigures(
                actor,
                { dimension: 'every', id: '' },
                totals,
                { ...interval, zone: asked.zone },
                paging,
              )
          }
        },
      ),
      { numRuns: 8, interruptAfterTimeLimit: 15_000 },
    )
  })
})
