// GET, POST /api/conversations/:conversationid/messages
import { z } from 'zod'
import { datetime, list, messageText, needed, oneOf, text, yesNo } from '../../../../contract/v1/params.ts'
import { sayInLiveChat } from '../../../desk/chats/conversation.ts'
import { getConversation } from '../../../desk/conversations/conversation.ts'
import { listHistory } from '../../../desk/conversations/history.ts'
import { getConversationForMessage } from '../../../desk/conversations/merged.ts'
import { postMessage } from '../../../desk/conversations/messages.ts'
import { prepareText } from '../../../lib/html.ts'
import { authorBehind } from '../authors.ts'
import { v1 } from '../route.ts'
import { groupRow } from '../wire/conversation.ts'
import { fromWall, throughWall } from '../wire/dates.ts'
import { OK } from '../wire/envelope.ts'

export const routes = [
  v1(
    'GET',
    '/api/conversations/:conversationid/messages',
    z.object({ conversationid: needed(), datefrom: datetime(), dateto: datetime() }),
    async ({ app, actor, params, zone }) => {
      const db = app.database.reader
      const conversation = await getConversation(db, actor, params.conversationid)
      const groups = await listHistory(db, conversation, {
        from: params.datefrom && fromWall(params.datefrom, zone),
        to: params.dateto && throughWall(params.dateto, zone),
      })
      return { groups: groups.map((group) => groupRow(group, zone)) }
    },
  ),

  v1(
    'POST',
    '/api/conversations/:conversationid/messages',
    z.object({
      conversationid: needed(),
      message: messageText(),
      useridentifier: text(),
      type: oneOf('M', 'N'),
      mail_messsage_id: text(2_000),
      do_not_send_mail: yesNo(),
      is_html_message: yesNo(),
      use_template: yesNo(),
      attachments: list(),
    }),
    async ({ app, actor, params }) => {
      const message = await prepareText(params.message, params.is_html_message ?? false)
      await app.database.write(async (tx) => {
        const author = await authorBehind(tx, actor, 'useridentifier', params.useridentifier)
        const isNote = params.type === 'N'
        const draft = { ...message, fileIds: params.attachments, mailMessageId: params.mail_messsage_id }
        if (!isNote && (await sayInLiveChat(tx, actor, params.conversationid, author, draft))) return
        const conversation = await getConversationForMessage(tx, actor, params.conversationid)
        await postMessage(tx, conversation, {
          author,
          message: draft,
          isNote,
          mail: params.do_not_send_mail ? 'none' : { useTemplate: params.use_template },
        })
      })
      return OK
    },
  ),
]
