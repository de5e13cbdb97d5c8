// Invitations (RFC 5545, RFC 5546): a line that says what, when and where.
import { cutText, oneLine } from './one-line.ts'

interface Property {
  value: string
  parameters: string
}

/** Longer invitations have many dates; the first is shown. */
const MAX_LENGTH = 200_000
const SHOWN = 300

const METHODS: Record<string, string> = {
  REQUEST: 'Invitation',
  PUBLISH: 'Calendar entry',
  CANCEL: 'Cancelled',
  REPLY: 'Answer to an invitation',
  COUNTER: 'Another time is proposed',
  DECLINECOUNTER: 'The proposed time is declined',
  REFRESH: 'The invitation is asked for again',
  ADD: 'Further date',
}
const ANSWERS: Record<string, string> = { ACCEPTED: 'accepted', DECLINED: 'declined', TENTATIVE: 'perhaps' }

/** `Invitation: Planning; 2026-03-12 14:00–15:00 (Europe/Berlin); Room 4`. Undefined: it holds no entry. */
export function calendarLine(source: string): string | undefined {
  const lines = unfold(source.slice(0, MAX_LENGTH))
  const begin = lines.findIndex((line) => /^BEGIN:(VEVENT|VTODO)\s*$/i.test(line))
  if (begin === -1) return undefined
  const end = lines.findIndex((line, at) => at > begin && /^END:(VEVENT|VTODO)\s*$/i.test(line))
  const event = properties(lines.slice(begin + 1, end === -1 ? undefined : end))
  const method = (lines.find((line) => /^METHOD:/i.test(line)) ?? '').slice('METHOD:'.length).trim().toUpperCase()
  const text = (name: string): string => oneLine(unescaped(event.get(name)?.[0]?.value ?? ''), SHOWN)
  if (!event.has('SUMMARY') && !momentOf(event.get('DTSTART')?.[0])) return undefined
  const pieces = [
    text('SUMMARY') || 'no title',
    when(event.get('DTSTART')?.[0], event.get('DTEND')?.[0] ?? event.get('DUE')?.[0]),
    event.has('RRULE') ? 'repeated' : '',
    text('LOCATION'),
    method === 'REPLY' ? answer(event.get('ATTENDEE')?.[0]) : '',
  ]
  return cutText(`${METHODS[method] ?? 'Calendar entry'}: ${pieces.filter((piece) => piece !== '').join('; ')}`, 1_000)
}

/** Lines that begin with a blank continue the one before. */
function unfold(source: string): string[] {
  const lines: string[] = []
  let pieces: string[] = []
  for (const line of source.split(/\r\n|\r|\n/)) {
    if (line.startsWith(' ') || line.startsWith('\t')) pieces.push(line.slice(1))
    else {
      if (pieces.length > 0) lines.push(pieces.join(''))
      pieces = [line]
    }
  }
  lines.push(pieces.join(''))
  return lines
}

function properties(lines: readonly string[]): Map<string, Property[]> {
  const found = new Map<string, Property[]>()
  let inside = 0
  for (const line of lines) {
    // An alarm has properties of its own.
    if (/^BEGIN:/i.test(line)) inside++
    else if (/^END:/i.test(line)) inside--
    else if (inside === 0) {
      const [, name = '', parameters = '', value = ''] =
        /^([A-Za-z-]{1,40})((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)$/s.exec(line.slice(0, 5_000)) ?? []
      if (name === '') continue
      const list = found.get(name.toUpperCase()) ?? []
      if (list.length < 100) list.push({ value, parameters })
      found.set(name.toUpperCase(), list)
    }
  }
  return found
}

const unescaped = (value: string): string =>
  value.replace(/\\([nN,;\\])/g, (_, letter: string) => (/n/i.test(letter) ? ' ' : letter))

interface Moment {
  day: string
  time: string
  zone: string
}

function momentOf(property: Property | undefined): Moment | undefined {
  const [, year, month, day, hour, minute, utc] =
    /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(?:\d{2})?(Z)?)?/.exec(property?.value.trim() ?? '') ?? []
  if (!property || year === undefined) return undefined
  const zone = /;TZID="?([^";:]{1,60})/i.exec(property.parameters)?.[1] ?? ''
  return {
    day: `${year}-${month}-${day}`,
    time: hour === undefined ? '' : `${hour}:${minute}`,
    zone: utc ? 'UTC' : oneLine(zone, 60),
  }
}

function when(startProperty: Property | undefined, endProperty: Property | undefined): string {
  const start = momentOf(startProperty)
  if (!start) return ''
  const end = momentOf(endProperty)
  const zone = start.zone === '' ? '' : ` (${start.zone})`
  const begin = `${start.day}${start.time && ` ${start.time}`}`
  if (!end || (end.day === start.day && end.time === start.time)) return `${begin}${zone}`
  if (end.day === start.day) return `${begin}–${end.time}${zone}`
  // A whole day ends at the beginning of the next.
  if (start.time === '') return begin
  return `${begin} – ${end.day} ${end.time}${zone}`
}

function answer(attendee: Property | undefined): string {
  const said = ANSWERS[/;PARTSTAT=([A-Z]+)/i.exec(attendee?.parameters ?? '')?.[1]?.toUpperCase() ?? '']
  const who = oneLine((attendee?.value ?? '').replace(/^mailto:/i, ''), 200)
  return said ? `${said}${who && ` by ${who}`}` : ''
}
