import { expect, test } from 'vitest'
import { mapInTurns } from './turns.ts'

test('long work gives the same as in one go, and lets others take their turn in between', async () => {
  const items = Array.from({ length: 60 }, (_, n) => n)
  let turns = 0
  let isDone = false
  const others = (): void => {
    if (isDone) return
    turns++
    setImmediate(others)
  }
  setImmediate(others)
  const made = await mapInTurns(items, (item) => {
    const end = performance.now() + 1
    while (performance.now() < end);
    return item * 2
  })
  isDone = true
  expect(made).toEqual(items.map((item) => item * 2))
  expect(turns).toBeGreaterThan(5)
})

test('short work is done at once', async () => {
  let isLater = false
  setImmediate(() => {
    isLater = true
  })
  expect(await mapInTurns(['a'], (text) => text.toUpperCase())).toEqual(['A'])
  expect(isLater).toBe(false)
})
