// /api/widget/chats/:id/files
import { z } from 'zod'
import { plainText } from '../../../../contract/v3/kinds.ts'
import { saidSchema, widgetFileDraftSchema } from '../../../../contract/widget/chats.ts'
import { getOwnChat } from '../../../desk/chats/chat.ts'
import { assertMaySendFile, sendFile } from '../../../desk/chats/files.ts'
import { getOwnFile } from '../../../desk/chats/own.ts'
import { removeFile } from '../../../desk/files/files.ts'
import { UNKNOWN_TYPE } from '../../../desk/files/names.ts'
import { storeFile } from '../../../desk/files/upload.ts'
import { dispositionOf, typeToServe } from '../../../http/content.ts'
import { incomingFile } from '../../../http/incoming-file.ts'
import { byId } from '../../v3/route.ts'
import { SENT, widget } from '../route.ts'

/** Strangers send less than agents may. */
const MAX_BYTES = 10_000_000
/** As base64, with whatever stands around it. */
const BODY_LIMIT = 14_000_000

/** A file that runs in a browser would run in our name: it gets a box without anything. */
const FILE_HEADERS = {
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

export const routes = [
  widget({
    method: 'POST',
    url: '/api/widget/chats/:id/files',
    summary: 'Sends a file: base64 in JSON, or a part `data` of a multipart form.',
    path: byId,
    body: widgetFileDraftSchema,
    answer: saidSchema,
    limit: { perVisitor: 20, perAddress: 60 },
    bodyLimit: BODY_LIMIT,
    handle: async ({ app, visitor, path, body }) => {
      await assertMaySendFile(app.database.reader, visitor, path.id)
      const limits = { fileLimit: Math.min(app.config.fileLimit, MAX_BYTES), fetchAllow: [] }
      const file = await storeFile(app, await incomingFile(limits, body))
      try {
        const { messageId } = await app.database.write((tx) => sendFile(tx, visitor, path.id, file))
        return { messageid: messageId }
      } catch (error) {
        await app.database.write((tx) => removeFile(tx, file.id))
        throw error
      }
    },
  }),
  widget({
    method: 'GET',
    url: '/api/widget/chats/:id/files/:fileid',
    summary: 'A file of his chat. The token opens it, not its address.',
    path: z.object({ id: plainText(), fileid: plainText() }),
    answer: z.unknown(),
    answerType: UNKNOWN_TYPE,
    handle: async ({ app, visitor, path, reply }) => {
      const db = app.database.reader
      const file = await getOwnFile(db, await getOwnChat(db, visitor, path.id), path.fileid)
      const contents = await app.files.read(file.id)
      reply
        .headers(FILE_HEADERS)
        .type(typeToServe(file.type))
        .header('content-disposition', dispositionOf(file.name, false))
        .header('content-length', file.size)
      await reply.send(contents)
      return SENT
    },
  }),
]
