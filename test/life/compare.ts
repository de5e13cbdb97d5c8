// Asks a desk for its reports, on both APIs, and holds them against a recount of the notes that were taken of its life.
import { expect } from 'vitest'
import { agentColumns, figureColumns } from '../../contract/v1/reports.ts'
import { channels } from '../../server/desk/conversations/letters.ts'
import { checkReports } from '../../server/desk/metrics/check.ts'
import type { FactKind } from '../../server/desk/metrics/facts.ts'
import { checkOnlineDays } from '../../server/desk/presence/online-days.ts'
import { agentReport } from '../../server/desk/reports/agents.ts'
import { channelReport } from '../../server/desk/reports/channels.ts'
import { departmentReport } from '../../server/desk/reports/departments.ts'
import { type FigureName, figures, type Totals } from '../../server/desk/reports/figures.ts'
import { performanceReport } from '../../server/desk/reports/performance.ts'
import { tagReport } from '../../server/desk/reports/tags.ts'
import { checkClocks } from '../../server/desk/sla/check.ts'
import { instantOfWall, parseWall } from '../../server/lib/zone.ts'
import { wallText } from './clocks.ts'
import type { Life } from './life.ts'
import { type Happened, type NotedWork, secondOf } from './notes.ts'
import { nth } from './nth.ts'
import {
  type Narrowing,
  recount,
  recountAvailability,
  recountCompliance,
  recountLoad,
  secondsOnline,
} from './recount.ts'

type Row = Record<string, unknown>
type Texts = Record<string, string>

/** What is asked for: random, and small when it fails. */
export interface Question {
  /** Which of all that happened the range begins with, and how many it has; where its ends are. */
  first: number
  length: number
  shift: number
  form: 'seconds' | 'hours' | 'days' | 'reversed' | 'empty' | 'future'
  number: number
}

interface Asked {
  life: Life
  texts: { date_from: string; date_to: string }
  from: number
  before: number
}

const HOUR = 3_600_000

const wallOf = (text: string): number => {
  const parsed = parseWall(text)
  if (!parsed) throw new Error(text)
  return parsed.wall
}

/** From about one thing that happened to about another. */
function rangeOf(life: Life, { first, length, shift, form }: Question): Asked {
  const times = [...life.happened.map(({ at }) => at), ...life.clocks.map(({ closedAt }) => closedAt), life.now]
  times.sort((a, b) => a - b)
  const index = first % times.length
  const [one, other] = [times[index] ?? 0, times[Math.min(index + length, times.length - 1)] ?? 0]
  const text = (at: number): string => wallText(at + shift * 1_000, life.zone)
  const day = (at: number): string => text(at).slice(0, 10)
  const texts = {
    seconds: { date_from: text(one), date_to: text(other) },
    hours: { date_from: `${text(one).slice(0, 13)}:00:00`, date_to: `${text(other).slice(0, 13)}:59:59` },
    days: { date_from: day(one), date_to: day(other) },
    reversed: { date_from: text(other), date_to: text(one - 5_000) },
    empty: { date_from: '1999-01-01', date_to: '1999-01-02' },
    future: { date_from: text(one), date_to: text(life.now + 9 * 3_600_000) },
  }[form]
  const isDate = form === 'days' || form === 'empty'
  return {
    life,
    texts,
    from: instantOfWall(wallOf(texts.date_from), life.zone),
    before: instantOfWall(wallOf(texts.date_to) + (isDate ? 86_400_000 : 1_000), life.zone),
  }
}

const isIn = ({ from, before }: Asked, at: number): boolean => at >= from && at < before

const numbers = (row: Row): Record<string, number> =>
  Object.fromEntries(
    Object.entries(row)
      .filter(
        ([name, value]) =>
          !/id$|name|date|outcome|from|before|local|hours_online|seconds_online|^seconds$|^sla$|comment/i.test(name) &&
          /^-?[\d.]+$/.test(String(value)),
      )
      .map(([name, value]) => [name, Number(value)]),
  )

/** All rows of a report, which both APIs agree about. */
async function rowsOf({ life: { desk }, texts }: Asked, path: string, more: Texts = {}): Promise<Texts[]> {
  const rows = await page(desk, path, { ...texts, limitcount: '1000', ...more })
  const { userid, ...rest } = more
  const params = { ...texts, limitcount: '1000', ...rest, ...(userid !== undefined && { agentid: userid }) }
  const v3 = await desk.v3('GET', `reports/${path}?${new URLSearchParams(params)}`)
  expect(v3.status, v3.text).toBe(200)
  const [others = []] = Object.values<Row[]>(v3.body)
  expect(others.map(numbers), `${path} on both APIs`).toEqual(rows.map(numbers))
  return rows
}

async function page(desk: Life['desk'], path: string, params: Texts): Promise<Texts[]> {
  const { status, text, body } = await desk.v1('GET', `reports/${path}`, params)
  expect(status, text).toBe(200)
  const [rows = []] = Object.values<Texts[]>(body)
  return rows
}

/** Pages of any length are the whole, and chosen columns are those of it. */
async function expectPages(
  asked: Asked,
  path: string,
  rows: readonly Texts[],
  columns: readonly string[],
  number: number,
) {
  const { life, texts } = asked
  const limit = (number % 5) + 1
  const chosen = columns.filter((_, index) => (number + index) % 3 !== 0)
  const paged: Texts[] = []
  for (let offset = 0; offset <= Math.min(rows.length, 40); offset += limit)
    paged.push(
      ...(await page(life.desk, path, {
        ...texts,
        limitfrom: String(offset),
        limitcount: String(limit),
        // In another order than the documented one.
        columns: [...chosen].reverse().join(','),
      })),
    )
  const wanted = rows.map((row) => Object.fromEntries(chosen.map((column) => [column, row[column]])))
  expect(paged, `${path} in pages`).toEqual(wanted.slice(0, paged.length))
  expect(paged.length).toBeGreaterThanOrEqual(Math.min(rows.length, 40))
}

/** What each row of a report is about. */
const dimensions = (life: Life) => ({
  agents: { ids: life.agents.map(({ id }) => id), belongs: ({ agent }: Happened, id: string) => agent === id },
  channels: { ids: Object.keys(channels), belongs: ({ channel }: Happened, id: string) => channel === id },
  departments: {
    ids: life.departments.map(({ id }) => id),
    belongs: ({ department }: Happened, id: string) => department === id,
  },
  tags: {
    ids: life.tags.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id),
    belongs: ({ conversation }: Happened, id: string) => life.noted(conversation).tags.has(id),
  },
})

const picked = (row: Texts, columns: readonly string[]): Texts =>
  Object.fromEntries(columns.map((column) => [column, row[column] ?? `no ${column}`]))

/** Every figure of agents, channels, departments and tags. */
async function expectRows(asked: Asked, number: number): Promise<void> {
  const { life } = asked
  const happened = life.happened.filter(({ at }) => isIn(asked, at))
  for (const [path, { ids, belongs }] of Object.entries(dimensions(life))) {
    const columns = path === 'agents' ? agentColumns.slice(4) : figureColumns
    const minutes = (id: string): number =>
      path === 'agents' ? Math.floor((secondsOnline(life, id, asked.from, asked.before) + 30) / 60) : 0
    const rows = await rowsOf(asked, path)
    const isGone = (id: string): boolean =>
      [...life.agents, ...life.departments].some((one) => one.id === id && one.isDeleted)
    const wanted = ids.flatMap((id) => {
      const own = happened.filter((one) => belongs(one, id))
      const hasWorked = path === 'agents' && secondsOnline(life, id, asked.from, asked.before) > 0
      // Whoever is deleted has a row for what he did.
      if (isGone(id) && own.length === 0 && !hasWorked) return []
      return [{ id, ...picked(recount(own, minutes(id)), columns) }]
    })
    const known = rows.filter(({ id = '' }) => ids.includes(id)).map((row) => ({ id: row.id, ...picked(row, columns) }))
    expect(known, path).toEqual(wanted.sort((a, b) => (a.id < b.id ? -1 : 1)))
    // The owner did nothing.
    for (const row of rows.filter(({ id = '' }) => !ids.includes(id)))
      expect(picked(row, columns)).toEqual(picked(recount([]), columns))
    const all =
      path === 'agents'
        ? agentColumns
        : path === 'channels'
          ? ['id', 'channelName', ...figureColumns]
          : ['id', ...figureColumns]
    if (number % 4 === ['agents', 'channels', 'departments', 'tags'].indexOf(path))
      await expectPages(asked, path, rows, all, number)
  }
}

const monday = (date: string): string => {
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}

const intervalOf = {
  hour: (local: string) => local.slice(0, 13),
  day: (local: string) => local.slice(0, 10),
  week: (local: string) => monday(local.slice(0, 10)),
  month: (local: string) => local.slice(0, 7),
} as const

async function expectPerformance(asked: Asked, number: number): Promise<void> {
  const { life } = asked
  const happened = life.happened.filter(({ at }) => isIn(asked, at))
  for (const [n, unit] of (['hour', 'day', 'week', 'month'] as const).entries()) {
    const keyOf = intervalOf[unit]
    const rows = await rowsOf(asked, 'performance', { group_by: unit })
    const keys = rows.map(({ datetime = '' }) => keyOf(datetime))
    expect(new Set(keys).size).toBe(keys.length)
    if (asked.from >= asked.before) expect(rows).toEqual([])
    const keyOfFact = ({ at }: Happened): string =>
      keyOf(unit === 'hour' ? hourText(life, at) : wallText(at, life.zone))
    if (rows.length < 1_000) expect(happened.map(keyOfFact).filter((key) => !keys.includes(key))).toEqual([])
    for (const [index, row] of rows.entries()) {
      const own = happened.filter((one) => keyOfFact(one) === keys[index])
      expect(picked(row, figureColumns), `${unit} ${keys[index]}`).toEqual(picked(recount(own), figureColumns))
    }
    if (number % 7 === n && rows.length < 60)
      await expectPages(
        asked,
        `performance`,
        await rowsOf(asked, 'performance'),
        ['datetime', 'dateto', ...figureColumns],
        number,
      )
  }
}

function narrowings(life: Life, number: number): Narrowing[] {
  const department = nth(
    life.departments.filter(({ isDeleted }) => !isDeleted),
    number,
  ).id
  const agent = nth(
    life.agents.filter(({ isDeleted }) => !isDeleted),
    number,
  ).id
  const all = [{ departments: [department] }, { agent }, { departments: [department], agent }]
  return [{}, nth(all, number)]
}

const narrowedBy = ({ departments, agent }: Narrowing): Texts => ({
  ...(departments?.[0] !== undefined && { departmentid: departments[0] }),
  ...(agent !== undefined && { agentid: agent }),
})

/** The hour that a row is about: until the clocks show the next one for the first time. One that they skip is an instant. */
function hourOf(life: Life, date: string): { from: number; before: number } {
  const wall = wallOf(date)
  return { from: instantOfWall(wall, life.zone), before: instantOfWall(wall + HOUR, life.zone) }
}

/** The hour in which something happened, which in Chatham is not always the one that the clocks showed. */
function hourText(life: Life, at: number): string {
  const shown = wallOf(`${wallText(at, life.zone).slice(0, 13)}:00:00`)
  const wall = [shown - HOUR, shown, shown + HOUR].find(
    (one) => instantOfWall(one, life.zone) <= at && at < instantOfWall(one + HOUR, life.zone),
  )
  return new Date(wall ?? shown).toISOString().slice(0, 13).replace('T', ' ')
}

async function expectHours(asked: Asked, number: number): Promise<void> {
  const { life } = asked
  for (const service of services)
    for (const narrowing of narrowings(life, number)) {
      const rows = await rowsOf(asked, `${service}/load`, { ...narrowedBy(narrowing), limitcount: '120' })
      for (const { date = '', ...row } of rows)
        expect({ ...narrowing, service, date, ...row }).toEqual({
          ...{ ...narrowing, service, date },
          ...recountLoad(life, service, hourOf(life, date), narrowing),
        })
      if (service === 'tickets') continue
      const hours = await rowsOf(asked, `${service}/availability`, { ...narrowedBy(narrowing), limitcount: '120' })
      expect(hours.map(({ date }) => date)).toEqual(rows.map(({ date }) => date))
      for (const { date = '', ...row } of hours)
        expect({ service, date, ...row }).toEqual({
          ...{ service, date },
          ...recountAvailability(life, service, hourOf(life, date), narrowing),
        })
    }
}

const services = ['tickets', 'chats', 'calls'] as const
const letters = { tickets: 'M', chats: 'T', calls: 'P' } as const

async function expectStretches(asked: Asked, number: number): Promise<void> {
  const { life } = asked
  const upTo = Math.min(asked.before, secondOf(life.now) * 1_000)
  const two = (n: number): string => String(n).padStart(2, '0')
  for (const service of services)
    for (const narrowing of narrowings(life, number + 1)) {
      const rows = await rowsOf(asked, `${service}/agentsavailability`, narrowedBy(narrowing))
      const wanted = life.agents
        .filter(({ id }) => (narrowing.agent ?? id) === id)
        .flatMap(({ id, presence }) => presence.spans(life.now).map((span) => ({ id, ...span })))
        .filter(({ letter }) => letter === letters[service])
        .filter(({ department }) => narrowing.departments?.includes(department) ?? true)
        .map((span) => ({ ...span, from: Math.max(span.from, asked.from), end: Math.min(span.before, upTo) }))
        .filter(({ from, end }) => from < end)
        .map(({ id, department, from, end, lasts }) => {
          const seconds = (end - from) / 1_000
          return {
            userid: id,
            departmentid: department,
            from_date: wallText(from, life.zone),
            to_date: lasts && asked.before >= secondOf(life.now) * 1_000 ? 'now' : wallText(end, life.zone),
            hours_online: [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':'),
          }
        })
      const seen = rows.map(({ userid, departmentid, from_date, to_date, hours_online }) => ({
        ...{ userid, departmentid, from_date, to_date, hours_online },
      }))
      const inOrder = (all: readonly Row[]): string[] => all.map((row) => JSON.stringify(row)).sort()
      expect(inOrder(seen), service).toEqual(inOrder(wanted))
      const inPages: Texts[] = []
      for (let offset = 0; offset < rows.length + 1 && offset < 30; offset += 3)
        inPages.push(
          ...(await page(life.desk, `${service}/agentsavailability`, {
            ...{ ...asked.texts, ...narrowedBy(narrowing), limitfrom: String(offset), limitcount: '3' },
          })),
        )
      expect(inPages).toEqual(rows.slice(0, 30))
    }
}

async function expectPromises(asked: Asked, number: number): Promise<void> {
  const { life } = asked
  const customer = nth(life.customers, number)
  const [level] = nth([...life.levels], number)
  for (const service of services)
    for (const narrowing of narrowings(life, number)) {
      const own = life.clocks
        .filter((clock) => clock.service === service && isIn(asked, clock.closedAt))
        .filter(({ agent }) => (narrowing.agent ?? agent) === agent)
        .filter(({ department }) => narrowing.departments?.includes(department) ?? true)
        .toSorted((a, b) => a.closedAt - b.closedAt)
      const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
      const left = (seconds: number): string => {
        const size = Math.abs(seconds)
        return `${seconds < 0 ? '-' : ''}${two(size / 3_600)}:${two((size / 60) % 60)}:${two(size % 60)}`
      }
      const logged = (clocks: typeof own) =>
        clocks.map((clock) => ({
          conversationid: clock.conversation,
          departmentid: clock.department,
          levelid: clock.level,
          agentid: clock.agent,
          req_contactid: clock.customer,
          date_created: wallText(clock.startedAt, life.zone),
          date_closed: wallText(clock.closedAt, life.zone),
          server_date_closed: wallText(clock.closedAt, 'UTC'),
          date_due: clock.dueAt === null ? '' : wallText(clock.dueAt, life.zone),
          sla: clock.dueAt === null ? '' : left(secondOf(clock.dueAt) - secondOf(clock.closedAt)),
        }))
      const log = async (more: Texts, clocks: typeof own): Promise<void> => {
        const rows = await rowsOf(asked, `${service}/slalog`, { ...narrowedBy(narrowing), ...more })
        const wanted = logged(clocks)
        expect(
          rows.map((row) => picked(row, Object.keys(wanted[0] ?? {}))),
          `${service}/slalog`,
        ).toEqual(wanted)
      }
      const [more, those] = nth<[Texts, typeof own]>(
        [
          [{}, own],
          [{ requesterid: customer.email }, own.filter((clock) => clock.customer === customer.id)],
          [{ slalevelid: level }, own.filter((clock) => clock.level === level)],
        ],
        number + services.indexOf(service),
      )
      await log(more, those)
      for (const levelid of [number % 2 === 0 ? undefined : level]) {
        const { agentid, ...rest } = narrowedBy(narrowing)
        const days = await rowsOf(asked, `${service}/slacompliance`, {
          ...rest,
          ...(agentid !== undefined && { userid: agentid }),
          ...(levelid !== undefined && { slalevelid: levelid }),
        })
        const counted = own.filter((clock) => (levelid ?? clock.level) === clock.level)
        for (const { date = '', ...row } of days)
          expect({ service, date, ...row }).toEqual({
            ...{ service, date },
            ...recountCompliance(
              counted.filter(({ closedAt }) => wallText(closedAt, life.zone).startsWith(date.slice(0, 10))),
            ),
          })
        const sum = days.reduce((total, row) => total + Number(row.fulfilled) + Number(row.unfulfilled), 0)
        if (days.length < 1_000) expect(sum).toBe(counted.length)
      }
    }
}

async function expectRanking(asked: Asked, number: number): Promise<void> {
  const { life } = asked
  const agent = nth(
    life.agents.filter(({ isDeleted }) => !isDeleted),
    number,
  )
  const customer = nth(life.customers, number)
  const rated = life.works
    .flatMap((work) => (work.rating ? [{ ...work.rating, work }] : []))
    .filter(({ fact }) => isIn(asked, fact.at))
  const rows = async (more: Texts, those: typeof rated): Promise<void> => {
    const found = await rowsOf(asked, 'ranking', more)
    const wanted = []
    for (const one of those)
      wanted.push({
        id: one.id,
        rankingType: one.fact.kind === 'rated_good' ? 'W' : 'P',
        datecreated: wallText(one.fact.at, life.zone),
        conversationid: await placeOf(life, one.work),
        agentEmail: life.agents.find(({ id }) => id === one.work.agent)?.email,
        contactid: one.customer,
      })
    const seen = found.map(({ id, rankingType, datecreated, conversationid, agentEmail, contactid }) => ({
      ...{ id, rankingType, datecreated, conversationid, agentEmail, contactid },
    }))
    const byId = (a: { id?: string }, b: { id?: string }) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1)
    expect(seen.toSorted(byId)).toEqual(wanted.toSorted(byId))
    expect(found.map(({ datecreated }) => datecreated)).toEqual(
      those.toSorted((a, b) => a.fact.at - b.fact.at).map(({ fact }) => wallText(fact.at, life.zone)),
    )
  }
  await rows({}, rated)
  await rows(
    { agentid: agent.email },
    rated.filter(({ work }) => work.agent === agent.id),
  )
  await rows(
    { contactid: customer.email },
    rated.filter((one) => one.customer === customer.id),
  )
  await rows(
    { types: 'P' },
    rated.filter(({ fact }) => fact.kind === 'rated_bad'),
  )
}

/** Where a piece of work is now. */
async function placeOf(life: Life, { groupSeq }: NotedWork): Promise<string> {
  const { conversation_id } = await life.desk.app.database.reader
    .selectFrom('message_groups')
    .select('conversation_id')
    .where('seq', '=', groupSeq)
    .executeTakeFirstOrThrow()
  return conversation_id
}

/** What is stored as facts is what happened, each once: the second recount. */
async function expectFacts(life: Life): Promise<void> {
  const rows = await life.desk.app.database.reader.selectFrom('facts').selectAll().execute()
  const text = (...parts: unknown[]): string => parts.join(' | ')
  const undone = rows.filter(({ kind }) => kind.endsWith('_undone'))
  const stored = rows
    .filter(({ kind }) => !kind.endsWith('_undone'))
    .map((row) =>
      text(
        ...[row.kind, row.at, row.conversation_id, row.department_id, row.channel, row.agent_id, row.seconds],
        isTimed(row.kind) ? (row.sla_seconds ?? row.seconds) : null,
      ),
    )
  for (const { kind, at, conversation_id, department_id, channel, agent_id } of undone) {
    const given = text(kind.replace('_undone', ''), at, conversation_id, department_id, channel, agent_id, null, null)
    const index = stored.indexOf(given)
    expect(index, given).toBeGreaterThanOrEqual(0)
    stored.splice(index, 1)
  }
  const wanted = life.happened.map((one) =>
    text(
      ...[one.kind, one.at, one.conversation, one.department, one.channel, one.agent, one.took ?? null],
      isTimed(one.kind) ? (one.open ?? null) : null,
    ),
  )
  expect(stored.sort()).toEqual(wanted.sort())
}

/** Those with a figure in the business time of a level. */
const isTimed = (kind: string): boolean =>
  ['answer_new', 'answer_next', 'first_assigned', 'first_resolved'].includes(kind)

/** `deskhand reports check` finds nothing. */
async function expectSums(life: Life): Promise<void> {
  const db = life.desk.app.database.reader
  const parts = [(await checkReports(db)).differences, (await checkClocks(db)).differences]
  for (const part of parts) for await (const some of part) expect(some).toEqual([])
  expect(await checkOnlineDays(db)).toEqual([])
}

/** Who lists what a figure was counted from, and counts again, gets the figure. */
async function expectLists(asked: Asked, number: number): Promise<void> {
  const { life, texts } = asked
  const rows = dimensions(life)
  for (const [n, path] of (['agents', 'channels', 'departments', 'tags', 'performance'] as const).entries()) {
    const ids = path === 'performance' ? [''] : rows[path].ids
    if (ids.length === 0) continue
    const columns = (path === 'agents' ? agentColumns.slice(5) : figureColumns) as readonly FigureName[]
    for (const turn of [0, 1, 2]) {
      const figure = nth(columns, number * 7 + n * 5 + turn * 13)
      const id = nth(ids, number + turn)
      const listed: { fact: FactKind; seconds: number | null; sla_seconds: number | null }[] = []
      for (let cursor = ''; ; ) {
        const where = `${path}/${path === 'performance' ? '' : `${id}/`}${figure}/conversations`
        const query = new URLSearchParams({ ...texts, limit: String((number % 40) + 1), ...(cursor && { cursor }) })
        const { status, text, body } = await life.desk.v3('GET', `reports/${where}?${query}`)
        expect(status, text).toBe(200)
        listed.push(...body.conversations)
        if (body.next_cursor === null) break
        cursor = body.next_cursor
      }
      const own = life.happened
        .filter(({ at }) => isIn(asked, at))
        .filter((one) => path === 'performance' || rows[path].belongs(one, id))
      const minutes = path === 'agents' ? Math.floor((secondsOnline(life, id, asked.from, asked.before) + 30) / 60) : 0
      const again = recount(
        listed.map(({ fact, seconds, sla_seconds }) => ({
          ...{ kind: fact, at: 0, conversation: '', department: '', channel: '', agent: null },
          took: seconds ?? undefined,
          open: sla_seconds ?? undefined,
        })),
        minutes,
      )
      expect(again[figure], `list of ${path} ${id} ${figure}`).toBe(recount(own, minutes)[figure])
    }
  }
}

/** What a plain agent is told: what happened in his departments. */
async function expectSight(asked: Asked, number: number): Promise<void> {
  const { life, from, before } = asked
  const db = life.desk.app.database.reader
  const mine = life.departments
    .filter((one, index) => !one.isDeleted && (number >> index) % 2 === 0)
    .map(({ id }) => id)
  const actor = { kind: 'agent', agentId: life.agents[1]?.id ?? '', role: 'A', departmentIds: mine } as const
  const range = { from, before, zone: life.zone }
  const all = { offset: 0, limit: 1_000 }
  const happened = life.happened.filter(({ at, department }) => isIn(asked, at) && mine.includes(department))
  const texts = (totals: Totals, columns: readonly string[]): Texts =>
    Object.fromEntries(
      (columns as readonly FigureName[]).map((column) => {
        const { of, decimals } = figures[column]
        return [column, of(totals).toFixed(decimals)]
      }),
    )
  const reports = {
    agents: await agentReport(db, actor, range, all),
    channels: await channelReport(db, actor, range, all),
    departments: await departmentReport(db, actor, range, all),
    tags: await tagReport(db, actor, range, all),
  }
  for (const [path, { ids, belongs }] of Object.entries(dimensions(life)) as [
    keyof typeof reports,
    ReturnType<typeof dimensions>['agents'],
  ][]) {
    const columns = path === 'agents' ? agentColumns.slice(4) : figureColumns
    for (const { thing, totals } of reports[path]) {
      if (!ids.includes(thing.id)) continue
      const minutes = path === 'agents' ? Math.floor((secondsOnline(life, thing.id, from, before, mine) + 30) / 60) : 0
      const own = happened.filter((one) => belongs(one, thing.id))
      expect(texts(totals, columns), `${path} for a plain agent`).toEqual(picked(recount(own, minutes), columns))
    }
  }
  const days = await performanceReport(db, actor, range, 'day', all)
  for (const { interval, totals } of days) {
    const day = new Date(interval.wallFrom).toISOString().slice(0, 10)
    const own = happened.filter(({ at }) => wallText(at, life.zone).startsWith(day))
    expect(texts(totals, figureColumns)).toEqual(picked(recount(own), figureColumns))
  }
}

/** Everything that can be asked of a range. */
export async function expectReports(life: Life, question: Question): Promise<void> {
  const asked = rangeOf(life, question)
  const { number } = question
  await expectRows(asked, number)
  await expectPerformance(asked, number)
  await expectHours(asked, number)
  await expectStretches(asked, number)
  await expectPromises(asked, number)
  await expectRanking(asked, number)
  await expectLists(asked, number)
  await expectSight(asked, number)
}

export async function expectNotes(life: Life): Promise<void> {
  await expectFacts(life)
  await expectSums(life)
}
