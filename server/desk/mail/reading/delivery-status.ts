// Delivery reports as the standard has them: RFC 3464. Groups of fields: the first is about the mail, the others about one
// recipient each.
import { isEmail } from '../../../lib/email.ts'
import type { DeliveryReport } from './mail.ts'
import { oneLine } from './one-line.ts'

export type Fields = Map<string, string>

const MAX_GROUPS = 500
const MAX_DIAGNOSTIC = 1_000

/** `Name: value` lines, folded as headers are, in groups with blank lines between them. */
export function fieldGroups(text: string): Fields[] {
  const groups: Fields[] = []
  let group: Fields = new Map()
  let last = ''
  for (const line of text.slice(0, 500_000).split(/\r\n|\n|\r/)) {
    if (line.trim() === '') {
      if (group.size > 0) groups.push(group)
      if (groups.length >= MAX_GROUPS) return groups
      group = new Map()
      last = ''
      continue
    }
    if (/^[ \t]/.test(line) && last !== '') {
      const value = `${group.get(last) ?? ''} ${line.trim()}`
      if (value.length < 10_000) group.set(last, value)
      continue
    }
    const colon = line.indexOf(':')
    if (colon < 1) continue
    last = line.slice(0, Math.min(colon, 100)).trim().toLowerCase()
    if (!group.has(last)) group.set(last, line.slice(colon + 1).trim())
  }
  if (group.size > 0) groups.push(group)
  return groups
}

const ACTIONS: Record<string, DeliveryReport['action']> = {
  failed: 'failed',
  failure: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
}

export function deliveryReports(text: string): DeliveryReport[] {
  return fieldGroups(text).flatMap((group) => {
    if (!group.has('final-recipient') && !group.has('original-recipient') && !group.has('action')) return []
    const status = statusIn(group.get('status') ?? '') ?? statusIn(group.get('diagnostic-code') ?? '')
    return [
      {
        action: actionOf(group.get('action'), status),
        // The one that we sent to: behind it, the recipient's server may have had another.
        recipient: recipientOf(group.get('original-recipient')) ?? recipientOf(group.get('final-recipient')),
        status,
        diagnostic: oneLine(withoutType(group.get('diagnostic-code') ?? ''), MAX_DIAGNOSTIC) || undefined,
      },
    ]
  })
}

function actionOf(given: string | undefined, status: string | undefined): DeliveryReport['action'] {
  const word = /[a-z]+/i.exec(given?.slice(0, 100) ?? '')?.[0]?.toLowerCase() ?? ''
  return ACTIONS[word] ?? (status?.startsWith('4') ? 'delayed' : status?.startsWith('2') ? 'delivered' : 'failed')
}

/** `smtp; 550 …` */
const withoutType = (value: string): string => value.replace(/^[a-z0-9-]{1,30}\s*;\s*/i, '')

/** `rfc822; "<a@b>"`, `utf-8; …`, and without the type. */
export function recipientOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const address = oneLine(withoutType(value.slice(0, 1_000)), 500).replace(/^["'<\s]+|["'>\s]+$/g, '')
  const plain = address.replace(/\+([0-9A-F]{2})/g, (whole, hex: string) => {
    // xtext (RFC 3461) writes `+` and `=` alone so; other letters after a plus are part of the address.
    return hex === '2B' || hex === '3D' ? String.fromCharCode(Number.parseInt(hex, 16)) : whole
  })
  return isEmail(plain) ? plain : undefined
}

/** `5.1.1`; also made from `550`, whose first digit says as much as `5.0.0`. Not from addresses of computers. */
export function statusIn(text: string): string | undefined {
  const source = text.slice(0, 4_000)
  const [status] = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)/.exec(source) ?? []
  if (status !== undefined) return status
  const [, code] = /(?:^|[\s:(<#[])([45])\d\d(?=[\s:)\]-])/.exec(source) ?? []
  return code === undefined ? undefined : `${code}.0.0`
}
