// A page of the facts behind a figure is read from the end of an index, however long the range and however old the desk.
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf } from '../../../test/plan.ts'
import { insertRows } from '../../db/prepared.ts'
import { fewQuery } from './behind.ts'
import { factsByTime, type Walk } from './facts-by-time.ts'

const DAY = 86_400_000
const FIRST = 20_000 * DAY

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  // Enough to choose an index by.
  const facts = Array.from({ length: 36_000 }, (_, n) => ({
    kind: ['answer', 'answer_new', 'resolved', 'note', 'rated_good'][n % 5] ?? '',
    at: FIRST + n * 60_000,
    conversation_id: `conv${n >> 3}`,
    department_id: ['default', 'other000', 'third000'][n % 3] ?? '',
    channel: ['E', 'M', 'C'][n % 3] ?? '',
    agent_id: n % 4 === 0 ? null : `agent${n % 50}`,
    seconds: n,
    sla_seconds: null,
  }))
  const tagged = Array.from({ length: 600 }, (_, n) => ({
    conversation_id: `conv${n}`,
    tag_id: `tag${n % 10}`,
    added_at: 0,
  }))
  await desk.app.database.write(async (tx) => {
    for (let n = 0; n < facts.length; n += 3_000) await insertRows(tx, 'facts', facts.slice(n, n + 3_000))
    await insertRows(tx, 'conversation_tags', tagged)
    await sql`analyze`.execute(tx)
  })
})
afterAll(() => desk.close())

const walk: Walk = {
  by: 'agent_id',
  ids: ['agent1'],
  kinds: ['answer', 'answer_new'],
  span: { from: FIRST, before: FIRST + 365 * DAY },
  after: { at: FIRST + 30 * DAY, seq: 4_000 },
  limit: 21,
  tagId: undefined,
}
const plan = (changes: Partial<Walk>) => {
  const { reader } = desk.app.database
  return planOf(desk, factsByTime(reader, { ...walk, ...changes }).compile())
}

/** What is looked up for a fact that was found. */
const isLookup = (line: string): boolean => /\b(undone|given)\b|facts_pkey|PRIMARY KEY/.test(line)
const scans = (lines: readonly string[]): string[] =>
  lines.filter((line) => /(SEARCH|SCAN|Scan).* facts\b/.test(line) && !isLookup(line)).map((line) => line.trim())

describe('the facts', () => {
  test.each<[string, Partial<Walk>, string]>([
    ['of an agent', {}, 'facts_agent'],
    ['of departments', { by: 'department_id', ids: ['default', 'other000'] }, 'facts_department'],
    ['of a channel', { by: 'channel', ids: ['C'] }, 'facts_channel'],
    ['of everything', { by: 'channel', ids: ['E', 'M', 'C'] }, 'facts_channel'],
    ['of a common tag', { by: 'channel', ids: ['E', 'M', 'C'], tagId: 'tag1' }, 'facts_channel'],
  ])('%s come from their index in its order, from where the page begins', async (_name, changes, index) => {
    const streams = scans(await plan(changes))
    expect(streams.length).toBe((changes.ids ?? walk.ids).length * walk.kinds.length)
    const inOrder =
      engine === 'postgres'
        ? new RegExp(`^->  Index Only Scan Backward using ${index} `)
        : new RegExp(`^SEARCH facts USING COVERING INDEX ${index} \\(\\w+=\\? AND kind=\\? AND at>\\? AND at<\\?\\)$`)
    for (const stream of streams) expect(stream).toMatch(inOrder)
  })

  test('of a rare tag come from its conversations', async () => {
    const lines = await plan({ by: 'tag_id', ids: ['tag1'], tagId: undefined })
    expect(lines.join('\n')).toContain('conversation_tags_tag')
    expect(lines.join('\n')).toContain('facts_conversation')
    expect(lines.filter((line) => /Seq Scan|SCAN facts|facts_at/.test(line) && !isLookup(line))).toEqual([])
  })
})

test('whether a tag is rare is counted no further than it must', async () => {
  const lines = await planOf(desk, fewQuery(desk.app.database.reader, 'tag1', 2_000).compile())
  expect(lines.join('\n')).toContain('conversation_tags_tag')
  expect(lines.filter((line) => /Seq Scan|SCAN conversation_tags/.test(line))).toEqual([])
})
