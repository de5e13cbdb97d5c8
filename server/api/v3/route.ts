// What a call of our own API is. The same declaration serves the router, the checks, and the OpenAPI description.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { plainText } from '../../../contract/v3/kinds.ts'
import type { App } from '../../app.ts'
import type { Actor } from '../../desk/actor.ts'
import type { Actors } from '../../http/actor.ts'
import type { ReportCall } from '../thread/question.ts'

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

interface V3Declared {
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
  /** Finds out by itself who asks: its callers have more ways to say so, and a read-only key may call it. */
  findsActor: boolean
}

interface V3Handled extends V3Declared {
  handle(call: V3Call<unknown, unknown, unknown>): Promise<unknown>
  report?: undefined
}

/** Answered where others do not wait for it: see thread/reports.ts. */
interface V3Reported extends V3Declared {
  report(call: ReportCall<unknown>): Promise<unknown>
}

export type V3Route = V3Handled | V3Reported

interface V3Declaration<
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  method: V3Declared['method']
  url: string
  /** One sentence for the documentation. */
  summary: string
  path?: Path
  query?: Query
  body?: Body
  answer: Answer
  answerType?: string
  isPublic?: boolean
  findsActor?: boolean
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
    findsActor: declaration.findsActor ?? false,
    // register.ts parses with these very schemas before it calls: the one place where the types meet.
    handle: (call) => declaration.handle(call as V3Call<z.output<Path>, z.output<Query>, z.output<Body>>),
  }
}

interface V3ReportDeclaration<Path extends z.ZodType, Query extends z.ZodType, Answer extends z.ZodType> {
  url: string
  summary: string
  path?: Path
  query: Query
  answer: Answer
  report(call: ReportCall<{ path: z.output<Path>; query: z.output<Query> }>): Promise<z.input<Answer>>
}

/** Declares a report: a call that reads much and needs nothing of the server but its database. */
export function v3Report<Query extends z.ZodType, Answer extends z.ZodType, Path extends z.ZodType = typeof nothing>({
  url,
  summary,
  path,
  query,
  answer,
  report,
}: V3ReportDeclaration<Path, Query, Answer>): V3Route {
  return {
    method: 'GET',
    url,
    summary,
    path: path ?? nothing,
    query,
    body: undefined,
    answer,
    answerType: JSON_TYPE,
    isPublic: false,
    findsActor: false,
    report: (call) => report(call as ReportCall<{ path: z.output<Path>; query: z.output<Query> }>),
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
