// What kind of picture some bytes are. What a server or a mail says of them counts for nothing.

/** The type of a picture that has only pixels; undefined: it is something else, such as SVG, which can carry script. */
export function pixelType(contents: Uint8Array): string | undefined {
  const start = Buffer.from(contents.buffer, contents.byteOffset, Math.min(contents.byteLength, 16)).toString('latin1')
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(start)) return 'image/gif'
  if (/^RIFF[\s\S]{4}WEBP/.test(start)) return 'image/webp'
  if (/^[\s\S]{4}ftypavi[fs]/.test(start)) return 'image/avif'
  if (/^BM[\s\S]{4}\0\0\0\0/.test(start)) return 'image/bmp'
  return undefined
}
