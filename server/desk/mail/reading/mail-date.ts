// Header Date, as the standard has it and as programs write it.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** In the languages of programs that translate where they must not. */
const FOREIGN: Record<string, number> = {
  mär: 2,
  mrz: 2,
  mai: 4,
  okt: 9,
  dez: 11,
  janv: 0,
  fév: 1,
  fev: 1,
  mars: 2,
  avr: 3,
  juin: 5,
  juil: 6,
  aoû: 7,
  aou: 7,
  déc: 11,
  ene: 0,
  abr: 3,
  ago: 7,
  dic: 11,
  gen: 0,
  mag: 4,
  giu: 5,
  lug: 6,
  set: 8,
  ott: 9,
  out: 9,
  mei: 4,
  maa: 2,
  mrt: 2,
  maj: 4,
}

/** Minutes east of Greenwich. */
const ZONES: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  wet: 0,
  bst: 60,
  west: 60,
  met: 60,
  cet: 60,
  mez: 60,
  mest: 120,
  cest: 120,
  mesz: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  msd: 240,
  ist: 330,
  jst: 540,
  kst: 540,
  hkt: 480,
  sgt: 480,
  nzst: 720,
  nzdt: 780,
  aest: 600,
  aedt: 660,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  akst: -540,
  hst: -600,
}

const TIME = /(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?/
const OFFSET = /([+-])\s?(\d{2}):?(\d{2})\b/
const DAY = 86_400_000

/** In milliseconds; undefined: it is none, or none that can be true (before 1990, a day or more ahead). */
export function mailDate(source: string | undefined, now = Date.now()): number | undefined {
  if (source === undefined) return undefined
  const date = parse(source.slice(0, 200).toLowerCase())
  return date !== undefined && date >= Date.UTC(1990, 0, 1) && date < now + DAY ? date : undefined
}

function parse(source: string): number | undefined {
  const text = source.replace(/[\s,]+/g, ' ')
  const day = dayOf(text)
  if (day === undefined) return undefined
  const [, hour = '0', minute = '0', second = '0'] = TIME.exec(text.slice(day.end)) ?? TIME.exec(text) ?? []
  if (Number(hour) > 24 || Number(minute) > 59) return undefined
  const isAfternoon = /\d\s?pm\b/.test(text) && Number(hour) < 12
  const midnight = Date.UTC(day.year, day.month, day.day)
  if (Number.isNaN(midnight) || new Date(midnight).getUTCDate() !== day.day) return undefined
  const minutes = (Number(hour) + (isAfternoon ? 12 : 0)) * 60 + Number(minute) - zoneOf(text)
  return midnight + minutes * 60_000 + Math.min(Number(second), 59) * 1_000
}

interface Day {
  year: number
  month: number
  day: number
  /** Where the time may begin. */
  end: number
}

const NAMED = /(\d{1,2})[ .-]{1,3}(\p{L}{3,10})\.?[ -]{1,2}(\d{2,4})(?![\d:])/u
/** `Mon Jan  5 10:11:12 2004`, as C writes it. */
const OF_C = /(\p{L}{3,10}) (\d{1,2}) (?=\d{1,2}:).{0,30}? (\d{4})(?!\d)/u
const ISO = /(\d{4})-(\d{2})-(\d{2})/
/** Who writes numbers alone puts the day first, but for Americans with slashes. */
const NUMBERS = /(\d{1,2})([./-])(\d{1,2})\2(\d{4})/

function dayOf(text: string): Day | undefined {
  const iso = ISO.exec(text)
  if (iso) return { year: Number(iso[1]), month: Number(iso[2]) - 1, day: Number(iso[3]), end: iso.index + 10 }
  const named = NAMED.exec(text)
  if (named) {
    const month = monthOf(named[2] ?? '')
    if (month !== undefined) {
      return { year: yearOf(named[3] ?? ''), month, day: Number(named[1]), end: named.index + named[0].length }
    }
  }
  const ofC = OF_C.exec(text)
  if (ofC) {
    const month = monthOf(ofC[1] ?? '')
    if (month !== undefined) return { year: Number(ofC[3]), month, day: Number(ofC[2]), end: ofC.index }
  }
  const numbers = NUMBERS.exec(text)
  if (!numbers) return undefined
  const first = Number(numbers[1])
  const second = Number(numbers[3])
  const isAmerican = numbers[2] === '/' && first <= 12
  return {
    year: Number(numbers[4]),
    month: (isAmerican ? first : second) - 1,
    day: isAmerican ? second : first,
    end: numbers.index + numbers[0].length,
  }
}

function monthOf(word: string): number | undefined {
  const three = MONTHS.indexOf(word.slice(0, 3))
  return three >= 0 ? three : (FOREIGN[word.slice(0, 4)] ?? FOREIGN[word.slice(0, 3)])
}

/** RFC 5322: two digits up to 49 are after 2000; three count from 1900. */
function yearOf(digits: string): number {
  const year = Number(digits)
  if (digits.length === 4) return year
  return digits.length === 2 && year < 50 ? 2000 + year : 1900 + year
}

function zoneOf(text: string): number {
  const offset = OFFSET.exec(text.replace(ISO, ''))
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3])
    // Beyond what exists: as if it were not there.
    return minutes > 14 * 60 ? 0 : offset[1] === '-' ? -minutes : minutes
  }
  for (const word of text.split(/[^a-z]+/)) {
    const zone = ZONES[word]
    if (zone !== undefined) return zone
  }
  return 0
}
