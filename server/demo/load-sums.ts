// The load of a history that is loaded into an empty desk, added up while it is made. What the rows are is told in
// desk/metrics/load-rollups.ts; a test compares.
import { type Course, goOn } from '../desk/metrics/course.ts'
import { halfHourOf, placesOf } from '../desk/metrics/load-rollups.ts'
import { DAY } from '../desk/metrics/time.ts'
import { append, cellsOf, emptyPortion, type Portion } from './tables.ts'

interface Series {
  service: string
  department_id: string
  agent_id: string
  courses: ({ at: number } & Course)[]
}

/** Of a department and agent: the series that their steps belong to. */
type Place = readonly Series[]

const MOST_PLACES = 2 ** 16

export class LoadSums {
  readonly #series = new Map<string, Series>()
  readonly #places: Place[] = []
  readonly #placeOf = new Map<string, number>()
  /** By the beginning of the half-hour: when in it, where, and whether up, in one number, which sorts by time. */
  readonly #steps = new Map<number, number[]>()
  #isWhole = true

  add(portion: Portion): void {
    for (const [service, at, department, agent, delta] of cellsOf(
      portion,
      'loadChanges',
      'service',
      'at',
      'department_id',
      'agent_id',
      'delta',
    )) {
      const place = this.#numberOf(String(service), String(department), String(agent))
      if (place >= MOST_PLACES || Math.abs(Number(delta)) !== 1) this.#isWhole = false
      const half = halfHourOf(Number(at))
      const step = ((Number(at) - half) * MOST_PLACES + place) * 2 + (Number(delta) > 0 ? 1 : 0)
      const steps = this.#steps.get(half)
      if (steps) steps.push(step)
      else this.#steps.set(half, [step])
    }
  }

  /** Whether the rows can be added up here. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** The rows in the order of their keys, some at a time. */
  *portions(): Generator<Portion> {
    for (const series of this.#series.values()) series.courses = []
    for (const [half, steps] of [...this.#steps].sort(([a], [b]) => a - b))
      this.#walk(half, Float64Array.from(steps).sort())
    for (const [, { courses, ...key }] of [...this.#series].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const portion = emptyPortion()
      for (const course of courses) append(portion, 'loadCourses', { ...key, ...course })
      const [days, months] = [sumsBy(courses, dayOf), sumsBy(courses, monthOf)]
      for (const [at, net] of days) append(portion, 'loadSums', { ...key, unit: 'day', at, net })
      for (const [at, net] of months) append(portion, 'loadSums', { ...key, unit: 'month', at, net })
      yield portion
    }
  }

  #walk(half: number, steps: Float64Array): void {
    const courses = new Map<Series, Course>()
    for (const step of steps) {
      const at = half + Math.floor(step / (2 * MOST_PLACES))
      const delta = step % 2 === 1 ? 1 : -1
      for (const series of this.#places[Math.floor(step / 2) % MOST_PLACES] ?? [])
        courses.set(series, goOn(courses.get(series), half, { at, delta }))
    }
    for (const [series, course] of courses) series.courses.push({ at: half, ...course })
  }

  #numberOf(service: string, department: string, agent: string): number {
    const key = `${service} ${department} ${agent}`
    const known = this.#placeOf.get(key)
    if (known !== undefined) return known
    const number = this.#places.length
    const places = placesOf({ department_id: department, agent_id: agent })
    this.#places.push(places.map(({ department_id, agent_id }) => this.#seriesOf(service, department_id, agent_id)))
    this.#placeOf.set(key, number)
    return number
  }

  #seriesOf(service: string, department_id: string, agent_id: string): Series {
    // The text sorts as the key of the table does: a space comes before whatever ids are made of.
    const key = `${service} ${department_id} ${agent_id}`
    const known = this.#series.get(key)
    if (known) return known
    const series = { service, department_id, agent_id, courses: [] }
    this.#series.set(key, series)
    return series
  }
}

const dayOf = (at: number): number => Math.floor(at / DAY) * DAY

function monthOf(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

function sumsBy(courses: Series['courses'], unitOf: (at: number) => number): Map<number, number> {
  const sums = new Map<number, number>()
  for (const { at, net } of courses) sums.set(unitOf(at), (sums.get(unitOf(at)) ?? 0) + net)
  return sums
}
