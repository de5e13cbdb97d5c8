// POST, DELETE /api/conversations/:conversationid/fields
import { z } from 'zod'
import { needed, neededFields, text } from '../../../../contract/v1/params.ts'
import { getConversationForChange } from '../../../desk/conversations/conversation.ts'
import { addFieldsTo, removeFieldsFrom } from '../../../desk/conversations/fields.ts'
import { v1 } from '../route.ts'
import { OK } from '../wire/envelope.ts'

export const routes = [
  v1(
    'POST',
    '/api/conversations/:conversationid/fields',
    z.object({ conversationid: needed(), customfields: neededFields() }),
    async ({ app, actor, params }) => {
      await app.database.write(async (tx) =>
        addFieldsTo(tx, await getConversationForChange(tx, actor, params.conversationid), params.customfields),
      )
      return OK
    },
  ),

  v1(
    'DELETE',
    '/api/conversations/:conversationid/fields',
    z.object({ conversationid: needed(), code: text() }),
    async ({ app, actor, params }) => {
      await app.database.write(async (tx) =>
        removeFieldsFrom(tx, await getConversationForChange(tx, actor, params.conversationid), params.code),
      )
      return OK
    },
  ),
]
