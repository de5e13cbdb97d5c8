// Every call × every documented field × every format, on real stored data.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bareName, calls } from '../../contract/v1/calls.ts'
import { newDesk, type TestDesk } from '../desk.ts'
import { leastOf, resourceOf, sampleOf } from './samples.ts'
import { documented, emptyLists, faults, formats, readAnswer } from './wire.ts'
import { newWorld, type World } from './world.ts'

let desk: TestDesk
let world: World
beforeAll(async () => {
  desk = await newDesk()
  world = await newWorld(desk)
})
afterAll(() => desk.close())

// Of what this small desk has none: stretches online, and answered SLA clocks.
const ALWAYS_EMPTY = /^\/api\/reports\/\w+\/(agentsavailability|slalog)$/

const TYPES = { json: 'application/json', xml: 'application/xml', yaml: 'application/yaml' }

describe.each(calls)('$method $path', (call) => {
  test.each(formats)('answers every documented field as %s', async (format) => {
    const sample = await sampleOf(world, call)
    const reply = await desk.v1(call.method, `${resourceOf(call, sample.path)}.${format}`, leastOf(sample))
    expect(reply.status, reply.text).toBe(200)
    expect(reply.headers['content-type']).toBe(`${TYPES[format]}; charset=utf-8`)
    const answer = readAnswer(call, format, reply.text)
    expect(faults(call, format, answer)).toEqual([])
    expect(emptyLists(call, answer).length > 0).toBe(ALWAYS_EMPTY.test(call.path))
  })

  test('takes every documented parameter', async () => {
    const { path, required, sensible, optional } = await sampleOf(world, call)
    const params = { ...required, ...sensible, ...optional }
    const names = ['apikey', ...Object.keys(path), ...Object.keys(params)]
    expect(names.sort()).toEqual(call.params.map(bareName).sort())
    const reply = await desk.v1(call.method, resourceOf(call, path), params)
    expect(reply.status, reply.text).toBe(200)
    // `columns` is there to leave columns out.
    if (!('columns' in optional)) expect(faults(call, 'json', reply.body)).toEqual([])
  })
})

// What the clock changes between one call and the next.
const MOVES_ON = /^\/api\/(application\/status|reports\/\w+\/load)$/

describe.each(calls.filter(({ method, path }) => method === 'GET' && !MOVES_ON.test(path)))('$path', (call) => {
  test('says the same in all three formats', async () => {
    const sample = await sampleOf(world, call)
    const answers = []
    for (const format of formats) {
      const reply = await desk.v1('GET', `${resourceOf(call, sample.path)}.${format}`, leastOf(sample))
      answers.push(documented(call, readAnswer(call, format, reply.text)))
    }
    const [json, ...others] = answers
    for (const other of others) expect(other).toEqual(json)
  })
})
