// Addresses in links and pictures, as browsers understand them.

/** A picture's pixels. An SVG in a data URL can carry script. */
const PIXELS = /^data:image\/(png|jpe?g|gif|webp)[;,]/i

/** Blanks and controls around an address, and tabs and line ends within it, do not count for browsers. */
const SKIPPED = /^[\0-\x20]+|[\0-\x20]+$|[\t\n\r]+/g

/**
 * The address if its scheme is one of the given, in lower case without colon; undefined otherwise. `//host` and its
 * spellings with backslashes have no scheme of their own and are refused.
 */
export function safeAddress(given: string, schemes: ReadonlySet<string>, keepRelative: boolean): string | undefined {
  const address = given.replace(SKIPPED, '')
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):/i.exec(address)?.[1]?.toLowerCase()
  if (scheme !== undefined) {
    if (!schemes.has(scheme)) return undefined
    return scheme !== 'data' || PIXELS.test(address) ? address : undefined
  }
  // Whatever stands before a colon and is no scheme that we know is nothing to follow.
  if (/^[^/?#]*:/.test(address) || /^[\\/]{2}/.test(address)) return undefined
  return keepRelative || address.startsWith('#') ? address : undefined
}
