import { fastify } from 'fastify'
import { expect, test } from 'vitest'
import { Unavailable } from '../lib/errors.ts'
import { finishBeforeClosing } from './closing.ts'

test('a stop finishes what it has taken, and says 503 to what comes meanwhile', async () => {
  const server = fastify()
  let taken = (): void => {}
  let finish = (): void => {}
  const isTaken = new Promise<void>((resolve) => {
    taken = resolve
  })
  const mayFinish = new Promise<void>((resolve) => {
    finish = resolve
  })
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers({ connection: 'close' })
  })
  finishBeforeClosing(server)
  server.setErrorHandler((error, _request, reply) => reply.code(error instanceof Unavailable ? 503 : 500).send())
  server.get('/slow', async () => {
    taken()
    await mayFinish
    return 'done'
  })
  const address = await server.listen({ port: 0, host: '127.0.0.1' })
  const slow = fetch(`${address}/slow`)
  await isTaken
  const closed = server.close()
  expect((await fetch(`${address}/slow`)).status).toBe(503)
  finish()
  expect(await (await slow).text()).toBe('done')
  await closed
  await expect(fetch(`${address}/slow`)).rejects.toThrow()
})

test('a client that has hung up holds nobody back', async () => {
  const server = fastify()
  finishBeforeClosing(server)
  let taken = (): void => {}
  const isTaken = new Promise<void>((resolve) => {
    taken = resolve
  })
  server.get('/never', () => {
    taken()
    return new Promise(() => {})
  })
  const address = await server.listen({ port: 0, host: '127.0.0.1' })
  const caller = new AbortController()
  const call = fetch(`${address}/never`, { signal: caller.signal })
  await isTaken
  caller.abort()
  await expect(call).rejects.toThrow()
  await server.close()
})
