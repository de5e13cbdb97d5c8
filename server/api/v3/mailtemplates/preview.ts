// /api/v3/mailtemplates/preview
import {
  mailPreviewDraftSchema,
  mailPreviewQuerySchema,
  mailPreviewSchema,
} from '../../../../contract/v3/mailtemplates.ts'
import { previewMail } from '../../../desk/mail/sending/preview.ts'
import { sanitiseHtml } from '../../../lib/html.ts'
import { v3 } from '../route.ts'

export const routes = [
  v3({
    method: 'GET',
    url: '/api/v3/mailtemplates/preview',
    summary:
      'A mail of each kind as it would be sent now, with made-up people or a real conversation. For administrators.',
    query: mailPreviewQuerySchema,
    answer: mailPreviewSchema,
    handle: ({ app, actor, query }) => previewMail(app.database.reader, app, actor, query),
  }),
  v3({
    method: 'POST',
    url: '/api/v3/mailtemplates/preview',
    summary: 'Shows what a template would make of a mail; nothing is stored or sent. For administrators.',
    body: mailPreviewDraftSchema,
    answer: mailPreviewSchema,
    handle: async ({ app, actor, body: { subject = '', html, ...wish } }) =>
      previewMail(app.database.reader, app, actor, wish, { subject, html: await sanitiseHtml(html) }),
  }),
]
