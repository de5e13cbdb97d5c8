// No list of calls reads them all: there are many after some years, and few at a time.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { planOf, wholeTableReads } from '../../../test/plan.ts'
import { type Actor, systemActor } from '../actor.ts'
import { ringingWhileOnline, rungOutQuery } from '../routing/offers.ts'
import { type CallFilter, callsQuery, countsQuery } from './find.ts'
import { lostCalls, orphanedOffers, queueOf, queues } from './route.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const plainAgent: Actor = { kind: 'agent', agentId: 'agent000', role: 'A', departmentIds: ['default'] }
const inThree: Actor = { ...plainAgent, departmentIds: ['default', 'sales000', 'support0'] }
const db = () => desk.app.database.reader

test.each<[string, Actor, Omit<CallFilter, 'limit'>, string]>([
  ['all', systemActor, {}, 'calls_started'],
  ['all after a page', systemActor, { cursor: 'abc-abcdefgh' }, 'calls_started'],
  ['those of a department', systemActor, { departmentId: 'default' }, 'calls_department'],
  ['those of an agent', systemActor, { agentId: 'agent000' }, 'calls_agent'],
  ['those that a plain agent sees', plainAgent, {}, 'calls_department'],
  ['those of several departments', inThree, {}, 'calls_department'],
  ['those of several departments after a page', inThree, { cursor: 'abc-abcdefgh' }, 'calls_department'],
  ['those of a department of several', inThree, { departmentId: 'sales000' }, 'calls_department'],
])('%s are read from an index in their order', async (_, actor, filter, index) => {
  const plan = (await planOf(desk, callsQuery(db(), actor, { ...filter, limit: 100 }).compile())).join('\n')
  expect(plan).toContain(index)
  expect(wholeTableReads(plan.split('\n').filter((line) => !/stream/.test(line)))).toEqual([])
})

test.each<[string, Omit<CallFilter, 'limit'>, RegExp]>([
  ['those that live', { states: ['queued', 'ringing', 'talking', 'offline'] }, /calls_live|calls_expiring/],
  ['those of a conversation', { conversationId: 'abcdefgh' }, /calls_conversation/],
  ['those that an agent has', { states: ['talking'], agentId: 'agent000' }, /calls_(live|expiring|agent)/],
  ['the one with a reference', { reference: 'pbx' }, /sqlite_autoindex_calls|calls_reference_key/],
])('%s are found in an index', async (_, filter, index) => {
  for (const actor of [systemActor, plainAgent]) {
    const plan = await planOf(desk, callsQuery(db(), actor, { ...filter, limit: 100 }).compile())
    expect(plan.join('\n')).toMatch(index)
    expect(wholeTableReads(plan)).toEqual([])
  }
})

test.each([
  ['the counts', () => countsQuery(db()), /calls_live|calls_expiring/],
  ['what waits', () => queues(db()), /calls_live/],
  ['a queue', () => queueOf(db(), 'default'), /calls_live/],
  ['what is lost', () => lostCalls(db(), 1), /calls_expiring/],
  ['what has rung out', () => rungOutQuery(db(), 'calls', 1), /offers_ringing/],
  ['what rings', () => ringingWhileOnline(db(), 'calls'), /offers_ringing/],
  ['who was deleted while he was asked', () => orphanedOffers(db()), /offers_ringing/],
] as const)('%s come from an index of what lives', async (_, query, index) => {
  const plan = await planOf(desk, query().compile())
  expect(plan.join('\n')).toMatch(index)
  // SQLite looks each agent up; a desk has tens of them.
  const reads = wholeTableReads(plan).filter((line) => engine === 'sqlite' || !line.includes('agents'))
  expect(reads).toEqual([])
})
