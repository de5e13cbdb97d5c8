// RFC 2152: text of seven bits with UTF-16 in base64 between `+` and `-`. Exchange and old Outlooks write it.

/** What is no valid base64 stays as it is written. */
export function decodeUtf7(source: string): string {
  const pieces: string[] = []
  let at = 0
  while (at < source.length) {
    const plus = source.indexOf('+', at)
    if (plus === -1) break
    pieces.push(source.slice(at, plus))
    let end = plus + 1
    while (end < source.length && isBase64(source.charCodeAt(end))) end++
    const hasDash = source[end] === '-'
    if (end === plus + 1) {
      pieces.push('+')
      at = hasDash ? end + 1 : end
      continue
    }
    const bytes = Buffer.from(source.slice(plus + 1, end), 'base64')
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 2))
    pieces.push(whole.length === 0 ? source.slice(plus, end) : new TextDecoder('utf-16be').decode(whole))
    at = hasDash ? end + 1 : end
  }
  pieces.push(source.slice(at))
  return pieces.join('')
}

const isBase64 = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 43 || code === 47
