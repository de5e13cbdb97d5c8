// How strangers' files are handed to a browser: under which type, under which name, and whether it may show them.
import { UNKNOWN_TYPE } from '../desk/files/names.ts'

/** Pixels only. SVG is a document that can carry script. */
const SAFE_IMAGES = new Set([
  'image/png',
  'image/jpeg',
  'image/jpg',
  'image/gif',
  'image/webp',
  'image/avif',
  'image/bmp',
])

/** Types that a browser, or a program it hands them to, would run or frame. */
const ACTIVE = /html|xml|svg|script|flash|mhtml|^message\/|^multipart\//

export const isSafeImage = (type: string): boolean => SAFE_IMAGES.has(type)

/** The type to answer with: what could be active goes out as plain bytes. */
export const typeToServe = (type: string): string => (isSafeImage(type) || !ACTIVE.test(type) ? type : UNKNOWN_TYPE)

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
