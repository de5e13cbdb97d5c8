import { expect, test } from 'vitest'
import { envelope, type WireObject } from './envelope.ts'

test('a long answer in JSON is the text that it would be in one go', async () => {
  const rows = Array.from({ length: 1_000 }, (_, n) => ({
    id: `${n}`,
    name: 'quoted " and \u2028',
    none: null,
    list: [],
  }))
  const answers: WireObject[] = [{ rows }, { status: 'OK', statuscode: 0, rows, others: [], 'a"b': rows.slice(0, 3) }]
  for (const response of answers) expect(await envelope('json', response)).toBe(JSON.stringify({ response }))
})

test('a short one, too', async () => {
  expect(await envelope('json', {})).toBe('{"response":{}}')
  expect(await envelope('json', { rows: ['a'], of: null })).toBe('{"response":{"rows":["a"],"of":null}}')
})
