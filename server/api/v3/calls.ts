// /api/v3/calls
import { callDraftSchema, callFilterSchema, callPageSchema, callSchema } from '../../../contract/v3/calls.ts'
import { getAgent } from '../../desk/agents/agents.ts'
import { getCall } from '../../desk/calls/call.ts'
import { callCursor, listCalls } from '../../desk/calls/find.ts'
import { startInternal, startOutgoing } from '../../desk/calls/make.ts'
import { startIncoming } from '../../desk/calls/start.ts'
import { getConversation } from '../../desk/conversations/conversation.ts'
import { byId, v3 } from './route.ts'
import { callViews, viewCall } from './wire/call.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/calls',
    summary: 'Calls that you may see, newest first: those that wait, ring or are talked, of a conversation, or all.',
    query: callFilterSchema,
    answer: callPageSchema,
    handle: async ({ app, actor, query }) => {
      const db = app.database.reader
      const calls = await listCalls(db, actor, {
        states: query.state,
        conversationId: query.conversationid && (await getConversation(db, actor, query.conversationid)).id,
        departmentId: query.department,
        agentId: query.agent && (await getAgent(db, query.agent)).id,
        reference: query.reference,
        cursor: query.cursor,
        // One more than asked for: whether it is there says whether the list goes on.
        limit: query.limit + 1,
      })
      const page = calls.slice(0, query.limit)
      const last = page.at(-1)
      return {
        calls: await callViews(db, page),
        next_cursor: last && calls.length > page.length ? callCursor(last) : null,
      }
    },
  }),
  v3({
    method: 'GET',
    url: '/api/v3/calls/:id',
    summary: 'One call, with whom it rings at, who has it, and its recordings.',
    path: byId,
    answer: callSchema,
    handle: async ({ app, actor, path }) =>
      viewCall(app.database.reader, await getCall(app.database.reader, actor, path.id)),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/calls',
    summary: 'A call begins: somebody calls the desk, an agent calls a customer, or an agent another.',
    body: callDraftSchema,
    answer: callSchema,
    handle: ({ app, actor, body }) =>
      app.database.write(async (tx) => {
        const shared = { reference: body.reference, agent: body.agent, department: body.department }
        if (body.direction === 'incoming') {
          const { caller, callee, name, channel_type: channel } = body
          return viewCall(tx, await startIncoming(tx, actor, { ...shared, caller, callee, name, channel }))
        }
        const made = { ...shared, conversation: body.conversationid }
        return viewCall(
          tx,
          body.direction === 'outgoing'
            ? await startOutgoing(tx, actor, { ...made, callee: body.callee, name: body.name })
            : await startInternal(tx, actor, { ...made, target: body.callee }),
        )
      }),
  }),
]
