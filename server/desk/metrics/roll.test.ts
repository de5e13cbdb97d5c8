// The roller beside writes that are under way: no fact is passed by, none is counted twice.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engine, newDesk, type TestDesk } from '../../../test/desk.ts'
import { aConversation } from '../../../test/people.ts'
import { settledNumber } from '../../db/settled.ts'
import { systemActor } from '../actor.ts'
import { getConversationForChange } from '../conversations/conversation.ts'
import { addTagTo } from '../conversations/tags.ts'
import { figures, NOTHING } from '../reports/figures.ts'
import { totalsBy } from '../reports/totals.ts'
import { addTag, removeTag, type Tag } from '../tags/tags.ts'
import { recordFacts } from './facts.ts'
import { positionOf } from './positions.ts'
import { emptyRollups, rollFacts, rollPortion } from './roll.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const AT = Date.UTC(2025, 5, 11, 12)
const conversation = { id: 'conversation', department_id: 'default', channel: 'E' }
const fact = { kind: 'note', at: AT, conversation, agentId: null } as const
const span = { from: AT - 86_400_000, before: Date.now() + 86_400_000 }

const totals = async (dimension: 'department' | 'tag', id: string) =>
  (await totalsBy(desk.app.database.reader, systemActor, dimension, span)).get(id) ?? NOTHING
const notes = async (): Promise<number> => figures.notes.of(await totals('department', 'default'))

/** A promise and what fulfils it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

const aTag = (name: string): Promise<Tag> => desk.app.database.write((tx) => addTag(tx, { name }))
const tagIt = (id: string, tag: Tag): Promise<void> =>
  desk.app.database.write(async (tx) =>
    addTagTo(tx, await getConversationForChange(tx, systemActor, id), tag, 'system00'),
  )

describe('the roller', () => {
  test('leaves everything as it was when it dies before its commit', async () => {
    const { database } = desk.app
    await database.write((tx) => recordFacts(tx, [fact]))
    const before = await notes()
    const settled = (await settledNumber(database.reader, 'facts')) ?? 0
    const dying = database.write(async (tx) => {
      expect(await rollPortion(tx, settled, 1_000)).toBeGreaterThan(0)
      throw new Error('the roller died')
    })
    await expect(dying).rejects.toThrow('the roller died')
    expect(await notes()).toBe(before)
    await rollFacts(database)
    expect(await positionOf(database.reader, 'facts')).toBe(settled)
    expect(await notes()).toBe(before)
  })

  if (engine === 'postgres')
    test('does not pass a fact whose transaction commits after that of a later one', async () => {
      const { database } = desk.app
      await rollFacts(database)
      const before = await notes()
      const [drawn, mayEnd] = [gate(), gate()]
      const slow = database.write(async (tx) => {
        await recordFacts(tx, [fact])
        drawn.open()
        await mayEnd.opened
      })
      await drawn.opened
      await database.write((tx) => recordFacts(tx, [fact]))
      expect(await notes()).toBe(before + 1)
      let isRolled = false
      const rolling = rollFacts(database).then(() => {
        isRolled = true
      })
      // Others write on meanwhile: the roller stops nobody.
      for (let n = 0; n < 5; n++) await database.write((tx) => recordFacts(tx, [fact]))
      expect(isRolled).toBe(false)
      mayEnd.open()
      await Promise.all([slow, rolling])
      expect(await notes()).toBe(before + 7)
      await rollFacts(database)
      expect(await notes()).toBe(before + 7)
    })

  if (engine === 'postgres')
    test('counts a conversation once whose tag comes in the moment in which it is rolled', async () => {
      const { database } = desk.app
      const tag = await aTag('in between')
      const { conversationid } = await aConversation(desk)
      const [tagged, mayEnd] = [gate(), gate()]
      const tagging = database.write(async (tx) => {
        await addTagTo(tx, await getConversationForChange(tx, systemActor, conversationid), tag, 'system00')
        tagged.open()
        await mayEnd.opened
      })
      await tagged.opened
      const rolling = rollFacts(database)
      mayEnd.open()
      await Promise.all([tagging, rolling])
      expect(figures.created_tickets.of(await totals('tag', tag.id))).toBe(1)
    })
})

describe('a tag', () => {
  test('takes earlier facts of its conversation along, and out when it is deleted', async () => {
    const { database } = desk.app
    const tag = await aTag('later')
    const { conversationid } = await aConversation(desk)
    await rollFacts(database)
    await tagIt(conversationid, tag)
    expect(figures.created_tickets.of(await totals('tag', tag.id))).toBe(1)
    await database.write((tx) => removeTag(tx, tag.id))
    await desk.drain()
    expect(await totals('tag', tag.id)).toBe(NOTHING)
    const left = database.reader.selectFrom('rollups').select('kind').where('id', '=', tag.id)
    expect(await left.execute()).toEqual([])
  })
})

describe('rollups that are made anew', () => {
  test('answer right in every moment of it', async () => {
    const { database } = desk.app
    await database.write((tx) => recordFacts(tx, [fact, fact, fact]))
    await rollFacts(database)
    const before = await notes()
    await database.write(emptyRollups)
    expect(await notes()).toBe(before)
    const settled = (await settledNumber(database.reader, 'facts')) ?? 0
    while ((await database.write((tx) => rollPortion(tx, settled, 2))) > 0) expect(await notes()).toBe(before)
    expect(await notes()).toBe(before)
  })
})
