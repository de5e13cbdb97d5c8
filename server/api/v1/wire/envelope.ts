// Answers of API v1 in its three formats.
import type { Format } from '../../../http/address.ts'
import { mapInTurns } from '../../../lib/turns.ts'

/** What an answer is made of. Scalars are text, counters too; `statuscode` alone is a number. */
export type Wire = string | number | null | readonly Wire[] | { readonly [name: string]: Wire }
export type WireObject = { readonly [name: string]: Wire }

export const OK: WireObject = { status: 'OK', statuscode: 0 }

export const contentTypes: Record<Format, string> = {
  json: 'application/json; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  yaml: 'application/yaml; charset=utf-8',
}

/** `{response: …}` in a format. */
export async function envelope(format: Format, response: WireObject): Promise<string> {
  if (format === 'json') return `{"response":${await jsonOf(response)}}`
  if (format === 'xml') return `<?xml version='1.0' encoding='utf-8'?>\n${element('response', response, '')}`
  // Loaded on first use: most installations never answer in YAML.
  const { dump } = await import('js-yaml')
  return dump({ response }, { lineWidth: -1, noRefs: true })
}

/** Lists so long are written a few milliseconds at a time. */
const LONG = 200

async function jsonOf(response: WireObject): Promise<string> {
  const lists = Object.values(response).filter((value) => isList(value))
  if (lists.every(({ length }) => length < LONG)) return JSON.stringify(response)
  const members: string[] = []
  for (const [name, value] of Object.entries(response)) {
    const items = isList(value) ? await mapInTurns(value, (item) => JSON.stringify(item)) : undefined
    members.push(`${JSON.stringify(name)}:${items ? `[${items.join()}]` : JSON.stringify(value)}`)
  }
  return `{${members.join()}}`
}

/** Items are named by their list's name without its final s; a name without one has `item`s. */
const itemName = (list: string): string => (list.endsWith('s') ? list.slice(0, -1) : 'item')

function element(name: string, value: Wire, indent: string): string {
  if (value === null || value === '') return `${indent}<${name}/>\n`
  if (typeof value !== 'object') return `${indent}<${name}>${escapeXml(String(value))}</${name}>\n`
  const children = isList(value)
    ? value.map((item) => element(itemName(name), item, `${indent} `))
    : Object.entries(value).map(([key, child]) => element(key, child, `${indent} `))
  return children.length === 0
    ? `${indent}<${name}/>\n`
    : `${indent}<${name}>\n${children.join('')}${indent}</${name}>\n`
}

const isList = (value: Wire): value is readonly Wire[] => Array.isArray(value)

const SPECIAL: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML 1.0 cannot hold in any form.
const IMPOSSIBLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g

const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(IMPOSSIBLE, '')
    .replace(/[&<>\r]/g, (char) => SPECIAL[char] ?? char)
