import { afterEach, describe, expect, test } from 'vitest'
import { newDesk, type Reply, type TestDesk } from '../../test/desk.ts'

let desk: TestDesk | undefined
afterEach(async () => {
  await desk?.close()
  desk = undefined
})

const start = async (limit: number): Promise<TestDesk> => {
  desk = await newDesk({ DESKHAND_RATE_LIMIT: String(limit) })
  return desk
}

const times = async (n: number, call: () => Promise<Reply>): Promise<Reply[]> => {
  const replies = []
  for (let done = 0; done < n; done++) replies.push(await call())
  return replies
}

const expectRefusal = (reply: Reply | undefined): void => {
  expect(reply?.status).toBe(429)
  expect(Number(reply?.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(Number(reply?.headers['retry-after'])).toBeLessThanOrEqual(60)
}

describe('too many requests', () => {
  test('from one address are refused before the key is looked at, and other addresses go on', async () => {
    const { v1, app } = await start(3)
    const replies = await times(4, () => v1('GET', 'tags', {}, { key: null }))
    expect(replies.map(({ status }) => status)).toEqual([400, 400, 400, 429])
    expectRefusal(replies[3])
    const other = await app.http.inject({ url: '/api/tags', remoteAddress: '192.0.2.7' })
    expect(other.statusCode).toBe(400)
  })

  test('with one key are refused by its own limit, and other keys go on', async () => {
    const { v1, v3 } = await start(1_000)
    const { key } = (await v3('POST', 'apikeys', { name: 'Slow', rights: 'full', rate_limit: 2 })).body
    const replies = await times(3, () => v1('GET', 'tags', {}, { key }))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429])
    expectRefusal(replies[2])
    expect(replies[2]?.body).toMatchObject({ status: 'ERROR', statuscode: 429 })
    expectRefusal(await v3('GET', 'tags', undefined, { key }))
    expect((await v1('GET', 'tags')).status).toBe(200)
  })

  test('are refused in the format that was asked for', async () => {
    const { v1, v3, app } = await start(1)
    await v1('GET', 'tags')
    const xml = await v1('GET', 'tags.xml')
    expectRefusal(xml)
    expect(xml.headers['content-type']).toContain('application/xml')
    expect(xml.text).toContain('<statuscode>429</statuscode>')
    const yaml = await v1('GET', 'tags.yaml')
    expect(yaml.headers['content-type']).toContain('application/yaml')
    expect(yaml.text).toContain('statuscode: 429')
    const handler = await app.http.inject({ url: '/api/index.php?handler=tags.xml' })
    expect(handler.statusCode).toBe(429)
    expect(handler.headers['content-type']).toContain('application/xml')
    const own = await v3('GET', 'tags')
    expectRefusal(own)
    expect(own.body.error.code).toBe('too_many')
  })

  test('with wrong keys from one address stop the guessing and not the right key', async () => {
    const { v1 } = await start(1_000_000)
    const replies = await times(1_001, () => v1('GET', 'tags', {}, { key: 'a wrong key' }))
    expect(replies[999]?.status).toBe(401)
    expectRefusal(replies[1_000])
    expect((await v1('GET', 'tags')).status).toBe(200)
  })
})
