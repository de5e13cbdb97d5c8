// The bytes of a mail, made ready to be read line by line.

const LF = 10
const CR = 13
const LOOKED_AT = 8_192

/** `start`: where the headers begin. */
export function prepareBytes(raw: Uint8Array): { bytes: Buffer; start: number } {
  const given = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const bytes = withLineFeeds(inEightBits(given))
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (bytes[start] === LF || bytes[start] === CR) start++
  return { bytes, start }
}

/** A whole mail in UTF-16: somebody stored it with an editor. */
function inEightBits(bytes: Buffer): Buffer {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff
  if (!isLittle && !isBig) return bytes
  return Buffer.from(new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(bytes))
}

/** Lines that end with CR alone, as old Macintoshes write them. If there are both, what is more frequent in the head counts. */
function withLineFeeds(bytes: Buffer): Buffer {
  const end = Math.min(bytes.length, LOOKED_AT)
  let alone = 0
  let feeds = 0
  for (let at = 0; at < end; at++) {
    if (bytes[at] === LF) feeds++
    else if (bytes[at] === CR && bytes[at + 1] !== LF && bytes[at + 1] !== CR) alone++
  }
  if (alone <= feeds) return bytes
  const copy = Buffer.from(bytes)
  for (let at = copy.indexOf(CR); at !== -1; at = copy.indexOf(CR, at + 1)) if (copy[at + 1] !== LF) copy[at] = LF
  return copy
}
