// The contents of a raw mail, wherever they are kept.
import type { Selectable } from 'kysely'
import { prepared } from '../../../db/prepared.ts'
import type { Reader } from '../../../db/write.ts'
import { NotFound } from '../../../lib/errors.ts'
import type { MailDesk } from '../mail-desk.ts'
import type { RawMailRow } from '../tables.ts'

export type RawMail = Selectable<RawMailRow>

const contentsOf = prepared((db: Reader, seq: number) =>
  db.selectFrom('raw_mail_contents').select('data').where('raw_seq', '=', seq),
)

/** A raw mail byte for byte, or its first bytes. Contents that are missing are NotFound. */
export async function readRaw(
  { database, files }: Pick<MailDesk, 'database' | 'files'>,
  row: Pick<RawMail, 'seq' | 'file_id'>,
  atLeast = Infinity,
): Promise<Uint8Array> {
  if (row.file_id === null) {
    const [contents] = await contentsOf(database.reader, row.seq)
    if (!contents) throw new NotFound(`The contents of raw mail ${row.seq} are missing`)
    return contents.data
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of await files.read(row.file_id)) {
    chunks.push(Buffer.from(chunk))
    size += chunk.length
    if (size >= atLeast) break
  }
  return Buffer.concat(chunks)
}
