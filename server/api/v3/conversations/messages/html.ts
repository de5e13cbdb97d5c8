// /api/v3/conversations/:id/messages/:messageid/html
import { z } from 'zod'
import { plainText } from '../../../../../contract/v3/kinds.ts'
import { messageHtmlQuerySchema } from '../../../../../contract/v3/messages.ts'
import type { App } from '../../../../app.ts'
import { listFilesIn } from '../../../../desk/conversations/attachments.ts'
import { getConversation } from '../../../../desk/conversations/conversation.ts'
import { getMessage } from '../../../../desk/conversations/history.ts'
import { imageAddress } from '../../../../http/image-address.ts'
import { documentHeaders, messageDocument, plainBody } from '../../../../http/message-document.ts'
import { filesIn, type ShownHtml, shownHtml } from '../../../../http/shown-html.ts'
import { v3 } from '../../route.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/conversations/:id/messages/:messageid/html',
    summary:
      'A message as a complete HTML document for a frame: it runs nothing and loads nothing from elsewhere. The header Deskhand-Blocked-Images counts the pictures that were left out.',
    path: z.object({ id: plainText(), messageid: plainText(100) }),
    query: messageHtmlQuerySchema,
    answer: z.string(),
    answerType: 'text/html; charset=utf-8',
    handle: async ({ app, actor, path, query, reply }) => {
      const db = app.database.reader
      const conversation = await getConversation(db, actor, path.id)
      const message = await getMessage(db, conversation, path.messageid)
      const files = new Set(message.is_html ? await listFilesIn(db, conversation, filesIn(message.body)) : [])
      const shown = message.is_html
        ? await shownHtml(message.body, pictures(app, files, query.images === 'Y'))
        : { html: plainBody(message.body), blocked: 0 }
      reply.headers({ ...documentHeaders(app.publicUrl()), 'deskhand-blocked-images': shown.blocked })
      return messageDocument(shown satisfies ShownHtml)
    },
  }),
]

/** Pictures of the conversation's own files always; those from elsewhere, through us, if they are asked for. */
const pictures = (app: App, files: ReadonlySet<string>, withRemote: boolean) => {
  const publicUrl = app.publicUrl()
  const signed = (kind: 'file' | 'address', name: string): string =>
    imageAddress(app.installation.secret, publicUrl, { kind, name })
  return {
    publicUrl,
    inNewWindow: true,
    file: (id: string) => (files.has(id) ? signed('file', id) : undefined),
    remote: (address: string) => (withRemote ? signed('address', address) : undefined),
  }
}
