// What a call for visitors is: no cookies and no keys; a token says which visitor asks. The same declaration serves the router
// and the OpenAPI description.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Visitor } from '../../desk/chats/visitors.ts'
import { JSON_TYPE } from '../v3/route.ts'

export interface WidgetCall<Who, Path, Query, Body> {
  app: App
  /** Who asks; undefined where anybody may. */
  visitor: Who
  path: Path
  query: Query
  body: Body
  request: FastifyRequest
  reply: FastifyReply
}

/** How often a minute. Anybody can have many visitors: what takes up room or agents' time is limited by address, too. */
export interface Limit {
  perVisitor?: number
  perAddress?: number
}

/** Bytes of a body, where a call says nothing else: of the longest message, each letter escaped. */
const BODY_LIMIT = 262_144

export interface WidgetRoute {
  method: 'GET' | 'POST' | 'PATCH'
  url: string
  summary: string
  path: z.ZodType
  query: z.ZodType
  body: z.ZodType | undefined
  answer: z.ZodType
  /** What the answer is. Anything but JSON is sent by the call itself. */
  answerType: string
  limit: Limit
  bodyLimit: number
  /** Anybody may make it. */
  isOpen: boolean
  /** Finds out by itself which visitor asks: browsers cannot send a header with it. */
  findsVisitor: boolean
  handle(call: WidgetCall<Visitor | undefined, unknown, unknown, unknown>): Promise<unknown>
}

interface Declaration<
  Who,
  Path extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  method: WidgetRoute['method']
  url: string
  /** One sentence for the documentation. */
  summary: string
  path?: Path
  query?: Query
  body?: Body
  answer: Answer
  answerType?: string
  limit?: Limit
  bodyLimit?: number
  findsVisitor?: boolean
  handle(call: WidgetCall<Who, z.output<Path>, z.output<Query>, z.output<Body>>): Promise<z.input<Answer>>
}

const nothing = z.object({})

/** Declares a call that a visitor makes with his token. */
export function widget<
  Path extends z.ZodType = typeof nothing,
  Query extends z.ZodType = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodType,
>(declaration: Declaration<Visitor, Path, Query, Body, Answer>): WidgetRoute {
  return {
    ...schemasOf(declaration),
    isOpen: false,
    // register.ts parses with these very schemas, and finds the visitor, before it calls.
    handle: (call) => declaration.handle(call as WidgetCall<Visitor, z.output<Path>, z.output<Query>, z.output<Body>>),
  }
}

/** Declares a call that anybody may make. */
export function openWidget<
  Path extends z.ZodType = typeof nothing,
  Query extends z.ZodType = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
  Answer extends z.ZodType = z.ZodType,
>(declaration: Declaration<undefined, Path, Query, Body, Answer>): WidgetRoute {
  return {
    ...schemasOf(declaration),
    isOpen: true,
    handle: (call) =>
      declaration.handle(call as WidgetCall<undefined, z.output<Path>, z.output<Query>, z.output<Body>>),
  }
}

const schemasOf = (
  declaration: Pick<WidgetRoute, 'method' | 'url' | 'summary' | 'answer'> &
    Partial<Pick<WidgetRoute, 'path' | 'query' | 'body' | 'answerType' | 'limit' | 'bodyLimit' | 'findsVisitor'>>,
) => ({
  method: declaration.method,
  url: declaration.url,
  summary: declaration.summary,
  path: declaration.path ?? nothing,
  query: declaration.query ?? nothing,
  body: declaration.body,
  answer: declaration.answer,
  answerType: declaration.answerType ?? JSON_TYPE,
  limit: declaration.limit ?? {},
  bodyLimit: declaration.bodyLimit ?? BODY_LIMIT,
  findsVisitor: declaration.findsVisitor ?? false,
})

/** An answer that is sent by the call itself. */
export const SENT = Symbol('sent')
