// What a call of API v1 is: its address, its parameters, and the function that answers it.
import type { z } from 'zod'
import type { App } from '../../app.ts'
import type { Actor } from '../../desk/actor.ts'
import type { ReportCall } from '../thread/question.ts'
import type { Wire, WireObject } from './wire/envelope.ts'

export interface V1Call<Params> {
  app: App
  actor: Actor
  /** Checked and cleaned; path parameters stand among them under their own names. */
  params: Params
  /** The account's time zone. */
  zone: string
}

interface V1Declared {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `:name` for each path parameter. */
  url: string
  params: z.ZodType
}

export interface V1Handled extends V1Declared {
  handle(call: V1Call<unknown>): Promise<WireObject>
  report?: undefined
}

/** Answered where others do not wait for it: see thread/reports.ts. */
interface V1Reported extends V1Declared {
  report(call: ReportCall<unknown>): Promise<WireObject>
}

export type V1Route = V1Handled | V1Reported

/** Declares a call. `params` must name every path parameter too. */
export function v1<Schema extends z.ZodType>(
  method: V1Declared['method'],
  url: string,
  params: Schema,
  handle: (call: V1Call<z.output<Schema>>) => Promise<{ readonly [name: string]: Wire }>,
): V1Handled {
  return {
    method,
    url,
    params,
    // register.ts parses with this very schema before it calls: the one place where the types meet.
    handle: (call) => handle(call as V1Call<z.output<Schema>>),
  }
}

/** Declares a report: a call that reads much and needs nothing of the server but its database. */
export function v1Report<Schema extends z.ZodType>(
  url: string,
  params: Schema,
  report: (call: ReportCall<z.output<Schema>>) => Promise<{ readonly [name: string]: Wire }>,
): V1Route {
  return { method: 'GET', url, params, report: (call) => report(call as ReportCall<z.output<Schema>>) }
}
