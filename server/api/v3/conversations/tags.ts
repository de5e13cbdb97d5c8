// /api/v3/conversations/:id/tags
import { z } from 'zod'
import { conversationSchema, tagToAddSchema } from '../../../../contract/v3/conversations.ts'
import { plainText } from '../../../../contract/v3/kinds.ts'
import { userOf } from '../../../desk/actor.ts'
import { getConversationForChange, getConversationView } from '../../../desk/conversations/conversation.ts'
import { addTagTo, removeTagFrom } from '../../../desk/conversations/tags.ts'
import { addTag, findTagByName, getTag } from '../../../desk/tags/tags.ts'
import { Invalid } from '../../../lib/errors.ts'
import { byId, v3 } from '../route.ts'
import { conversationView } from '../wire/conversation.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/conversations/:id/tags',
    summary: 'Puts a tag on a conversation. Twice is once.',
    path: byId,
    body: tagToAddSchema,
    answer: conversationSchema,
    handle: async ({ app, actor, path, body: { id, name } }) => {
      const view = await app.database.write(async (tx) => {
        const conversation = await getConversationForChange(tx, actor, path.id)
        if (id === undefined && name === undefined)
          throw new Invalid('id', 'is missing: give the id or the name of a tag')
        const tag =
          id === undefined
            ? ((await findTagByName(tx, name ?? '')) ?? (await addTag(tx, { name: name ?? '' })))
            : await getTag(tx, id)
        await addTagTo(tx, conversation, tag, userOf(actor))
        return getConversationView(tx, actor, conversation.id)
      })
      return conversationView(view)
    },
  }),
  v3({
    method: 'DELETE',
    url: '/api/v3/conversations/:id/tags/:tagid',
    summary: 'Takes a tag off a conversation.',
    path: z.object({ id: plainText(), tagid: plainText() }),
    answer: conversationSchema,
    handle: async ({ app, actor, path }) => {
      const view = await app.database.write(async (tx) => {
        const conversation = await getConversationForChange(tx, actor, path.id)
        await removeTagFrom(tx, conversation, await getTag(tx, path.tagid), userOf(actor))
        return getConversationView(tx, actor, conversation.id)
      })
      return conversationView(view)
    },
  }),
]
