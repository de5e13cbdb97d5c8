// /api/v3/calls/:id/recordings
import { recordingDraftSchema, recordingSchema } from '../../../../contract/v3/calls.ts'
import { addRecording, assertMayRecord, findRecording } from '../../../desk/calls/recordings.ts'
import { cleanFileName } from '../../../desk/files/names.ts'
import { storeFile } from '../../../desk/files/upload.ts'
import { incomingFile } from '../../../http/incoming-file.ts'
import { Invalid } from '../../../lib/errors.ts'
import { byId, v3 } from '../route.ts'
import { recordingView } from '../wire/call.ts'

export const routes = [
  v3({
    method: 'POST',
    url: '/api/v3/calls/:id/recordings',
    summary: 'Adds a recording of a call, or the voicemail that was left in its place, as a file of its conversation.',
    path: byId,
    body: recordingDraftSchema,
    answer: recordingSchema,
    handle: async ({ app, actor, path, body }) => {
      const db = app.database.reader
      const { kind, ...handed } = body
      // Before anything is fetched or stored for somebody who may not, or who repeats himself.
      await assertMayRecord(db, actor, path.id, kind)
      const given = body.reference ?? (body.name && cleanFileName(body.name))
      const known = given && (await findRecording(db, path.id, given))
      if (known) return recordingView(known)
      const draft = await incomingFile(app.config, handed)
      if (!draft.type.startsWith('audio/')) throw new Invalid('type', 'must be one of sound, such as audio/mpeg')
      const { id: fileId } = await storeFile(app, draft)
      const recording = { reference: given ?? cleanFileName(draft.name), kind, fileId }
      return recordingView(await app.database.write((tx) => addRecording(tx, actor, path.id, recording)))
    },
  }),
]
