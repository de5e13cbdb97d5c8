// How strangers' files are handed to a browser: under which type, under which name, and whether it may show them.
import { UNKNOWN_TYPE } from '../desk/files/names.ts'

/** What a browser may show by itself: pixels and sound. SVG is a document that can carry script, and so is PDF. */
const HARMLESS = new Set([
  'image/png',
  'image/jpeg',
  'image/jpg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
  'audio/mpeg',
  'audio/mp3',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/ogg',
  'audio/opus',
  'audio/webm',
  'audio/wav',
  'audio/x-wav',
  'audio/amr',
  'audio/flac',
])

/** Types that a browser, or a program it hands them to, would run, frame, or take for a part of a page. */
const ACTIVE = /html|xml|svg|script|flash|mhtml|mimearchive|\bhta\b|css|wasm|manifest|component|^message\/|^multipart\//

export const isHarmless = (type: string): boolean => HARMLESS.has(type)

/** The type to answer with: what could be active goes out as plain bytes. */
export const typeToServe = (type: string): string => (HARMLESS.has(type) || !ACTIVE.test(type) ? type : UNKNOWN_TYPE)

/**
 * Content-Disposition (RFC 6266): the name in ASCII for old programs, and whole in UTF-8 (RFC 5987).
 */
export function dispositionOf(name: string, inline: boolean): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${inline ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
