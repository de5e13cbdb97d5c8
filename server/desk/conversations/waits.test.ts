import { describe, expect, test } from 'vitest'
import { type Step, standingOf, waitFrom, withoutGone, withoutGuests, withWait } from './waits.ts'

const step = (rtype: string, at: number, change?: [string, string]): Step => ({
  seq: at,
  rtype,
  created_at: at,
  finished_at: at,
  change: change && { from: change[0], to: change[1] },
})
const question = (at: number) => step('3', at)
const answer = (at: number) => step('4', at)
const chat = (from: number, until: number) => ({ ...step('C', from), finished_at: until })
const status = (at: number, from: string, to: string) => step('I', at, [from, to])

describe('a wait that began in a chat', () => {
  const open = { status: 'C', waiting_since: 5 }

  test('stays when what was written beside the chat leaves', () => {
    expect(withoutGone(open, [chat(1, 9)])).toEqual(open)
  })

  test('is none of a chat that had ended before', () => {
    expect(withoutGone(open, [answer(2), chat(1, 4)])).toEqual({ status: 'A', waiting_since: null })
  })

  test('goes with the chat', () => {
    expect(waitFrom(open, [chat(1, 9), question(7)])).toBe(5)
    expect(waitFrom(open, [question(7)])).toBe(7)
  })
})

describe('a wait that comes along', () => {
  test.each([
    ['N', 5, 7, 'N', 5],
    ['C', 7, 5, 'C', 5],
    ['N', null, 5, 'N', 5],
    ['A', null, 5, 'C', 5],
    ['R', null, 5, 'C', 5],
    ['W', 3, 5, 'C', 5],
    ['L', null, 5, 'C', 5],
    ['A', null, null, 'A', null],
    ['N', 5, null, 'N', 5],
  ])('makes %s since %s with one since %s %s since %s', (before, since, wait, after, then) => {
    expect(withWait({ status: before, waiting_since: since }, wait)).toEqual({ status: after, waiting_since: then })
  })
})

describe('a conversation that messages have left', () => {
  const waiting = { status: 'C', waiting_since: 5 }
  test.each<[string, Step[], string, number | null]>([
    ['goes on waiting for what is left', [answer(4), question(6), question(7)], 'C', 6],
    ['is answered again', [question(1), answer(4)], 'A', null],
    ['is resolved again', [question(1), answer(2), step('R', 4, ['A', 'R'])], 'R', null],
    ['is closed again', [question(1), status(4, 'N', 'L')], 'L', null],
    [
      'stays open where an agent had opened it again',
      [question(1), status(3, 'A', 'R'), status(4, 'R', 'C')],
      'C',
      null,
    ],
    ['waits for a question that was only renamed open', [question(1), status(4, 'N', 'C')], 'C', 1],
    ['waits for an older question whose answer has left', [question(2)], 'C', 2],
    ['waits for what came with a merge before an answer that was there', [question(6), answer(8)], 'C', 6],
  ])('%s', (_, left, after, since) => {
    expect(withoutGone(waiting, left)).toEqual({ status: after, waiting_since: since })
  })

  test('is left alone if nobody waits', () => {
    const answered = { status: 'A', waiting_since: null }
    expect(withoutGone(answered, [question(1)])).toEqual(answered)
  })
})

test.each<[Step[], string, number | null]>([
  [[question(1), question(2)], 'N', 1],
  [[question(1), answer(2)], 'A', null],
  [[question(1), answer(2), step('5', 3), question(4)], 'C', 3],
  [[answer(1), step('I', 2)], 'A', null],
])('a new conversation of %j is %s since %s', (steps, after, since) => {
  expect(standingOf(steps)).toEqual({ status: after, waiting_since: since })
})

test('only what is not answered brings its wait along', () => {
  expect(waitFrom({ status: 'C', waiting_since: 5 }, [question(2), question(7), question(6)])).toBe(6)
  expect(waitFrom({ status: 'C', waiting_since: 5 }, [question(2), answer(6)])).toBeNull()
  expect(waitFrom({ status: 'A', waiting_since: null }, [question(2)])).toBeNull()
})

describe('a conversation that guests have left', () => {
  const opened = { before: { status: 'A', waiting_since: null }, after: { status: 'C', waiting_since: 5 } }
  const earlier = { before: { status: 'N', waiting_since: 7 }, after: { status: 'N', waiting_since: 5 } }
  test.each([
    ['is what it was', opened, ['C', 5], null, ['A', null]],
    ['waits for what was asked since', opened, ['C', 5], 9, ['C', 9]],
    ['waits as it did before', earlier, ['N', 5], 9, ['N', 7]],
    ['keeps a status that it was given since', earlier, ['C', 5], null, ['C', 7]],
    ['stays answered', opened, ['A', null], 9, ['A', null]],
    ['goes on with a wait that began after an answer', opened, ['C', 11], 11, ['C', 11]],
  ] as const)('%s', (_, side, [now, since], own, [after, then]) => {
    expect(withoutGuests({ status: now, waiting_since: since }, side, own)).toEqual({
      status: after,
      waiting_since: then,
    })
  })
})
