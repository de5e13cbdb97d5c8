// What a call of API v1 is: its address, its parameters, and the function that answers it.
import type { z } from 'zod'
import type { App } from '../../app.ts'
import type { Actor } from '../../desk/actor.ts'
import type { Wire, WireObject } from './wire/envelope.ts'

export interface V1Call<Params> {
  app: App
  actor: Actor
  /** Checked and cleaned; path parameters stand among them under their own names. */
  params: Params
  /** The account's time zone. */
  zone: string
}

export interface V1Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With `:name` for each path parameter. */
  url: string
  params: z.ZodType
  handle(call: V1Call<unknown>): Promise<WireObject>
}

/** Declares a call. `params` must name every path parameter too. */
export function v1<Schema extends z.ZodType>(
  method: V1Route['method'],
  url: string,
  params: Schema,
  handle: (call: V1Call<z.output<Schema>>) => Promise<{ readonly [name: string]: Wire }>,
): V1Route {
  return {
    method,
    url,
    params,
    // register.ts parses with this very schema before it calls: the one place where the types meet.
    handle: (call) => handle(call as V1Call<z.output<Schema>>),
  }
}
