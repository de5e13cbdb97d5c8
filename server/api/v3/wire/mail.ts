// The mail that a message group came by, or left by, as our own API shows it.
import { z } from 'zod'
import { instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import {
  type deliverySchema,
  type groupMailSchema,
  mailAddressSchema,
  mailAuthenticationSchema,
  mailDirectionSchema,
} from '../../../../contract/v3/messages.ts'
import type { Mail } from '../../../desk/conversations/mails.ts'
import type { OutboxMail } from '../../../desk/outbox/outbox.ts'

const addresses = z.array(mailAddressSchema)

export const mailView = (mail: Mail): z.input<typeof groupMailSchema> => ({
  direction: mailDirectionSchema.parse(mail.direction),
  from: mailAddressSchema.parse(JSON.parse(mail.sender)),
  to: addresses.parse(JSON.parse(mail.recipients)),
  cc: addresses.parse(JSON.parse(mail.copies)),
  subject: mail.subject,
  mail_message_id: mail.message_id,
  in_reply_to: mail.in_reply_to,
  reason: mail.thread_reason,
  authentication:
    mail.authentication === null
      ? null
      : (mailAuthenticationSchema.safeParse(JSON.parse(mail.authentication)).data ?? null),
  kind: mail.kind,
  isguest: mail.is_guest === 1,
  rawmailid: mail.raw_seq,
  dateofmail: instantTextOrNull(mail.dated_at),
})

export const deliveryView = (mail: OutboxMail): z.input<typeof deliverySchema> => ({
  outboxid: mail.seq,
  state: mail.state,
  attempts: mail.attempts,
  trouble: mail.trouble,
  datesent: instantTextOrNull(mail.sent_at),
})
