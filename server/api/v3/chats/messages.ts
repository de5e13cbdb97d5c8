// /api/v3/chats/:id/messages
import {
  chatMessageDraftSchema,
  chatSaidSchema,
  transcriptFilterSchema,
  transcriptSchema,
} from '../../../../contract/v3/chats.ts'
import { instantText } from '../../../../contract/v3/kinds.ts'
import { getActingAgent } from '../../../desk/agents/acting.ts'
import { getChat } from '../../../desk/chats/chat.ts'
import { holdForAgent, sayAsAgent } from '../../../desk/chats/say.ts'
import { listTranscript } from '../../../desk/chats/transcript.ts'
import { prepareText } from '../../../lib/html.ts'
import { idOfRow } from '../../../lib/ids.ts'
import { byId, v3 } from '../route.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/chats/:id/messages',
    summary: 'All that was said in a chat, or what was said after a message.',
    path: byId,
    query: transcriptFilterSchema,
    answer: transcriptSchema,
    handle: async ({ app, actor, path, query }) => {
      const db = app.database.reader
      const messages = await listTranscript(db, await getChat(db, actor, path.id), query)
      return {
        messages: messages.map((message) => ({
          messageid: idOfRow(message.seq),
          userid: message.user_id,
          rtype: message.rtype,
          is_html: message.is_html === 1,
          message: message.body,
          datecreated: instantText(message.created_at),
        })),
      }
    },
  }),
  v3({
    method: 'POST',
    url: '/api/v3/chats/:id/messages',
    summary: 'Says something in a chat. Whoever writes into one that waits takes it. After its end, it is mailed.',
    path: byId,
    body: chatMessageDraftSchema,
    answer: chatSaidSchema,
    handle: async ({ app, actor, path, body }) => {
      const message = await prepareText(body.message, body.is_html ?? false)
      const said = await app.database.write(async (tx) => {
        const agent = await getActingAgent(tx, actor, body.agent)
        const held = await holdForAgent(tx, actor, path.id)
        return sayAsAgent(tx, held, agent, { ...message, fileIds: body.attachments })
      })
      return { messageid: said.messageId, outboxid: said.outboxSeq ?? null }
    },
  }),
]
