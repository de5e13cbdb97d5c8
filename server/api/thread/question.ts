// A report that is asked for, in a form that can be handed to another thread, and its answer: the finished text.
import { readdirSync } from 'node:fs'
import type { Reader } from '../../db/write.ts'
import type { Actor } from '../../desk/actor.ts'
import type { Format } from '../../http/address.ts'
import type { V1Route } from '../v1/route.ts'
import { envelope } from '../v1/wire/envelope.ts'
import type { V3Route } from '../v3/route.ts'

export interface ReportQuestion {
  /** As its route declares it. */
  url: string
  /** Of API v1. */
  format: Format
  actor: Actor
  /** Checked by the schema of its route; of our own API, path and query. */
  params: unknown
  /** The account's time zone. */
  zone: string
  /** When it was asked. */
  now: number
}

/** What counts a report: it knows nothing of the rest of the server. */
export interface ReportCall<Params> extends Pick<ReportQuestion, 'actor' | 'zone' | 'now'> {
  db: Reader
  params: Params
}

type Routes = { v1: ReadonlyMap<string, V1Route>; v3: ReadonlyMap<string, V3Route> }

let loaded: Promise<Routes> | undefined

/** Works in any thread: it loads the files of reports and nothing else of the APIs. */
export async function answerReport(db: Reader, { url, format, ...asked }: ReportQuestion): Promise<string> {
  loaded ??= loadReports()
  const { v1, v3 } = await loaded
  const call = { db, ...asked }
  const [ofV1, ofV3] = [v1.get(url)?.report, v3.get(url)?.report]
  if (ofV1) return envelope(format, await ofV1(call))
  if (ofV3) return JSON.stringify(await ofV3(call))
  throw new Error(`there is no report at ${url}`)
}

async function loadReports(): Promise<Routes> {
  const [v1, v3] = await Promise.all([routesIn<V1Route>('../v1/reports/'), routesIn<V3Route>('../v3/reports/')])
  return { v1: new Map(v1.map((route) => [route.url, route])), v3: new Map(v3.map((route) => [route.url, route])) }
}

async function routesIn<Route>(folder: string): Promise<Route[]> {
  const here = new URL(folder, import.meta.url)
  const files = readdirSync(here).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const modules: { routes: Route[] }[] = await Promise.all(files.map((file) => import(new URL(file, here).href)))
  return modules.flatMap(({ routes }) => routes)
}
