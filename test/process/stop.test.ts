// How the program stops: what is under way is finished, nothing waits for what is not, and impatience is obeyed.
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TEST_KEY } from '../first-start.ts'
import { call, newPlace, type Place, pause, type Server, start, stop, until } from './server.ts'

let place: Place
let server: Server
beforeEach(async () => {
  place = await newPlace('started')
  server = await start(place)
})
afterEach(() => place.remove())

const BOUNDARY = 'between-the-parts'
const part = (name: string, more: string, text: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}`

/** An upload that is half sent: the server has begun to read it. */
async function slowUpload(contents: string): Promise<{ finish(): Promise<{ status: number; text: string }> }> {
  const body = `${part('apikey', '', TEST_KEY)}\r\n${part('name', '', 'slow.txt')}\r\n${part('type', '', 'text/plain')}\r\n${part('data', '; filename="slow.txt"', contents)}\r\n--${BOUNDARY}--\r\n`
  const half = Math.floor(body.length / 2)
  const upload: ClientRequest = request(`${server.url}/api/files`, {
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
      'content-length': body.length,
      connection: 'keep-alive',
      // Answered when the server has taken the request on.
      expect: '100-continue',
    },
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upload.on('response', resolve)
    upload.on('error', reject)
  })
  answered.catch(() => {})
  await new Promise((resolve) => upload.once('continue', () => upload.write(body.slice(0, half), resolve)))
  return {
    async finish() {
      upload.end(body.slice(half))
      const reply = await answered
      let text = ''
      for await (const chunk of reply) text += String(chunk)
      return { status: reply.statusCode ?? 0, text }
    },
  }
}

/** A connection on which `sent` was sent and that is kept open; resolves once something came back, if it should. */
async function connection(
  sent: string,
  { answered }: { answered: boolean },
): Promise<{ socket: Socket; closed: Promise<void> }> {
  const socket = connect(server.port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {})
  const came = answered ? new Promise((resolve) => socket.once('data', resolve)) : undefined
  socket.write(sent)
  await came
  socket.resume()
  return { socket, closed }
}

const isRefused = async (): Promise<boolean> => {
  try {
    const reply = await fetch(`${server.url}/api/application/status`)
    await reply.text()
    return reply.status === 503
  } catch {
    return true
  }
}

describe('a stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s finishes an upload under way and refuses what is new',
    async (signal) => {
      const contents = 'a slow line\n'.repeat(20_000)
      const upload = await slowUpload(contents)
      server.kill(signal)
      await until(isRefused)
      const { status, text } = await upload.finish()
      expect({ status, text }).toEqual({ status: 200, text: expect.stringContaining('slow.txt') })
      expect(await server.ended).toEqual({ code: 0, signal: null })
      expect(server.stderr()).toBe('')

      const id: string = JSON.parse(text).response.fileid
      const again = await start(place)
      const info = await call(again, 'GET', `files/${id}`, { apikey: TEST_KEY })
      expect(info.status).toBe(200)
      const download = `${again.url}/scripts/file.php?file=${id}&apikey=${TEST_KEY}`
      expect((await (await fetch(download)).text()) === contents).toBe(true)
      expect(await stop(again)).toEqual({ code: 0, signal: null })
    },
  )

  test('answers the reports that were asked for, and ends what counts them', async () => {
    const report = () =>
      call(server, 'GET', 'reports/performance', {
        apikey: TEST_KEY,
        date_from: '2025-01-01',
        date_to: '2025-12-31',
        group_by: 'hour',
        limitcount: '1000',
      })
    expect((await report()).status).toBe(200)
    let answered = 0
    const asked = Array.from({ length: 30 }, async () => {
      const { status } = await report()
      answered++
      return status
    })
    await until(() => answered > 0)
    server.kill('SIGTERM')
    // Those that came before the signal are finished, those after it refused, and none is left without an answer.
    const statuses = await Promise.all(asked.map((one) => one.catch(() => 503)))
    expect(statuses).toContain(200)
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(await server.ended).toEqual({ code: 0, signal: null })
    expect(server.stderr()).toBe('')
  })

  // Each of these would hold the server until its patience ends, and it would end with code 1.
  test('does not wait for connections on which nothing is asked', async () => {
    const asked = 'GET /api/application/status HTTP/1.1\r\nHost: desk\r\n\r\n'
    const idle = [
      await connection(asked, { answered: true }),
      await connection('', { answered: false }),
      await connection(asked.slice(0, 20), { answered: false }),
    ]
    expect(await stop(server)).toEqual({ code: 0, signal: null })
    await Promise.all(idle.map(({ closed }) => closed))
    expect(server.stderr()).toBe('')
  })

  test('takes the same signal twice at once for one: a terminal and npm both hand it on', async () => {
    const upload = await slowUpload('one line')
    server.kill('SIGINT')
    server.kill('SIGTERM')
    await until(isRefused)
    expect((await upload.finish()).status).toBe(200)
    expect(await server.ended).toEqual({ code: 0, signal: null })
  })

  test('cuts off an upload that does not go on, and is still a clean one', async () => {
    const upload = await slowUpload('one line')
    server.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
    await expect(upload.finish()).rejects.toThrow()
  }, 30_000)

  test('that is asked for again later is at once', async () => {
    const upload = await slowUpload('one line')
    server.kill('SIGTERM')
    await until(isRefused)
    await pause(600)
    server.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 1, signal: null })
    await expect(upload.finish()).rejects.toThrow()
  })
})
