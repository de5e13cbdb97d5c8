// Where an entry can be read on the public site: `/<urlcode>-<Title-With-Dashes>`. The code decides, the title is for people.

const MAX_LENGTH = 80

/** `376829-Article-1`: the last part of an entry's address. */
export function slugOf({ urlcode, title }: { urlcode: string; title: string }): string {
  const words = title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .match(/[\p{L}\p{N}\p{M}]+/gu)
  const text = [...(words ?? []).join('-')].slice(0, MAX_LENGTH).join('').replace(/-+$/, '')
  return text === '' ? urlcode : `${urlcode}-${encodeURIComponent(text)}`
}

/** The whole address. `publicUrl` has no final slash. */
export const addressOf = (publicUrl: string, entry: { urlcode: string; title: string }): string =>
  `${publicUrl}/${slugOf(entry)}`

/** The same without `http:`, as API v1 gives it in lists. */
export const addressWithoutScheme = (publicUrl: string, entry: { urlcode: string; title: string }): string =>
  addressOf(publicUrl.replace(/^https?:/, ''), entry)
