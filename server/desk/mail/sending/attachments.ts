// The files of a mail: attached, shown inside of its HTML, or, beyond what a server takes, as links.
import { Readable } from 'node:stream'
import type { Reader } from '../../../db/write.ts'
import { escapeHtml } from '../../../lib/markup.ts'
import { parseAttachment } from '../../conversations/attachments.ts'
import type { Message } from '../../conversations/history.ts'
import { messageTypes } from '../../conversations/letters.ts'
import type { File } from '../../files/files.ts'
import type { FileStore } from '../../files/store.ts'

/** Base64, with its line ends. */
const encodedSize = (bytes: number): number => Math.ceil((bytes / 3) * 4 * (78 / 76))
/** Headers of a part, roughly. */
const PART_BYTES = 600

export interface ChosenFiles {
  attached: File[]
  /** Those that would make the mail too large. */
  linked: File[]
}

/** In their order, as many as fit into `room` bytes. */
export function chooseFiles(files: readonly File[], room: number): ChosenFiles {
  const chosen: ChosenFiles = { attached: [], linked: [] }
  let left = room
  for (const file of files) {
    const bytes = encodedSize(file.size) + PART_BYTES
    const fits = bytes <= left
    chosen[fits ? 'attached' : 'linked'].push(file)
    if (fits) left -= bytes
  }
  return chosen
}

/** The files that a message group names, in its order. One that was deleted meanwhile is left out. */
export async function filesOf(db: Reader, messages: readonly Message[]): Promise<File[]> {
  const ids = messages
    .filter(({ rtype }) => rtype === messageTypes.file)
    .map(({ body }) => parseAttachment(body)?.fileid)
    .filter((id) => id !== undefined)
  if (ids.length === 0) return []
  const rows = await db
    .selectFrom('files')
    .selectAll()
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return ids.map((id) => rows.find((row) => row.id === id)).filter((file) => file !== undefined)
}

/** An attachment as nodemailer takes it. The file is opened when it is its turn. */
export const attachment = (store: FileStore, file: File, cid?: string) => ({
  filename: file.name,
  contentType: /^[\w.+-]+\/[\w.+-]+$/.test(file.type) ? file.type : 'application/octet-stream',
  content: Readable.from(contentsOf(store, file.id), { objectMode: false }),
  ...(cid !== undefined && { cid, contentDisposition: 'inline' }),
})

async function* contentsOf(store: FileStore, id: string): AsyncGenerator<Uint8Array> {
  yield* await store.read(id)
}

/** Where the holder of a conversation's link gets a file. */
const linkTo = (publicUrl: string, publicCode: string, file: File): string =>
  `${publicUrl}/scripts/file.php?${new URLSearchParams({ view: 'Y', file: file.id, cid: publicCode })}`

const sizeText = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

/** A list of links, in no language. */
export function linksTo(
  files: readonly File[],
  publicUrl: string,
  publicCode: string,
): { text: string; html: string } | undefined {
  if (files.length === 0) return undefined
  const lines = files.map((file) => ({
    name: `${file.name.replace(/[\p{Cc}\s]+/gu, ' ')} (${sizeText(file.size)})`,
    url: linkTo(publicUrl, publicCode, file),
  }))
  return {
    text: `\n${lines.map(({ name, url }) => `${name}:\n${url}`).join('\n')}\n`,
    html: `<ul>${lines
      .map(({ name, url }) => `<li><a href="${escapeHtml(url)}">${escapeHtml(name)}</a></li>`)
      .join('')}</ul>`,
  }
}

const IMAGE_SOURCE = /(<img\b[^<>]*?\bsrc\s*=\s*)("[^"<>]*"|'[^'<>]*')/gi

/**
 * Pictures that the HTML shows by the id of an attached file, in whatever address it stands, become parts of the mail:
 * the customer's program must not have to ask us for them, nor could it.
 */
export function inlineImages(
  html: string,
  files: readonly File[],
  domain: string,
): { html: string; cids: Map<string, string> } {
  const cids = new Map<string, string>()
  const shown = html.replace(IMAGE_SOURCE, (whole: string, before: string, source: string) => {
    const file = files.find(({ id }) => source.includes(id))
    if (!file) return whole
    const cid = `${file.id}@${domain}`
    cids.set(file.id, cid)
    return `${before}"cid:${cid}"`
  })
  return { html: shown, cids }
}
