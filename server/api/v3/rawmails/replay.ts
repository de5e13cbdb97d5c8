// /api/v3/rawmails/:id/replay
import { rawMailPath, replayedSchema } from '../../../../contract/v3/rawmails.ts'
import { replayOne } from '../../../desk/mail/intake/replay.ts'
import { v3 } from '../route.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/rawmails/:id/replay',
    summary: 'Accepts a raw mail once more, unless it has become a message.',
    path: rawMailPath,
    answer: replayedSchema,
    handle: async ({ app, actor, path }) => ({
      is_waiting: await app.database.write((tx) => replayOne(tx, actor, path.id)),
    }),
  }),
]
