// Files as API v1 shows them.
import type { File } from '../../../desk/files/files.ts'
import { toDate } from './dates.ts'

/** `publicUrl` becomes the start of the address without its scheme: clients add the one they use. */
export const fileInfo = (file: File, zone: string, publicUrl: string) => ({
  fileid: file.id,
  created: toDate(file.created_at, zone),
  filename: file.name,
  filesize: String(file.size),
  filetype: file.type,
  downloads: String(file.downloads),
  downloadUrl: `${publicUrl.replace(/^https?:/, '')}/scripts/file.php?view=Y&file=${file.id}`,
})
