import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newDesk, type TestDesk } from '../../test/desk.ts'
import { TEST_KEY } from '../../test/first-start.ts'

let desk: TestDesk
beforeAll(async () => {
  desk = await newDesk()
  await desk.app.http.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => desk.close())

/** Sends bytes as they are and reads until the server hangs up. */
function raw(bytes: string): Promise<string> {
  const [address] = desk.app.http.addresses()
  if (typeof address !== 'object') throw new Error('the server does not listen')
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(address.port, address.address, () => socket.write(bytes))
    socket.on('data', (chunk) => {
      text += chunk.toString()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
  })
}

describe('an address that cannot be read', () => {
  test.each(['%ff', '%', 'a'.repeat(1_500)])(
    'is not there, in the format asked for, and the key is not repeated: %s',
    async (id) => {
      const reply = await desk.app.http.inject({ url: `/api/tags/${id}.xml?apikey=${TEST_KEY}` })
      expect(reply.statusCode).toBe(404)
      expect(reply.headers['content-type']).toContain('application/xml')
      expect(reply.body).toContain('<statuscode>404</statuscode>')
      expect(reply.body).not.toContain(TEST_KEY)
    },
  )

  test('with two slashes in front of it is the call all the same', async () => {
    const reply = await desk.app.http.inject({ url: `//api/tags.xml?apikey=${TEST_KEY}` })
    expect(reply.statusCode).toBe(200)
    expect(reply.headers['content-type']).toContain('application/xml')
    expect((await desk.app.http.inject({ url: '//api/v3/tags', headers: { apikey: TEST_KEY } })).statusCode).toBe(200)
  })
})

describe('what is no HTTP request', () => {
  test('with an unknown method is refused in the words of API v1', async () => {
    const answer = await raw('FOO /api/tags HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
      response: {
        status: 'ERROR',
        statuscode: 400,
        errormessage: 'The request is not valid HTTP',
        debugmessage: 'bad_request',
      },
    })
  })

  test('with headers that are too large is told so', async () => {
    const answer = await raw(`GET /api/tags HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '').response).toMatchObject({ status: 'ERROR', statuscode: 431 })
  })
})

describe('a body', () => {
  test.each(['json', 'foo', '', 'text/plain', 'application/octet-stream'])(
    'of the type "%s" is read as what it is',
    async (type) => {
      for (const [payload, name] of [
        [JSON.stringify({ apikey: TEST_KEY, name: `Json ${type}` }), `Json ${type}`],
        [new URLSearchParams({ apikey: TEST_KEY, name: `Form ${type}` }).toString(), `Form ${type}`],
      ] as const) {
        const reply = await desk.app.http.inject({
          method: 'POST',
          url: '/api/tags',
          headers: { 'content-type': type },
          payload,
        })
        expect(reply.json().response).toMatchObject({ status: 'OK', name: name.trim() })
      }
    },
  )

  test('that names a parameter with white space only has not given it', async () => {
    for (const payload of ['name=++', 'name=%0A%09']) {
      const reply = await desk.app.http.inject({
        method: 'POST',
        url: `/api/tags?apikey=${TEST_KEY}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload,
      })
      expect(reply.statusCode).toBe(500)
      expect(reply.json().response.errormessage).toBe("Parameter 'name' is missing")
    }
  })
})
