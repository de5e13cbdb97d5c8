// /api/widget/chats/:id/rating
import type { z } from 'zod'
import { instantText } from '../../../../contract/v3/kinds.ts'
import { widgetRatingDraftSchema, widgetRatingSchema } from '../../../../contract/widget/ratings.ts'
import type { App } from '../../../app.ts'
import { getOwnChat } from '../../../desk/chats/chat.ts'
import type { Visitor } from '../../../desk/chats/visitors.ts'
import { rateOwnChat } from '../../../desk/ratings/rate.ts'
import { findRatingView } from '../../../desk/ratings/view.ts'
import { unknownWork } from '../../../desk/ratings/work.ts'
import { byId } from '../../v3/route.ts'
import { widget } from '../route.ts'

async function viewOf(app: App, visitor: Visitor, id: string): Promise<z.input<typeof widgetRatingSchema>> {
  const db = app.database.reader
  const chat = await getOwnChat(db, visitor, id)
  const view = await findRatingView(db, chat.group_seq, app.settings())
  if (!view) throw unknownWork()
  return {
    rating: view.given?.grade ?? null,
    comment: view.given?.comment ?? '',
    agent: view.agent,
    is_open: view.isOpen,
    dateuntil: instantText(view.until),
  }
}

export const routes = [
  widget({
    method: 'GET',
    url: '/api/widget/chats/:id/rating',
    summary: 'How he rated the chat, once it has ended.',
    path: byId,
    answer: widgetRatingSchema,
    handle: ({ app, visitor, path }) => viewOf(app, visitor, path.id),
  }),
  widget({
    method: 'POST',
    url: '/api/widget/chats/:id/rating',
    summary: 'Says how the chat was, or something else than before.',
    path: byId,
    body: widgetRatingDraftSchema,
    answer: widgetRatingSchema,
    limit: { perVisitor: 10 },
    handle: async ({ app, visitor, path, body }) => {
      const draft = { grade: body.rating, comment: body.comment }
      await app.database.write((tx) => rateOwnChat(tx, visitor, path.id, draft, app.settings()))
      return viewOf(app, visitor, path.id)
    },
  }),
]
