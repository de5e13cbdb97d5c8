// What the program costs while nobody asks anything: memory, and what it has not loaded.
import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { engine } from '../desk.ts'
import { newPlace, type Place, pause, start, stop } from './server.ts'

let place: Place
afterEach(() => place.remove())

// Prints the package of every module of ours and others' that was loaded, when the process ends.
const WITNESS = `
import { registerHooks } from 'node:module'
import { writeFileSync } from 'node:fs'
const names = new Set()
registerHooks({ load(url, context, next) { names.add(url); return next(url, context) } })
process.on('exit', () => writeFileSync(process.env.WITNESS_FILE, [...names].join('\\n')))
`
const WITNESS_OPTIONS = ['--import', `data:text/javascript,${encodeURIComponent(WITNESS)}`]

/** Only needed for some requests, or on the other database. */
const NOT_YET = [
  'htmlparser2',
  'html-to-text',
  'js-yaml',
  '@node-rs/argon2',
  'fast-xml-parser',
  'smtp-server',
  'nodemailer',
  'imapflow',
  'mailauth',
  'ws',
]

test('a start on existing data loads nothing that only some requests need', async () => {
  place = await newPlace('started')
  const file = `${place.env.HOME}/loaded`
  const server = await start(place, { nodeOptions: WITNESS_OPTIONS, env: { WITNESS_FILE: file } })
  expect(await stop(server)).toEqual({ code: 0, signal: null })
  const loaded = readFileSync(file, 'utf8')
  const packages = new Set([...loaded.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name]) => name))
  // The witness has seen both kinds of modules.
  expect([...packages]).toEqual(expect.arrayContaining(['fastify', 'kysely', 'zod']))
  expect([...packages].filter((name) => name && NOT_YET.includes(name))).toEqual([])
  expect(packages.has('pg')).toBe(engine === 'postgres')
})

if (process.platform === 'linux')
  test.each(['empty', 'started'] as const)('below 150 MB of memory after a start on what is %s', async (begin) => {
    place = await newPlace(begin)
    const server = await start(place)
    await pause(2_000)
    const megabytes = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024
    expect(megabytes).toBeGreaterThan(20)
    expect(megabytes).toBeLessThan(150)
    expect(await stop(server)).toEqual({ code: 0, signal: null })
  })
