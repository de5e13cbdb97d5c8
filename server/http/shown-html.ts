// Stored HTML of messages as it is shown: cleaned once more, and with pictures only from ourselves. A picture from
// elsewhere would tell the sender who reads when, and could be an address in the reader's own network.
import { showHtml } from '../lib/html.ts'
import { escapeHtml } from '../lib/markup.ts'

export interface ShownHtml {
  html: string
  /** Pictures from elsewhere that were left out. */
  blocked: number
}

export interface Pictures {
  /** Public address of this server, without a final slash. */
  publicUrl: string
  /** Where a file of ours is shown from; undefined: this message may not show it. */
  file(id: string): string | undefined
  /** Where a picture from elsewhere is shown from; undefined: it is not. */
  remote(address: string): string | undefined
  /** Links open beside what is read. */
  inNewWindow?: boolean
}

/** More pictures than any letter has: the rest would only keep us busy. */
const MAX_PICTURES = 500

export async function shownHtml(body: string, pictures: Pictures): Promise<ShownHtml> {
  let blocked = 0
  let shown = 0
  const html = await showHtml(body, {
    inNewWindow: pictures.inNewWindow ?? false,
    showImage(address, { attributes }) {
      if (/^data:/i.test(address)) return { address }
      const file = fileOf(address, pictures.publicUrl)
      const isRemote = file === undefined && /^https?:/i.test(address)
      const place =
        ++shown > MAX_PICTURES
          ? undefined
          : file !== undefined
            ? pictures.file(file)
            : isRemote
              ? pictures.remote(address)
              : undefined
      if (place !== undefined) return { address: place }
      if (isRemote) blocked++
      return { html: placeholder(attributes) }
    },
  })
  return { html, blocked }
}

const FILE = /^\/?scripts\/file\.php\?/

/** The id in `scripts/file.php?view=Y&file={id}`, which is how stored messages name pictures that came with them. */
function fileOf(address: string, publicUrl: string): string | undefined {
  const path = address.startsWith(`${publicUrl}/`) ? address.slice(publicUrl.length) : address
  if (!FILE.test(path)) return undefined
  const id = new URLSearchParams(path.slice(path.indexOf('?'))).get('file') ?? ''
  return /^[0-9a-f]{32}$/.test(id) ? id : undefined
}

/** The ids of the files that a body may show. */
export const filesIn = (body: string): string[] => [
  ...new Set([...body.matchAll(/scripts\/file\.php\?[^"\s]{0,200}file=([0-9a-f]{32})/g)].map(([, id = '']) => id)),
]

/** What stands where a picture would be: its words, and nothing for those of one point. */
function placeholder({ alt = '', width, height }: Readonly<Record<string, string>>): string {
  if (/^[01](px)?$/.test(width ?? '') || /^[01](px)?$/.test(height ?? '')) return ''
  return `<span class="picture">${escapeHtml(alt.trim().slice(0, 200)) || 'Picture'}</span>`
}
