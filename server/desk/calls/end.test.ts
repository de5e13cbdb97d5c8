import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCallAgent, callLoad } from '../../../test/calls.ts'
import { newDesk, type TestDesk } from '../../../test/desk.ts'
import { systemActor } from '../actor.ts'
import { addDepartment } from '../departments/departments.ts'
import { stopCall } from './end.ts'
import { startIncoming } from './start.ts'
import { transferCall } from './transfer.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  await aCallAgent(desk)
})
afterAll(() => desk.close())

// What waits keeps its place when it is handed on: since when it has waited does not say when that was.
test('a call that was handed on while it waited has not ended before that', async () => {
  const { write } = desk.app.database
  const department = await write((tx) => addDepartment(tx, systemActor, { name: 'Elsewhere' }))
  const began = Math.floor(Date.now() / 1_000) * 1_000 - 10_000
  const call = await write((tx) => startIncoming(tx, systemActor, { caller: '+15550001', now: began }))
  const moved = began + 2_000
  await write((tx) => transferCall(tx, systemActor, call.id, { department: department.id, now: moved }))
  const end = (at: number) =>
    write((tx) => stopCall(tx, systemActor, call.id, { by: 'caller', at, now: moved + 1_000 }))
  await expect(end(moved - 1)).rejects.toThrow('must not be before the call began, was answered or was transferred')
  expect(await callLoad(desk)).toEqual({ [`${department.id} waits`]: 1 })
  expect(await end(moved)).toMatchObject({ state: 'ended', ended_at: moved })
  expect(await callLoad(desk)).toEqual({})
})
