// A desk of its own for each test file: the whole application on a fresh database of the engine under test.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { build, type RunningApp } from '../server/app.ts'
import { readConfig } from '../server/config.ts'
import type { Engine } from '../server/db/engine.ts'
import { jobHandlers } from '../server/job-handlers.ts'
import { claimJobs, runJob } from '../server/jobs/queue.ts'
import { newId } from '../server/lib/ids.ts'
import { TEST_KEY } from './first-start.ts'
import { databaseUrl } from './postgres-server.ts'
import { onServer } from './templates.ts'

/** The engine that this run of the suite is about. */
export const engine: Engine = process.env.DESKHAND_TEST_ENGINE === 'postgres' ? 'postgres' : 'sqlite'

export interface Reply {
  status: number
  /** The body as it came. */
  text: string
  /** The body as JSON, or undefined. For API v1 this is what stands under `response`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; each assertion is the check.
  body: any
  headers: Record<string, unknown>
}

export interface CallOptions {
  /** Another key, or null for none. */
  key?: string | null
  headers?: Record<string, string>
}

export interface TestDesk {
  app: RunningApp
  dataFolder: string
  /** Calls API v1. GET parameters go into the query, all others into an urlencoded body. `path` may have a suffix. */
  v1(method: string, path: string, params?: Record<string, unknown>, options?: CallOptions): Promise<Reply>
  /** Calls our own API with a JSON body. */
  v3(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Reply>
  /** Does all jobs that are due, and those that they leave behind. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** A fresh desk with the owner, department `default`, knowledge base `kb_defa` and the key TEST_KEY. */
export async function newDesk(environment: Record<string, string> = {}): Promise<TestDesk> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'deskhand-test-'))
  const settings: Record<string, string> = {
    DESKHAND_DATA: dataFolder,
    DESKHAND_LOG_LEVEL: 'silent',
    DESKHAND_POOL_SIZE: '4',
  }
  let dropDatabase = async (): Promise<void> => {}
  if (engine === 'postgres') {
    const server = inject('postgresServer')
    const name = `deskhand_test_${newId()}`
    await onServer(server, `create database ${name} template ${inject('postgresTemplate')}`)
    dropDatabase = () => onServer(server, `drop database if exists ${name} with (force)`)
    settings.DATABASE_URL = databaseUrl(server, name)
  } else {
    cpSync(inject('sqliteTemplate'), dataFolder, { recursive: true })
  }
  const app = await build(readConfig({ ...settings, ...environment }), { worker: false })
  const handlers = jobHandlers(app)
  return {
    app,
    dataFolder,
    async v1(method, path, params = {}, { key = TEST_KEY, headers = {} } = {}) {
      const all = new URLSearchParams(
        Object.entries({ ...(key === null ? {} : { apikey: key }), ...params }).map(([k, v]): [string, string] => [
          k,
          String(v),
        ]),
      )
      const isGet = method === 'GET'
      const reply = await app.http.inject({
        method: method as 'GET',
        url: `/api/${path}${isGet ? `?${all}` : ''}`,
        headers: { ...(isGet ? {} : { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
        ...(isGet ? {} : { payload: all.toString() }),
      })
      const json = parseJson(reply.body)
      return {
        status: reply.statusCode,
        text: reply.body,
        body: json && typeof json === 'object' && 'response' in json ? json.response : json,
        headers: reply.headers,
      }
    },
    async v3(method, path, body, { key = TEST_KEY, headers = {} } = {}) {
      const reply = await app.http.inject({
        method: method as 'GET',
        url: `/api/v3/${path}`,
        headers: {
          ...(key === null ? {} : { apikey: key }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      })
      return { status: reply.statusCode, text: reply.body, body: parseJson(reply.body), headers: reply.headers }
    },
    async drain() {
      for (;;) {
        const claimed = await claimJobs(app.database, 50)
        if (claimed.length === 0) return
        for (const job of claimed) await runJob(app.database, handlers, job, app.log)
      }
    },
    async close() {
      await app.close()
      await dropDatabase()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
