// /api/v3/calls/:id/answer
import { callAgentSchema, callSchema } from '../../../../contract/v3/calls.ts'
import { answerCall } from '../../../desk/calls/answer.ts'
import { byId, v3 } from '../route.ts'
import { viewCall } from '../wire/call.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/calls/:id/answer',
    summary: 'Somebody picks up: the agent who is asked, or whom an agent calls.',
    path: byId,
    body: callAgentSchema,
    answer: callSchema,
    handle: ({ app, actor, path, body }) =>
      app.database.write(async (tx) => viewCall(tx, await answerCall(tx, actor, path.id, body))),
  }),
]
