// What charset text without a declaration is in, if it is not UTF-8: told by which bytes are frequent in it.

/** Enough to tell, and little to count. */
const SAMPLE = 8_000

/** Never fails: what looks like nothing in particular is `windows-1252`. */
export function guessCharset(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, SAMPLE)
  const many = ofManyBytes(sample)
  if (many) return many
  const counted = count(sample)
  return cyrillic(counted) ?? (isCentralEuropean(counted) ? 'windows-1250' : 'windows-1252')
}

interface Counted {
  high: number
  /** High bytes next to another one. */
  adjacent: number
  /** 0x80–0x9f, 0xa0–0xbf, 0xc0–0xdf, 0xe0–0xff. */
  rows: [number, number, number, number]
  each: Uint32Array
}

function count(bytes: Uint8Array): Counted {
  const rows: [number, number, number, number] = [0, 0, 0, 0]
  const each = new Uint32Array(256)
  let high = 0
  let adjacent = 0
  let before = 0
  for (const byte of bytes) {
    if (byte >= 128) {
      high++
      if (before >= 128) adjacent++
      const row = (byte >> 5) - 4
      if (row === 0) rows[0]++
      else if (row === 1) rows[1]++
      else if (row === 2) rows[2]++
      else rows[3]++
      each[byte] = (each[byte] ?? 0) + 1
    }
    before = byte
  }
  return { high, adjacent, rows, each }
}

/** Words of letters above 127 alone. The lower case is where most of them are: that tells the charsets apart. */
function cyrillic({ high, adjacent, rows }: Counted): string | undefined {
  if (high < 3 || adjacent < high * 0.5) return undefined
  const [first, second, third, fourth] = rows
  if (third + fourth >= high * 0.8) return third > fourth ? 'koi8-r' : 'windows-1251'
  // DOS: lower case 0xa0–0xaf and 0xe0–0xef, upper case 0x80–0x9f.
  if (first + second + fourth >= high * 0.95 && second > first && second > high * 0.3) return 'ibm866'
  return undefined
}

/** ł ę ą ś ć ż ř ž ů ě š ť ň in windows-1250, which are rare signs in Western text. */
const CENTRAL = [0xb3, 0xea, 0xb9, 0x9c, 0xe6, 0xbf, 0xf8, 0x9e, 0xf9, 0xec, 0x9a, 0x9d, 0xf2, 0xe8, 0xef]
const POLISH = [0xb3, 0xb9, 0x9c, 0xbf, 0x9f]
const CZECH = [0xf8, 0x9e, 0xf9, 0xec, 0x9a, 0x9d]

function isCentralEuropean({ high, each }: Counted): boolean {
  const sum = (letters: readonly number[]): number => letters.reduce((total, letter) => total + (each[letter] ?? 0), 0)
  return high >= 4 && sum(CENTRAL) >= high * 0.5 && (sum(POLISH) >= high * 0.25 || sum(CZECH) >= high * 0.25)
}

/** First letters of pairs that are frequent in the language, and how they are read. */
const PAIRS: {
  charset: string
  isFirst(byte: number): boolean
  isSecond(byte: number): boolean
  isFrequent(first: number, second: number): boolean
}[] = [
  {
    charset: 'shift_jis',
    isFirst: (byte) => (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xef),
    isSecond: (byte) => byte >= 0x40 && byte <= 0xfc && byte !== 0x7f,
    // Hiragana and katakana.
    isFrequent: (first) => first === 0x82 || first === 0x83,
  },
  {
    charset: 'euc-jp',
    isFirst: (byte) => byte >= 0xa1 && byte <= 0xfe,
    isSecond: (byte) => byte >= 0xa1 && byte <= 0xfe,
    isFrequent: (first) => first === 0xa4 || first === 0xa5,
  },
  {
    charset: 'euc-kr',
    isFirst: (byte) => byte >= 0xa1 && byte <= 0xfd,
    isSecond: (byte) => byte >= 0xa1 && byte <= 0xfe,
    // Hangul: nothing else is frequent in Korean.
    isFrequent: (first) => first >= 0xb0 && first <= 0xc8,
  },
  {
    charset: 'big5',
    isFirst: (byte) => byte >= 0xa1 && byte <= 0xf9,
    isSecond: (byte) => (byte >= 0x40 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xfe),
    // The frequent half; in GBK, second bytes below 0x80 are rare.
    isFrequent: (first, second) => first >= 0xa4 && first <= 0xc6 && second <= 0x7e,
  },
  {
    charset: 'gb18030',
    isFirst: (byte) => byte >= 0x81 && byte <= 0xfe,
    isSecond: (byte) => byte >= 0x40 && byte <= 0xfe && byte !== 0x7f,
    isFrequent: (first, second) => first >= 0xb0 && first <= 0xd7 && second >= 0xa1,
  },
]
/** Shares of frequent pairs from which on it is that language. */
const ENOUGH: Record<string, number> = { shift_jis: 0.3, 'euc-jp': 0.3, 'euc-kr': 0.75, big5: 0.3, gb18030: 0.5 }

function ofManyBytes(bytes: Uint8Array): string | undefined {
  for (const { charset, isFirst, isSecond, isFrequent } of PAIRS) {
    let pairs = 0
    let frequent = 0
    let wrong = 0
    let firsts = 0
    for (let at = 0; at + 1 < bytes.length; at++) {
      const first = bytes[at] ?? 0
      if (first < 128) continue
      const second = bytes[at + 1] ?? 0
      if (!isFirst(first) || !isSecond(second)) {
        wrong++
        continue
      }
      pairs++
      at++
      if (isFrequent(first, second)) frequent++
      if (first >= 0xb0 && first <= 0xdf && second >= 0xa1 && second <= 0xbf) firsts++
    }
    if (pairs < 3 || wrong > pairs * 0.03) continue
    if (frequent < pairs * (ENOUGH[charset] ?? 1)) continue
    // Cyrillic words have their letters in the same ranges, but hardly ever a second one below 0xc0.
    if ((charset === 'gb18030' || charset === 'euc-kr') && firsts < pairs * 0.1) continue
    return charset
  }
  return undefined
}
