// Random histories against a recount that knows nothing but the definition: minute by minute, conversation by conversation.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { anAgent } from '../../../test/people.ts'
import { systemActor } from '../actor.ts'
import { transfer } from '../conversations/assignment.ts'
import { type Conversation, getConversationForChange, openConversation } from '../conversations/conversation.ts'
import { postMessage } from '../conversations/messages.ts'
import { changeStatus, statusAfterCustomer } from '../conversations/status.ts'
import { addTagTo, removeTagFrom } from '../conversations/tags.ts'
import { findOrAddCustomer } from '../customers/customers.ts'
import { getDepartment } from '../departments/departments.ts'
import { getTag } from '../tags/tags.ts'
import { addLevel, changeLevel } from './levels.ts'
import { addRule } from './rules.ts'

const MINUTE = 60_000
const message = { body: 'Said', isHtml: false, text: 'Said' }

let desk: TestDesk
let agentId: string
let tagId: string
let departmentId: string
const levels: Record<'tagged' | 'elsewhere', string> = { tagged: '', elsewhere: '' }

beforeAll(async () => {
  desk = await newDesk()
  agentId = (await anAgent(desk)).userid
  tagId = (await desk.v1('POST', 'tags', { name: 'urgent' })).body.id
  departmentId = (await desk.v3('POST', 'departments', { name: 'Elsewhere' })).body.departmentid
  const hours = { zone: 'GMT', week: [], holidays: [] }
  await desk.app.database.write(async (tx) => {
    for (const name of ['tagged', 'elsewhere'] as const)
      levels[name] = (await addLevel(tx, systemActor, { name, hours, targets: {} })).id
    await addRule(tx, systemActor, { level_id: levels.tagged, conditions: { tags: [tagId] }, position: 1 })
    await addRule(tx, systemActor, {
      level_id: levels.elsewhere,
      conditions: { departments: [departmentId] },
      position: 2,
    })
  })
})
afterAll(() => desk.close())

interface Terms {
  /** Minutes of the day at which the desk opens and closes, on every day but Sunday. */
  opens: number
  closes: number
  first: number | null
  next: number | null
}
const minutesOfTarget = fc.option(fc.integer({ min: 1, max: 900 }), { freq: 6 })
const anyTerms: fc.Arbitrary<Terms> = fc.record({
  opens: fc.integer({ min: 0, max: 900 }),
  closes: fc.integer({ min: 901, max: 1440 }),
  first: minutesOfTarget,
  next: minutesOfTarget,
})

/** Minutes until the next step. Now and then the clock of the machine jumps: forward by days, or back. */
const passing = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 700 }) },
  fc.constantFrom(3 * 1440, -60, -3 * 1440),
)

const which = fc.nat(2)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), which }) },
  fc.record({ do: fc.constantFrom('tag' as const, 'untag' as const), which }),
  fc.record({ do: fc.constant('transfer' as const), which, away: fc.boolean() }),
  fc.record({
    do: fc.constant('become' as const),
    which,
    status: fc.constantFrom('N', 'C', 'A', 'W', 'R', 'L', 'B', 'X'),
  }),
  fc.record({
    do: fc.constant('terms' as const),
    level: fc.constantFrom('tagged' as const, 'elsewhere' as const),
    terms: anyTerms,
  }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

async function setTerms(level: 'tagged' | 'elsewhere', { opens, closes, first, next }: Terms): Promise<void> {
  const week = [1, 2, 3, 4, 5, 6].map((day) => ({ day, from: clockText(opens), to: clockText(closes) }))
  const seconds = (minutes: number | null) => (minutes === null ? null : minutes * 60)
  await desk.app.database.write((tx) =>
    changeLevel(tx, systemActor, levels[level], {
      hours: { zone: 'GMT', week, holidays: [] },
      targets: { tickets: { first: seconds(first), next: seconds(next) } },
    }),
  )
  await desk.drain()
}

const isOpenAt = ({ opens, closes }: Terms, instant: number): boolean => {
  const minute = Math.floor(instant / MINUTE) % 1440
  return new Date(instant).getUTCDay() !== 0 && opens <= minute && minute < closes
}
function passed(terms: Terms, from: number, to: number): number {
  let minutes = 0
  for (let instant = from; instant < to; instant += MINUTE) if (isOpenAt(terms, instant)) minutes++
  return minutes
}
function dueAt(terms: Terms, from: number, target: number): number {
  let instant = from
  for (let left = target; left > 0; instant += MINUTE) if (isOpenAt(terms, instant)) left--
  return instant
}

/** A conversation as the definition sees it. */
interface Model {
  status: string
  since: number | null
  isTagged: boolean
  isAway: boolean
}
interface Seen {
  kind: string
  level: string
  started: number
  due: number
}

test('clocks equal a naive recount of any history', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ tagged: anyTerms, elsewhere: anyTerms }),
      fc.array(fc.tuple(passing, step), { minLength: 5, maxLength: 30 }),
      async (begin, steps) => {
        const terms = { ...begin }
        for (const level of ['tagged', 'elsewhere'] as const) await setTerms(level, terms[level])
        let now = Date.parse('2026-03-01T08:00:00Z')
        const ids: string[] = []
        const models: Model[] = []
        for (let n = 0; n < 3; n++) {
          ids.push(await opened(n === 2 ? departmentId : 'default', now))
          models.push({ status: 'N', since: now, isTagged: false, isAway: n === 2 })
        }
        const wanted = ({ status, since, isTagged, isAway }: Model): Seen | undefined => {
          const level = isTagged ? 'tagged' : isAway ? 'elsewhere' : undefined
          if (!level || since === null || !['N', 'C'].includes(status)) return undefined
          const kind = status === 'N' ? 'first' : 'next'
          const target = terms[level][kind]
          if (target === null) return undefined
          return { kind, level: levels[level], started: since, due: dueAt(terms[level], since, target) }
        }
        const answered: (Seen & { id: string; outcome: string; seconds: number })[] = []
        for (const [later, step] of steps) {
          now += later * MINUTE
          await play(step, now, ids)
          if (step.do === 'terms') {
            terms[step.level] = step.terms
            continue
          }
          const model = models[step.which]
          if (!model) continue
          if (step.do === 'tag') model.isTagged = true
          else if (step.do === 'untag') model.isTagged = false
          else if (step.do === 'transfer') model.isAway = step.away
          else if (step.do === 'become') {
            model.status = step.status
            if (!['N', 'C'].includes(step.status)) model.since = null
          } else if (step.do === 'ask') {
            model.status = statusAfterCustomer(model.status) ?? model.status
            if (['N', 'C'].includes(model.status)) model.since ??= now
          } else {
            const clock = wanted(model)
            const level = model.isTagged ? 'tagged' : 'elsewhere'
            if (clock)
              answered.push({
                ...clock,
                id: ids[step.which] ?? '',
                outcome: now <= clock.due ? 'met' : 'late',
                seconds: passed(terms[level], clock.started, now) * 60,
              })
            model.status = 'A'
            model.since = null
          }
        }
        const rows = await desk.app.database.reader
          .selectFrom('sla_clocks')
          .selectAll()
          .where('conversation_id', 'in', ids)
          .where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', '<>', 'void')]))
          .orderBy('seq')
          .execute()
        const seen = rows.map((row) => ({
          ...{ kind: row.kind, level: row.level_id, started: row.started_at, due: row.due_at, id: row.conversation_id },
          ...{ outcome: row.outcome, seconds: row.seconds },
        }))
        expect(seen.filter(({ outcome }) => outcome !== null)).toEqual(answered)
        const open = ids.flatMap((id, n) => {
          const clock = models[n] && wanted(models[n])
          return clock ? [{ ...clock, id, outcome: null, seconds: null }] : []
        })
        const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
        expect(seen.filter(({ outcome }) => outcome === null).sort(byId)).toEqual(open.sort(byId))
        const dues = await desk.app.database.reader
          .selectFrom('conversations')
          .select(['id', 'due_at'])
          .where('id', 'in', ids)
          .execute()
        for (const { id, due_at } of dues) expect(due_at).toBe(open.find((clock) => clock.id === id)?.due ?? null)
      },
    ),
    { numRuns: 20 },
  )
})

const opened = (department: string, at: number): Promise<string> =>
  desk.app.database.write(async (tx) => {
    const customer = await findOrAddCustomer(tx, 'asker@example.com')
    const author = { kind: 'customer' as const, userId: customer.user_id }
    const draft = { author, customerId: customer.id, departmentId: department, subject: 'Printer', message, at }
    return (await openConversation(tx, { ...draft, channel: 'E' })).id
  })

async function play(step: Step, at: number, ids: readonly string[]): Promise<void> {
  if (step.do === 'terms') return setTerms(step.level, step.terms)
  await desk.app.database.write(async (tx) => {
    const conversation: Conversation = await getConversationForChange(tx, systemActor, ids[step.which] ?? '')
    const by = { userId: 'system00', agentId: null, at }
    if (step.do === 'ask' || step.do === 'answer') {
      const kind = step.do === 'ask' ? ('customer' as const) : ('agent' as const)
      const author = { kind, userId: kind === 'agent' ? agentId : conversation.created_by }
      await postMessage(tx, conversation, { author, message, isNote: false, at, mail: 'none' })
    } else if (step.do === 'become') await changeStatus(tx, conversation, { status: step.status as 'N', ...by })
    else if (step.do === 'transfer')
      await transfer(tx, conversation, {
        department: await getDepartment(tx, step.away ? departmentId : 'default'),
        userId: 'system00',
        at,
      })
    else if (step.do === 'tag') await addTagTo(tx, conversation, await getTag(tx, tagId), 'system00', at)
    else {
      const { sla_level_id } = conversation
      const tags = await tx
        .selectFrom('conversation_tags')
        .select('tag_id')
        .where('conversation_id', '=', conversation.id)
        .execute()
      if (tags.length > 0) await removeTagFrom(tx, conversation, await getTag(tx, tagId), 'system00', at)
      else expect(sla_level_id).not.toBe(levels.tagged)
    }
  })
}
