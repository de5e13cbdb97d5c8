// POST /api/files · GET, DELETE /api/files/:fileid
import { fileDraft, filePath } from '../../../contract/v1/files.ts'
import { deleteFile, getVisibleFile } from '../../desk/conversations/attachments.ts'
import { storeFile } from '../../desk/files/upload.ts'
import { incomingFile } from '../../http/incoming-file.ts'
import { v1 } from './route.ts'
import { OK } from './wire/envelope.ts'
import { fileInfo } from './wire/file.ts'

export const routes = [
  v1('POST', '/api/files', fileDraft, async ({ app, params, zone }) => {
    const file = await storeFile(app, await incomingFile(app.config, params))
    return fileInfo(file, zone, app.publicUrl())
  }),

  v1('GET', '/api/files/:fileid', filePath, async ({ app, actor, params, zone }) =>
    fileInfo(await getVisibleFile(app.database.reader, actor, params.fileid), zone, app.publicUrl()),
  ),

  v1('DELETE', '/api/files/:fileid', filePath, async ({ app, actor, params }) => {
    await app.database.write((tx) => deleteFile(tx, actor, params.fileid))
    return OK
  }),
]
