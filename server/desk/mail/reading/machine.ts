// Whether a person wrote a mail, or which kind of machine did, and which of our mails a machine writes about. RFC 3464 and 3462
// (bounces), 3834 (automatic answers), 8098 (receipts), 5965 (feedback), 2919 and 2369 (lists), and what programs do instead.
import { aboutIds, bounceReports } from './about.ts'
import { autoReply } from './auto-replies.ts'
import { automatic } from './automatic-mails.ts'
import type { Known } from './known-mail.ts'
import { bulk, list } from './list-mails.ts'
import type { DeliveryReport, MailKind } from './mail.ts'
import { cutText } from './one-line.ts'
import { report } from './report-mails.ts'

export interface Machine {
  kind: MailKind
  kindReason: string | undefined
  reports: DeliveryReport[]
  aboutMessageIds: string[]
}

export function machineOf(known: Known): Machine {
  const verdict = report(known) ?? autoReply(known) ?? list(known) ?? bulk(known) ?? automatic(known)
  if (!verdict) return { kind: 'person', kindReason: undefined, reports: [], aboutMessageIds: [] }
  const { kind, reason } = verdict
  const isAbout = kind === 'bounce' || kind === 'receipt' || kind === 'auto-reply' || kind === 'feedback'
  return {
    kind,
    kindReason: cutText(reason, 300),
    reports: kind === 'bounce' ? bounceReports(known) : [],
    aboutMessageIds: isAbout ? aboutIds(known, kind) : [],
  }
}
