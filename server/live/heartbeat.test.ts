// What a heartbeat finds out: who is gone without a word, whose time is over, and who was forgotten.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { anAgent } from '../../test/people.ts'
import { findSession, hashOfToken } from '../desk/sessions/sessions.ts'
import { signInAgent } from '../desk/sessions/sign-in.ts'
import { lastEventNumber } from '../events/read.ts'
import { Live } from './live.ts'
import type { Message } from './message.ts'
import { SocketTransport } from './socket.ts'
import type { Closing, Transport } from './transport.ts'

const BEAT_MS = 40

let desk: TestDesk
let live: Live
beforeAll(async () => {
  desk = await newDesk()
  const { database, log } = desk.app
  live = new Live(database, log, await lastEventNumber(database.reader), () => ({}), BEAT_MS)
})
afterAll(async () => {
  await live.close()
  await desk.close()
})

/** A connection on paper: what was sent, and how it was closed. */
class Paper implements Transport {
  readonly sent: string[] = []
  closing: Closing | undefined
  #gone = (): void => {}
  send({ json }: Message): void {
    this.sent.push(json)
  }
  cork(): void {}
  uncork(): void {}
  buffered = (): number => 0
  probe(): void {}
  close(closing: Closing): void {
    this.closing = closing
    this.#gone()
  }
  onGone(gone: () => void): void {
    this.#gone = gone
  }
}

async function anOpenStream() {
  const { userid } = await anAgent(desk)
  const device = { address: '', userAgent: '' }
  const { token = '' } =
    (await desk.app.database.write((tx) => signInAgent(tx, { id: userid, auth_epoch: 1 }, device, undefined))) ?? {}
  expect(await findSession(desk.app.database.reader, token)).toBeDefined()
  const paper = new Paper()
  const open = () =>
    live.open({
      identity: { kind: 'session', agentId: userid, tokenHash: hashOfToken(token) },
      transport: paper,
      after: undefined,
      isPresent: true,
    })
  return { userid, token, paper, open }
}

const presenceOf = (userid: string) =>
  desk.app.database.reader.selectFrom('presence_connections').select('id').where('agent_id', '=', userid).execute()

describe('a heartbeat', () => {
  test('says up to which number all was sent', async () => {
    const { paper, open } = await anOpenStream()
    open()
    await expect.poll(() => paper.sent.length).toBeGreaterThan(2)
    expect(JSON.parse(paper.sent[0] ?? '')).toMatchObject({ type: 'hello', heartbeat: BEAT_MS / 1_000 })
    expect(JSON.parse(paper.sent[1] ?? '')).toMatchObject({ type: 'beat', number: expect.any(Number) })
  })

  test('makes an agent online again whose connection was forgotten, and not one whose stream is closed', async () => {
    const { userid, paper, open } = await anOpenStream()
    open()
    await expect.poll(() => presenceOf(userid)).toHaveLength(1)
    const before = await presenceOf(userid)
    await desk.app.database.write((tx) =>
      tx.deleteFrom('presence_connections').where('agent_id', '=', userid).execute(),
    )
    await expect.poll(() => presenceOf(userid)).toHaveLength(1)
    expect(await presenceOf(userid)).not.toEqual(before)
    paper.close({ code: 1012, reason: 'The server stops or restarts: connect again.' })
    await expect.poll(() => presenceOf(userid)).toHaveLength(0)
    await new Promise((resume) => setTimeout(resume, 4 * BEAT_MS))
    expect(await presenceOf(userid)).toHaveLength(0)
  })

  test('ends the stream of a session that was removed without an event', async () => {
    const { userid, paper, open } = await anOpenStream()
    open()
    await expect.poll(() => paper.sent.length).toBeGreaterThan(0)
    await desk.app.database.write((tx) => tx.deleteFrom('sessions').where('user_id', '=', userid).execute())
    await expect.poll(() => paper.closing?.code).toBe(4401)
  })
})

test('a stream ends when its session expires, though nothing happens', async () => {
  const slow = new Live(
    desk.app.database,
    desk.app.log,
    await lastEventNumber(desk.app.database.reader),
    () => ({}),
    60_000,
  )
  const { userid, token } = await anOpenStream()
  const expires_at = Date.now() + 1_500
  await desk.app.database.write((tx) =>
    tx.updateTable('sessions').set({ expires_at }).where('user_id', '=', userid).execute(),
  )
  const paper = new Paper()
  const identity = { kind: 'session' as const, agentId: userid, tokenHash: hashOfToken(token) }
  slow.open({ identity, transport: paper, after: undefined, isPresent: false })
  await expect.poll(() => paper.sent.length).toBe(1)
  await expect.poll(() => paper.closing?.code, { timeout: 10_000 }).toBe(4401)
  expect(Date.now()).toBeGreaterThanOrEqual(expires_at)
  await slow.close()
})

test('a client that answers no ping is cut, one that does is not', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  // Listening on a port, it has an address of this kind.
  const { port } = server.address() as AddressInfo
  for (const autoPong of [true, false]) {
    const client = new WebSocket(`ws://127.0.0.1:${port}`, { autoPong })
    const [[socket, request]] = await Promise.all([once(server, 'connection'), once(client, 'open')])
    const transport = new SocketTransport(socket, request.socket, () => {})
    const isCut = once(client, 'close')
    for (let n = 0; n < 3; n++) {
      const isAnswered = autoPong && once(socket, 'pong')
      transport.probe()
      await isAnswered
    }
    if (!autoPong) await isCut
    expect(client.readyState).toBe(autoPong ? WebSocket.OPEN : WebSocket.CLOSED)
    client.terminate()
  }
  server.close()
})
