// What a call of our own API is. The same declaration serves the router, the checks, and the OpenAPI description.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { plainText } from '../../../contract/v3/kinds.ts'
import type { App } from '../../app.ts'
import type { Actor } from '../../desk/actor.ts'
import type { Actors } from '../../http/actor.ts'

export interface V3Call<Path, Query, Body> {
  app: App
  actor: Actor
  path: Path
  query: Query
  body: Body
  request: FastifyRequest
  reply: FastifyReply
  actors: Actors
}

export interface V3Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `:name` for each path parameter. */
  url: string
  summary: string
  path: z.ZodType
  query: z.ZodType
  body: z.ZodType | undefined
  answer: z.ZodType
  /** What the answer is. Anything but JSON is sent as it is, under this type unless the call has set another. */
  answerType: string
  /** Without an actor: sign-in. */
  isPublic: boolean
  handle(call: V3Call<unknown, unknown, unknown>): Promise<unknown>
}

interface V3Declaration<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  method: V3Route['method']
  url: string
  /** One sentence for the documentation. */
  summary: string
  path?: Path
  query?: Query
  body?: Body
  answer: Answer
  answerType?: string
  isPublic?: boolean
  handle(call: V3Call<z.output<Path>, z.output<Query>, z.output<Body>>): Promise<z.input<Answer>>
}

export const JSON_TYPE = 'application/json; charset=utf-8'

const nothing = z.object({})

/** Declares a call. `PATCH` changes what its body names and leaves the rest. */
export function v3<
  Path extends z.ZodType = typeof nothing,
  Query extends z.ZodType = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodType,
>(declaration: V3Declaration<Path, Query, Body, Answer>): V3Route {
  return {
    method: declaration.method,
    url: declaration.url,
    summary: declaration.summary,
    path: declaration.path ?? nothing,
    query: declaration.query ?? nothing,
    body: declaration.body,
    answer: declaration.answer,
    answerType: declaration.answerType ?? JSON_TYPE,
    isPublic: declaration.isPublic ?? false,
    // register.ts parses with these very schemas before it calls: the one place where the types meet.
    handle: (call) => declaration.handle(call as V3Call<z.output<Path>, z.output<Query>, z.output<Body>>),
  }
}

/** An answer that is no JSON but a file, which a browser saves and never shows: it may be a stranger's. */
export class Download {
  readonly name: string
  readonly contents: Uint8Array
  constructor(name: string, contents: Uint8Array) {
    this.name = name
    this.contents = contents
  }
}

/** The path of a call that names one object. */
export const byId = z.object({ id: plainText() })
/** What a deletion answers. */
export const deletedSchema = z.object({ status: z.literal('OK') }).meta({ id: 'Done' })
export const DONE = { status: 'OK' } as const
