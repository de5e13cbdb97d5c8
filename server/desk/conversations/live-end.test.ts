import { expect, test } from 'vitest'
import { statusAfterLive } from './live-end.ts'

test.each([
  ['no agent said anything', 0, 5, 'N'],
  ['nobody said anything', 0, null, 'N'],
  ['the last words are the customer’s', 1, 5, 'C'],
  ['the last words are an agent’s', 1, null, 'A'],
])('where %s, a chat or call leaves the right status', (_, groups_out, waiting_since, status) => {
  expect(statusAfterLive({ groups_out, waiting_since })).toBe(status)
})
