// What every call refuses, with which status, and that the message names the parameter: in all three formats.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bareName, type ContractCall, calls } from '../../contract/v1/calls.ts'
import { newDesk, type TestDesk } from '../desk.ts'
import { leastOf, resourceOf, type Sample, sampleOf } from './samples.ts'
import { type Format, formats, readAnswer } from './wire.ts'
import { newWorld, type World } from './world.ts'

let desk: TestDesk
let world: World
beforeAll(async () => {
  desk = await newDesk()
  world = await newWorld(desk)
})
afterAll(() => desk.close())

interface Fault {
  call: ContractCall
  parameter: string
  value: string | undefined
}

/** Asks in a format and returns what the refusal says. */
async function refusal(call: ContractCall, format: Format, sample: Sample, key?: string | null) {
  const params = { ...sample.optional, ...sample.sensible, ...sample.required }
  const reply = await desk.v1(call.method, `${resourceOf(call, sample.path)}.${format}`, params, { key })
  const answer = readAnswer({ ...call, returns: [] }, format, reply.text)
  expect(Object.keys(answer)).toEqual(['status', 'statuscode', 'errormessage', 'debugmessage'])
  expect(answer.status).toBe('ERROR')
  expect(answer.statuscode).toBe(format === 'xml' ? String(reply.status) : reply.status)
  expect(reply.headers['content-type']).toContain(format)
  return { status: reply.status, message: String(answer.errormessage) }
}

const only = (sample: Sample): Sample => ({ ...sample, optional: {} })

describe.each(calls)('$method $path', (call) => {
  test.each(formats)('wants a key, and the right one, as %s', async (format) => {
    const sample = only(await sampleOf(world, call))
    expect(await refusal(call, format, sample, null)).toEqual({
      status: 400,
      message: 'Api key is not found in request',
    })
    expect((await refusal(call, format, sample, 'a-key-that-nobody-has')).status).toBe(401)
  })
})

describe.each(calls.filter(({ path }) => path.includes('[')))('$method $path', (call) => {
  test.each(formats)('knows nothing of an object that is not there, as %s', async (format) => {
    const sample = only(await sampleOf(world, call))
    const nobody = Object.fromEntries(Object.keys(sample.path).map((name) => [name, 'nothere0']))
    expect((await refusal(call, format, { ...sample, path: nobody })).status).toBe(404)
  })
})

describe('a call that is not there', () => {
  test.each([
    ['GET', 'nowhere'],
    ['POST', 'tags/default/nowhere'],
    ['PUT', 'tags'],
    ['DELETE', 'application/status'],
    ['GET', ''],
  ])('%s /api/%s is told in the format asked for', async (method, path) => {
    const nothing = { path: {}, required: {}, sensible: {}, optional: {} }
    const call = { method: method as 'GET', path: `/api/${path}`, title: '', generations: [], params: [], returns: [] }
    for (const format of formats) expect((await refusal(call, format, nothing)).status).toBe(404)
  })
})

const inBody = (call: ContractCall) => call.params.filter(({ name }) => name !== 'apikey' && !name.startsWith('['))

/** Calls that real clients send without what the document requires, and that answer for the last 30 days then. */
const LENIENT = /\/slalog$/

const missing: Fault[] = calls
  .filter(({ path }) => !LENIENT.test(path))
  .flatMap((call) =>
    inBody(call)
      .filter(({ required }) => required)
      .flatMap((param) => ['', undefined].map((value) => ({ call, parameter: bareName(param), value }))),
  )

const GARBAGE: Record<string, readonly string[]> = {
  int: ['many', '-1', '1.5', '1e3'],
  datetime: ['yesterday', '2024-02-30', '2024-13-01 00:00:00', '08/26/2014'],
  opdatetime: ['yesterday', 'gt:soon', 'btw:2024-01-01', 'xx:2024-01-01'],
  constlist: ['?', 'ZZ'],
  json: ['no JSON', '{"code":"a"}', '[1]', '[{"value":"b"}]'],
}
const wrong: Fault[] = calls.flatMap((call) =>
  inBody(call).flatMap((param) =>
    (GARBAGE[param.type] ?? []).map((value) => ({ call, parameter: bareName(param), value })),
  ),
)

async function refuses({ call, parameter, value }: Fault, format: Format): Promise<void> {
  const sample = only(await sampleOf(world, call))
  const { [parameter]: _left, ...others } = leastOf(sample)
  const required = value === undefined ? others : { ...others, [parameter]: value }
  const { status, message } = await refusal(call, format, { ...sample, sensible: {}, required })
  expect(message).toContain(`'${parameter}'`)
  expect(status).toBe(500)
}

const title = ({ call, parameter, value }: Fault): [string, Fault] => [
  `${call.method} ${call.path} with ${parameter}=${value ?? '(not there)'}`,
  { call, parameter, value },
]

describe('a required parameter that is missing or blank is named', () => {
  test.each(missing.map(title))('%s', async (_name, fault) => {
    for (const format of formats) await refuses(fault, format)
  })
})

describe('a value that cannot be meant is refused by name', () => {
  test.each(wrong.map(title))('%s', async (_name, fault) => {
    for (const format of formats) await refuses(fault, format)
  })
})
