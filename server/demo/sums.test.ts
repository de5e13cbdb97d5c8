import { afterAll, beforeAll, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { aConversation } from '../../test/people.ts'
import { dumpLoadRollups, dumpRollups } from '../../test/rollups.ts'
import { emptyRollups, rollFacts } from '../desk/metrics/roll.ts'
import { emptyLoadRollups, rollLoad } from '../desk/metrics/roll-load.ts'
import { makeCast } from './cast.ts'
import { loadHistory } from './load.ts'
import { agents } from './people.ts'
import { newestOf, storeSums } from './store.ts'
import { storeHere } from './stores.ts'
import { Sums } from './sums.ts'
import { emptyPortion } from './tables.ts'

const UNTIL = Date.UTC(2026, 2, 1, 0, 30)

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const position = () => desk.app.database.reader.selectFrom('rollup_positions').selectAll().execute()

test('sums that are made with the history are those of the stored facts', async () => {
  const { database } = desk.app
  const cast = await database.write((tx) => makeCast(tx, agents, null))
  // What was there before, as the knowledge base's suggestions are.
  await aConversation(desk)
  const before = await newestOf(database.reader)
  const sums = new Sums(UNTIL)
  await loadHistory(database.reader, cast, storeHere(database), {
    seed: 3,
    conversations: 300,
    until: UNTIL,
    zone: 'GMT',
    isShort: false,
    portionSize: 40,
    onPortion: (portion) => sums.add(portion),
  })
  await database.write((tx) => storeSums(tx, sums, before))
  const [made, reached] = [await dumpRollups(desk), await position()]
  const [courses = [], changes = []] = await dumpLoadRollups(desk)
  await database.write((tx) => emptyRollups(tx))
  await database.write((tx) => emptyLoadRollups(tx))
  await rollFacts(database)
  await rollLoad(database)
  expect(before.facts).toBeGreaterThan(0)
  expect(before.load).toBeGreaterThan(0)
  expect(made.length).toBeGreaterThan(1_000)
  expect(made).toEqual(await dumpRollups(desk))
  expect(courses.length).toBeGreaterThan(1_000)
  expect([courses, changes]).toEqual(await dumpLoadRollups(desk))
  expect(reached).toEqual(await position())
})

test('there are none where a fact lies years away', () => {
  const sums = new Sums(UNTIL)
  const portion = emptyPortion()
  portion.facts.push('created', 0, 'conv0001', 'default', 'E', null, null)
  sums.add(portion)
  expect(sums.portions()).toBeUndefined()
})
