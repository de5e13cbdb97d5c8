// Charsets of seven bits that are another one with its eighth bit off between two marks: RFC 1843, RFC 1557.

interface Shifts {
  /** Length of what turns it on at this place; 0: nothing does. */
  on(bytes: Uint8Array, at: number): number
  off(bytes: Uint8Array, at: number): number
}

const HZ: Shifts = {
  on: (bytes, at) => (bytes[at] === 0x7e && bytes[at + 1] === 0x7b ? 2 : 0),
  off: (bytes, at) => (bytes[at] === 0x7e && bytes[at + 1] === 0x7d ? 2 : bytes[at] === 10 ? -1 : 0),
}
const KOREAN: Shifts = {
  on: (bytes, at) => (bytes[at] === 0x0e ? 1 : 0),
  off: (bytes, at) => (bytes[at] === 0x0f ? 1 : bytes[at] === 10 ? -1 : 0),
}

/** With the eighth bit on again: `hz-gb-2312` is then `gb18030`, `iso-2022-kr` is `euc-kr`. */
export function unshifted(bytes: Uint8Array, charset: 'hz-gb-2312' | 'iso-2022-kr'): Uint8Array {
  const shifts = charset === 'hz-gb-2312' ? HZ : KOREAN
  const out = new Uint8Array(bytes.length)
  let length = 0
  let isOn = false
  for (let at = 0; at < bytes.length; ) {
    const mark = isOn ? shifts.off(bytes, at) : shifts.on(bytes, at)
    if (mark !== 0) isOn = !isOn
    if (mark > 0) {
      at += mark
      continue
    }
    const byte = bytes[at++] ?? 0
    out[length++] = isOn && byte > 32 ? byte | 128 : byte
  }
  return out.subarray(0, length)
}
