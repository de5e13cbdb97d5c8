// /api/widget/chats/:id/transcript
import { mailedSchema } from '../../../../contract/widget/chats.ts'
import { mailTranscript } from '../../../desk/chats/mail-transcript.ts'
import { byId } from '../../v3/route.ts'
import { widget } from '../route.ts'

export const routes = [
  widget({
    method: 'POST',
    url: '/api/widget/chats/:id/transcript',
    summary: 'Mails what was said so far, to the address that he has given and to no other.',
    path: byId,
    answer: mailedSchema,
    limit: { perVisitor: 5 },
    handle: async ({ app, visitor, path }) => ({
      email: await app.database.write((tx) => mailTranscript(tx, visitor, path.id, app.installation.secret)),
    }),
  }),
]
