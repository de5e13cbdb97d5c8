import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Actor, type KeyRights, systemActor } from '../desk/actor.ts'
import { audienceOf, mayHear, recipientsOf, sightOf } from './audience.ts'

const SERVER = join(import.meta.dirname, '..')

const tables = new Set(
  readFileSync(join(SERVER, 'db/schema.ts'), 'utf8')
    .split('\n')
    .map((line) => /^ {2}(\w+): \w+Row$/.exec(line)?.[1]),
)
/** Texts of the same form that mean something else. */
const NO_EVENTS = new Set(['incoming.folders', 'example.com'])

/** Every text in a file that records events and looks like the type of one. */
function eventTypes(): Map<string, string> {
  const types = new Map<string, string>()
  const files = readdirSync(SERVER, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('live') && !file.startsWith('db'),
  )
  for (const file of files) {
    const source = readFileSync(join(SERVER, file), 'utf8')
    if (!/\b(recordEvent|announce|tellBoth)\(/.test(source)) continue
    const code = source.replace(/^import .*$/gm, '').replace(/\/\/.*$/gm, '')
    for (const [, type = ''] of code.matchAll(/['`]([a-z]+(?:\.[a-z]+)+)['`]/g)) {
      const [noun = ''] = type.split('.')
      if (!tables.has(noun) && !NO_EVENTS.has(type)) types.set(type, file)
    }
  }
  return types
}

const agent = (role: string, ...departmentIds: string[]): Actor => ({
  kind: 'agent',
  agentId: 'a1',
  role,
  departmentIds,
})
const key = (rights: KeyRights): Actor => ({ kind: 'key', keyId: 'k1', rights })
const hears = (actor: Actor, type: string, department?: string, from?: string): boolean =>
  mayHear(sightOf(actor), recipientsOf(type, department, { from, agents: ['a1'] }))

describe('who may hear an event', () => {
  test('is decided for each type that the program records', () => {
    const recorded = eventTypes()
    expect([...recorded.keys()]).toEqual(
      expect.arrayContaining(['message.posted', 'mail.sent', 'sla.warned', 'move.undone', 'conversation.untagged']),
    )
    expect(tables.has('agents')).toBe(true)
    const undecided = [...recorded].filter(([type]) => audienceOf(type) === undefined)
    expect(undecided).toEqual([])
  })

  test('is nobody where nothing was decided', () => {
    for (const actor of [agent('O'), key('full'), systemActor]) expect(hears(actor, 'secret.leaked', 'd1')).toBe(false)
    for (const type of ['constructor', '__proto__', 'toString', '']) expect(hears(agent('O'), type, 'd1')).toBe(false)
  })

  test('is who works in the department of the conversation, owners, administrators and keys', () => {
    const who = [agent('A', 'd1'), agent('A', 'd2'), agent('A'), agent('D'), agent('O'), key('full'), key('read')]
    const heard = (type: string, department?: string, from?: string) =>
      who.map((actor) => hears(actor, type, department, from))
    expect(heard('message.posted', 'd1')).toEqual([true, false, false, true, true, true, true])
    expect(heard('chat.offered', 'd2')).toEqual([false, true, false, true, true, true, true])
    expect(heard('conversation.transferred', 'd2', 'd1')).toEqual([true, true, false, true, true, true, true])
    expect(heard('message.posted', 'd2', 'd1')).toEqual([false, true, false, true, true, true, true])
    // A conversation that is not there any more.
    expect(heard('message.posted')).toEqual(who.map(() => false))
  })

  test('is also the agent whom a call rings at, wherever its conversation is', () => {
    const elsewhere = [agent('A', 'd2'), { ...agent('A', 'd2'), agentId: 'a2' } as const]
    const heard = (type: string) => elsewhere.map((actor) => hears(actor, type, 'd1'))
    for (const type of ['call.ringing', 'call.offer.ended', 'call.answered', 'call.ended'])
      expect([type, heard(type)]).toEqual([type, [true, false]])
    for (const type of ['call.started', 'call.recorded', 'chat.offered', 'message.posted'])
      expect([type, heard(type)]).toEqual([type, [false, false]])
  })

  test('is administrators for mail troubles, settings and keys, and not a key that only reads', () => {
    const who = [agent('A', 'd1'), key('read'), agent('D'), agent('O'), key('full')]
    for (const type of ['mailbox.failed', 'settings.changed', 'apikey.added', 'mail.held', 'mail.failed'])
      expect(who.map((actor) => hears(actor, type))).toEqual([false, false, true, true, true])
  })

  test('is a key for telephone calls for what happens to calls, and for nothing else', () => {
    const heard = (type: string) => hears(key('telephony'), type, 'd1', 'd2')
    for (const type of ['call.started', 'call.ringing', 'call.transferred', 'call.recorded', 'call.ended'])
      expect([type, heard(type)]).toEqual([type, true])
    for (const type of ['message.posted', 'chat.offered', 'customer.changed', 'presence.changed', 'settings.changed'])
      expect([type, heard(type)]).toEqual([type, false])
  })

  test('is every agent for who is online, and nobody for what the program tells itself', () => {
    expect(hears(agent('A'), 'presence.changed')).toBe(true)
    expect(hears(agent('O'), 'session.ended')).toBe(false)
  })
})
