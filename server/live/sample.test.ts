// The sample in docs/live.md is run as it stands there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { type LiveMessage, listening } from '../../test/live.ts'
import { anAgent } from '../../test/people.ts'
import { signIn } from '../../test/session.ts'
import { lastEventNumber } from '../events/read.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
})
afterAll(() => desk.close())

const DOCUMENT = join(import.meta.dirname, '../../docs/live.md')
const sample = /```js\n(let last\n.*?)```/s.exec(readFileSync(DOCUMENT, 'utf8'))?.[1] ?? ''

test('the sample for a page shows each event once, comes back after a break, and stops when signed out', async () => {
  const origin = await listening(desk)
  const { email } = await anAgent(desk)
  const { cookie, v3 } = await signIn(desk, email)
  const sockets: WebSocket[] = []
  /** As in a browser: cookie and origin are sent along. */
  class BrowserSocket extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { cookie, origin } })
      sockets.push(this)
    }
  }
  const shown: LiveMessage[] = []
  const pauses: number[] = []
  runInNewContext(sample, {
    WebSocket: BrowserSocket,
    location: { origin },
    show: (message: LiveMessage) => shown.push(message),
    reload: () => shown.push('reload'),
    setTimeout: (again: () => void, ms: number) => {
      pauses.push(ms)
      setTimeout(again, 10)
    },
  })
  const tag = (name: string) => desk.v3('POST', 'tags', { name, color: 'FF0000' })
  const names = () => shown.filter(({ type }) => type === 'tag.added').map(({ data }) => data.name)
  await expect.poll(() => sockets[0]?.readyState).toBe(WebSocket.OPEN)
  await tag('one')
  await expect.poll(names).toEqual(['one'])
  sockets[0]?.terminate()
  await tag('two')
  await expect.poll(names, { timeout: 10_000 }).toEqual(['one', 'two'])
  expect(sockets).toHaveLength(2)
  expect(await lastEventNumber(desk.app.database.reader)).toBeGreaterThanOrEqual(shown.at(-1).number)
  await v3('DELETE', 'session')
  await expect.poll(() => sockets[1]?.readyState).toBe(WebSocket.CLOSED)
  expect(pauses).toHaveLength(1)
  expect(pauses[0]).toBeGreaterThanOrEqual(1_000)
})
