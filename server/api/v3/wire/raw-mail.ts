// Raw mails, as our own API shows them.
import { z } from 'zod'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import type { rawMailRowSchema, rawMailSchema } from '../../../../contract/v3/rawmails.ts'
import { envelopeOf } from '../../../desk/mail/accepting/envelope.ts'
import { headOf } from '../../../desk/mail/intake/head.ts'
import type { RawMail } from '../../../desk/mail/intake/read-raw.ts'

type Whole = z.input<typeof rawMailSchema>

export const rawMailRow = (mail: RawMail): z.input<typeof rawMailRowSchema> => ({
  id: mail.seq,
  mailboxid: mail.mailbox_id || null,
  departmentid: mail.department_id,
  source: mail.source,
  size: mail.size,
  state: mail.state,
  verdict: mail.verdict,
  reason: mail.reason,
  message_id: mail.message_id,
  sender: mail.sender_key,
  subject: mail.subject,
  conversationid: mail.conversation_id,
  datereceived: instantText(mail.received_at),
  dateaccepted: instantTextOrNull(mail.accepted_at),
})

const detailSchema = z.record(z.string(), z.unknown())

export const rawMailDetail = ({ detail }: RawMail): Whole['detail'] =>
  detail === null ? null : detailSchema.parse(JSON.parse(detail))

export function rawMailEnvelope(mail: RawMail): Whole['envelope'] {
  const { from, to, client } = envelopeOf(mail)
  return { from: from ?? null, to: to ?? [], client: client?.address ?? null }
}

/** Bytes beyond ASCII are UTF-8 nowadays, or nobody knows what. */
export const rawMailHeaders = (head: Uint8Array): Whole['headers'] =>
  headOf(Buffer.from(head.buffer, head.byteOffset, head.byteLength)).map(({ name, raw }) => ({
    name,
    value: Buffer.from(raw, 'latin1').toString('utf8'),
  }))
