import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePorts } from '../../test/mail-servers/process.ts'
import { type Answering, answerNotYet } from './not-yet.ts'

let answering: Answering | undefined
afterEach(() => answering?.stop())

const host = '127.0.0.1'

/** Asks until somebody answers. */
async function ask(url: string): Promise<Response> {
  for (;;) {
    const reply = await fetch(url, { method: 'POST', body: 'name=a' }).catch(() => undefined)
    if (reply) return reply
  }
}

test('a server that still starts says 503 in the format that was asked for', async () => {
  const [port = 0] = await freePorts(1)
  answering = answerNotYet({ host, port }, 0)
  const json = await ask(`http://${host}:${port}/api/tags?apikey=k`)
  expect(json.status).toBe(503)
  expect(json.headers.get('retry-after')).toBe('5')
  expect(await json.json()).toEqual({
    response: {
      status: 'ERROR',
      statuscode: 503,
      errormessage: 'Deskhand is starting. Try again in a moment.',
      debugmessage: 'unavailable',
    },
  })
  const xml = await ask(`http://${host}:${port}/api/index.php?handler=tags.xml`)
  expect(xml.headers.get('content-type')).toContain('application/xml')
  expect(await xml.text()).toContain('<statuscode>503</statuscode>')
  const yaml = await ask(`http://${host}:${port}/api/tags.yaml`)
  expect(await yaml.text()).toContain('statuscode: 503')
  const own = await ask(`http://${host}:${port}/api/v3/tags`)
  expect(own.status).toBe(503)
  expect(await own.json()).toMatchObject({ error: { code: 'unavailable' } })
  const page = await ask(`http://${host}:${port}/`)
  expect(page.status).toBe(503)
  expect(page.headers.get('content-type')).toContain('text/plain')
})

test('the port is free as soon as it has stopped, also while clients hold connections', async () => {
  const [port = 0] = await freePorts(1)
  answering = answerNotYet({ host, port }, 0)
  await ask(`http://${host}:${port}/api/tags`)
  await answering.stop()
  const next = createServer()
  await new Promise<void>((resolve, reject) => next.once('error', reject).listen(port, host, resolve))
  await new Promise((resolve) => next.close(resolve))
})

test('a start that takes no time never shows it', async () => {
  const [port = 0] = await freePorts(1)
  answering = answerNotYet({ host, port }, 60_000)
  await expect(fetch(`http://${host}:${port}/`)).rejects.toThrow()
  await answering.stop()
})
