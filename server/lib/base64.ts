// Base64 as clients really send it: with line breaks, as a data URL, in the alphabet for addresses, without padding.

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*?;base64,/i

export interface Base64Text {
  /** Letters of the common alphabet and padding only. */
  text: string
  /** The type that a data URL names. */
  type: string | undefined
  /** How many bytes it stands for. */
  size: number
}

/**
 * Reads base64 strictly: what is not base64 is undefined, never bytes that nobody sent. Blanks inside are the `+` that an
 * urlencoded body loses when a client does not encode it: no encoder writes blanks.
 */
export function parseBase64(source: string): Base64Text | undefined {
  const head = DATA_URL.exec(source.slice(0, 300))
  const text = (head ? source.slice(head[0].length) : source)
    .trim()
    // Not one expression for blanks around line breaks: over long blanks its time would grow with their square.
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .join('')
    .replaceAll(' ', '+')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const letters = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length
  const isPadded = letters < text.length
  if (letters % 4 === 1 || (isPadded && text.length % 4 !== 0)) return undefined
  return { text, type: head?.[1] || undefined, size: Math.floor((letters * 3) / 4) }
}

export const bytesOfBase64 = ({ text }: Pick<Base64Text, 'text'>): Buffer => Buffer.from(text, 'base64')
