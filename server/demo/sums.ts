// The rollups of a history that is loaded into an empty desk, added up while it is made: adding up millions of stored facts
// would take a quarter of the time of loading them. What they are is told in desk/metrics/rollups.ts; a test compares.
import { DAY, HALF_HOUR, HOUR } from '../desk/metrics/time.ts'
import { type Sum, SumsOfDays } from './day-sums.ts'
import { LoadSums } from './load-sums.ts'
import { cellsOf, emptyPortion, type Portion, type Value } from './tables.ts'

const dayOf = (at: number): number => Math.floor(at / DAY)
/** A year, and what may lie before and behind. */
const DAYS = 500
/** In a portion: a million conversations have millions of them. */
const ROWS = 20_000
/** How many kinds, departments, channels and agents there may be. */
const MOST_NAMES = 1_024

/** What counts together: where its sums of each day are; 0: it has none. */
interface Series {
  id: string
  kind: string
  days: Int32Array
  sums: SumsOfDays
}

/** By id and kind. */
type Group = Map<string, Series>

export class Sums {
  readonly #firstDay: number
  /** By dimension and department. */
  readonly #tree = new Map<string, Map<string, Group>>()
  /** Where facts count that are alike in kind, department, channel and agent. */
  readonly #alike = new Map<number, readonly Series[]>()
  readonly #numbers = new Map<Value, number>()
  readonly #ofHours = new SumsOfDays(HOUR)
  readonly #ofHalves = new SumsOfDays(HALF_HOUR)
  readonly #load = new LoadSums()
  #isWhole = true

  constructor(until: number) {
    this.#firstDay = dayOf(until) - DAYS + 20
  }

  /** Adds the facts of a portion. A conversation's facts and tags are in the same one. */
  add(portion: Portion): void {
    const tags = new Map<Value, string[]>()
    for (const [conversation = null, tag] of cellsOf(portion, 'tags', 'conversation_id', 'tag_id'))
      tags.set(conversation, [...(tags.get(conversation) ?? []), String(tag)])
    const names = ['kind', 'at', 'conversation_id', 'department_id', 'channel', 'agent_id', 'seconds', 'sla_seconds']
    for (const cells of cellsOf(portion, 'facts', ...names)) {
      const [kind, at, conversation = null, department, channel, agent, took, slaTook] = cells
      const sum = { count: 1, seconds: Number(took ?? 0), sla_seconds: Number(slaTook ?? took ?? 0) }
      for (const series of this.#seriesOf(kind, department, channel, agent)) this.#add(series, Number(at), sum)
      for (const tag of tags.get(conversation) ?? [])
        this.#add(this.#one('tag', String(department), tag, String(kind)), Number(at), sum)
    }
    this.#load.add(portion)
  }

  #add({ days, sums }: Series, at: number, sum: Sum): void {
    const since = at - this.#firstDay * DAY
    const day = Math.floor(since / DAY)
    if (day < 0 || day >= DAYS) this.#isWhole = false
    else {
      days[day] ||= sums.place()
      sums.add(days[day] ?? 0, since - day * DAY, sum)
    }
  }

  #seriesOf(kind: Value = null, department: Value = null, channel: Value = null, agent: Value = null) {
    let key = 0
    for (const name of [agent, department, channel, kind]) key = key * MOST_NAMES + this.#numberOf(name)
    const known = this.#alike.get(key)
    if (known) return known
    const [what, place] = [String(kind), String(department)]
    const series = [
      this.#one('all', place, '', what),
      this.#one('all', '', '', what),
      this.#one('channel', place, String(channel), what),
      ...(agent === null ? [] : [this.#one('agent', place, String(agent), what)]),
    ]
    this.#alike.set(key, series)
    return series
  }

  #numberOf(name: Value): number {
    const number = this.#numbers.get(name) ?? this.#numbers.size
    if (number === this.#numbers.size) this.#numbers.set(name, number)
    if (number >= MOST_NAMES) this.#isWhole = false
    return number
  }

  #one(dimension: string, department: string, id: string, kind: string): Series {
    const departments = child(this.#tree, dimension, () => new Map<string, Group>())
    const group = child(departments, department, () => new Map())
    // The text sorts as the two do: a space comes before whatever ids are made of.
    const sums = dimension === 'all' ? this.#ofHalves : this.#ofHours
    return child(group, `${id} ${kind}`, () => ({ id, kind, days: new Int32Array(DAYS), sums }))
  }

  /** The rows of the tables, in the order of their keys, some at a time; undefined: they cannot be added up here. */
  portions(): Iterable<Portion> | undefined {
    return this.#isWhole && this.#load.isWhole ? this.#all() : undefined
  }

  *#all(): Generator<Portion> {
    let portion = emptyPortion()
    for (const [dimension, departments] of inOrder(this.#tree))
      for (const [department, group] of inOrder(departments))
        for (const unit of dimension === 'all' ? UNITS : UNITS_OF_EACH)
          for (const [at, { id, kind }, { count, seconds, sla_seconds }] of this.#rowsOf(unit, group)) {
            portion.rollups.push(dimension, department, unit, at, id, kind, count, seconds, sla_seconds)
            if (portion.rollups.length < ROWS * 9) continue
            yield portion
            portion = emptyPortion()
          }
    yield portion
    yield* this.#load.portions()
  }

  *#rowsOf(unit: Unit, group: Group): Generator<[at: number, Series, Sum]> {
    const all = inOrder(group).map(([, series]) => series)
    for (const { at, days } of this.#units(unit)) {
      const own = all
        .map((series) => ({ series, places: days.map((day) => series.days[day] ?? 0).filter((place) => place > 0) }))
        .filter(({ places }) => places.length > 0)
      const length = LENGTHS[unit]
      for (let time = 0; own.length > 0 && time < DAY; time += length)
        for (const { series, places } of own) {
          const sum = series.sums.of(places, time, length)
          if (sum.count > 0) yield [at + time, series, sum]
        }
    }
  }

  /** The days, or the months with their days, oldest first. */
  *#units(unit: Unit): Generator<{ at: number; days: number[] }> {
    for (let day = 0; day < DAYS; ) {
      const at = (this.#firstDay + day) * DAY
      const next = unit === 'month' ? Math.min(DAYS, dayOf(nextMonth(at)) - this.#firstDay) : day + 1
      const days = Array.from({ length: next - day }, (_, index) => day + index)
      yield { at: unit === 'month' ? startOfMonth(at) : at, days }
      day = next
    }
  }
}

/** In the order of the key. */
const UNITS = ['day', 'half', 'hour', 'month'] as const
const UNITS_OF_EACH = ['day', 'hour', 'month'] as const
type Unit = (typeof UNITS)[number]
/** Of the day, or of each day of the month. */
const LENGTHS: Record<Unit, number> = { day: DAY, half: HALF_HOUR, hour: HOUR, month: DAY }

function startOfMonth(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

function nextMonth(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

function child<Below>(map: Map<string, Below>, key: string, make: () => Below): Below {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

const inOrder = <Below>(map: Map<string, Below>): [string, Below][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
