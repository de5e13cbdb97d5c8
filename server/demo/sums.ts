// The rollups of a history that is loaded into an empty desk, added up while it is made: adding up millions of stored facts
// would take a quarter of the time of loading them. What they are is told in desk/metrics/rollups.ts; a test compares.
import { dayOf, startOfDay } from '../desk/metrics/load.ts'
import { append, cellsOf, type Portion, type Value } from './tables.ts'

const HOUR = 3_600_000
/** A year, and what may lie before and behind. */
const DAYS = 500

interface Series {
  counts: Int32Array
  seconds: Float64Array
}

/** By dimension, department, id and kind. */
type Tree = Map<string, Map<string, Map<string, Map<string, Series>>>>

export class Sums {
  readonly #firstDay: number
  /** `all` by hour, the others by day. */
  readonly #tree: Tree = new Map()
  #isWhole = true

  constructor(until: number) {
    this.#firstDay = dayOf(until) - DAYS + 20
  }

  /** Adds the facts of a portion. A conversation's facts and tags are in the same one. */
  add(portion: Portion): void {
    const tags = new Map<Value, string[]>()
    for (const [conversation = null, tag] of cellsOf(portion, 'tags', 'conversation_id', 'tag_id'))
      tags.set(conversation, [...(tags.get(conversation) ?? []), String(tag)])
    const names = ['kind', 'at', 'conversation_id', 'department_id', 'channel', 'agent_id', 'seconds']
    for (const [kind, at, conversation = null, department, channel, agent, took] of cellsOf(
      portion,
      'facts',
      ...names,
    )) {
      const place = { kind: String(kind), department: String(department), at: Number(at), seconds: Number(took ?? 0) }
      this.#count('all', place.department, '', place)
      this.#count('all', '', '', place)
      if (agent !== null) this.#count('agent', place.department, String(agent), place)
      this.#count('channel', place.department, String(channel), place)
      for (const tag of tags.get(conversation) ?? []) this.#count('tag', place.department, tag, place)
    }
  }

  #count(dimension: string, department: string, id: string, fact: { kind: string; at: number; seconds: number }): void {
    const isHourly = dimension === 'all'
    const since = fact.at - startOfDay(this.#firstDay)
    const slot = Math.floor(since / (isHourly ? HOUR : 24 * HOUR))
    const series = this.#seriesOf(dimension, department, id, fact.kind)
    if (slot < 0 || slot >= series.counts.length) this.#isWhole = false
    series.counts[slot] = (series.counts[slot] ?? 0) + 1
    series.seconds[slot] = (series.seconds[slot] ?? 0) + fact.seconds
  }

  #seriesOf(dimension: string, department: string, id: string, kind: string): Series {
    const kinds = child(child(child(this.#tree, dimension), department), id)
    const known = kinds.get(kind)
    if (known) return known
    const slots = dimension === 'all' ? DAYS * 24 : DAYS
    const series = { counts: new Int32Array(slots), seconds: new Float64Array(slots) }
    kinds.set(kind, series)
    return series
  }

  /** The rows of the table, in the order of its key; undefined: some facts lie too far away to have been added up. */
  rows(portion: Portion): Portion | undefined {
    if (!this.#isWhole) return undefined
    for (const [dimension, departments] of inOrder(this.#tree))
      for (const [department, ids] of inOrder(departments))
        for (const unit of dimension === 'all' ? UNITS : LONG_UNITS)
          for (const row of this.#rowsOf(unit, dimension, ids))
            append(portion, 'rollups', { dimension, department_id: department, unit, ...row })
    return portion
  }

  *#rowsOf(unit: Unit, dimension: string, ids: Map<string, Map<string, Series>>) {
    const perDay = dimension === 'all' ? 24 : 1
    const ordered = inOrder(ids).map(([id, kinds]) => [id, inOrder(kinds)] as const)
    for (const { at, from, to } of this.#slots(unit, perDay)) {
      for (const [id, kinds] of ordered) {
        for (const [kind, series] of kinds) {
          const count = sumOf(series.counts, from, to)
          if (count === 0) continue
          const seconds = sumOf(series.seconds, from, to)
          yield { at, id, kind, count, seconds, sla_seconds: seconds }
        }
      }
    }
  }

  /** The stretches of slots that make a unit, oldest first. */
  *#slots(unit: Unit, perDay: number): Generator<{ at: number; from: number; to: number }> {
    if (unit === 'hour') {
      for (let slot = 0; slot < DAYS * 24; slot++)
        yield { at: startOfDay(this.#firstDay) + slot * HOUR, from: slot, to: slot + 1 }
      return
    }
    for (let day = 0; day < DAYS; ) {
      const at = startOfDay(this.#firstDay + day)
      const next = unit === 'day' ? day + 1 : Math.min(DAYS, dayOf(nextMonth(at)) - this.#firstDay)
      yield { at: unit === 'day' ? at : startOfMonth(at), from: day * perDay, to: next * perDay }
      day = next
    }
  }
}

/** In the order of the key. */
const UNITS = ['day', 'hour', 'month'] as const
const LONG_UNITS = ['day', 'month'] as const
type Unit = (typeof UNITS)[number]

function startOfMonth(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

function nextMonth(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

function child<Below>(map: Map<string, Map<string, Below>>, key: string): Map<string, Below> {
  const known = map.get(key)
  if (known) return known
  const made = new Map<string, Below>()
  map.set(key, made)
  return made
}

const inOrder = <Below>(map: Map<string, Below>): [string, Below][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

function sumOf(values: Int32Array | Float64Array, from: number, to: number): number {
  let sum = 0
  for (let slot = from; slot < to; slot++) sum += values[slot] ?? 0
  return sum
}
