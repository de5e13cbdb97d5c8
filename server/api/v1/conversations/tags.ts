// GET, POST, DELETE /api/conversations/:conversationid/tags
import { z } from 'zod'
import { needed, text } from '../../../../contract/v1/params.ts'
import { userOf } from '../../../desk/actor.ts'
import { getConversation, getConversationForChange } from '../../../desk/conversations/conversation.ts'
import { addTagTo, listTagsOf, removeTagFrom } from '../../../desk/conversations/tags.ts'
import { addTag, findTagByName, getTag } from '../../../desk/tags/tags.ts'
import { Invalid, NotFound } from '../../../lib/errors.ts'
import { v1 } from '../route.ts'
import { OK } from '../wire/envelope.ts'

const tagParams = z.object({ conversationid: needed(), id: text(), name: text(255) })
const neither = (): Invalid => new Invalid('id', 'is missing: give the id or the name of a tag')

export const routes = [
  v1(
    'GET',
    '/api/conversations/:conversationid/tags',
    z.object({ conversationid: needed() }),
    async ({ app, actor, params }) => {
      const db = app.database.reader
      const conversation = await getConversation(db, actor, params.conversationid)
      const tags = await listTagsOf(db, conversation)
      return { tags: tags.map(({ id, name }) => ({ id, name })) }
    },
  ),

  v1(
    'POST',
    '/api/conversations/:conversationid/tags',
    tagParams,
    async ({ app, actor, params: { conversationid, id, name } }) => {
      await app.database.write(async (tx) => {
        const conversation = await getConversationForChange(tx, actor, conversationid)
        if (id !== undefined) return addTagTo(tx, conversation, await getTag(tx, id), userOf(actor))
        if (name === undefined) throw neither()
        const tag = (await findTagByName(tx, name)) ?? (await addTag(tx, { name }))
        return addTagTo(tx, conversation, tag, userOf(actor))
      })
      return OK
    },
  ),

  v1(
    'DELETE',
    '/api/conversations/:conversationid/tags',
    tagParams,
    async ({ app, actor, params: { conversationid, id, name } }) => {
      await app.database.write(async (tx) => {
        const conversation = await getConversationForChange(tx, actor, conversationid)
        if (id !== undefined) return removeTagFrom(tx, conversation, await getTag(tx, id), userOf(actor))
        if (name === undefined) throw neither()
        const tag = await findTagByName(tx, name)
        if (!tag) throw new NotFound(`Tag '${name}' not found`)
        return removeTagFrom(tx, conversation, tag, userOf(actor))
      })
      return OK
    },
  ),
]
