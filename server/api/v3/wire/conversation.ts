// Conversations as our own API shows them.
import { z } from 'zod'
import type { conversationSchema, linkedConversationSchema } from '../../../../contract/v3/conversations.ts'
import { instantText, instantTextOrNull } from '../../../../contract/v3/kinds.ts'
import type { historySchema } from '../../../../contract/v3/messages.ts'
import type { ConversationView } from '../../../desk/conversations/conversation.ts'
import type { Message, MessageGroup } from '../../../desk/conversations/history.ts'
import { type Status, statuses } from '../../../desk/conversations/letters.ts'
import type { Link } from '../../../desk/conversations/links.ts'
import type { Mail } from '../../../desk/conversations/mails.ts'
import type { Participant } from '../../../desk/conversations/participants.ts'
import { fieldValues } from '../../../desk/fields/fields.ts'
import type { OutboxMail } from '../../../desk/outbox/outbox.ts'
import { idOfRow } from '../../../lib/ids.ts'
import { priorities } from '../../../lib/priorities.ts'
import { deliveryView, mailView } from './mail.ts'

const addresses = z.array(z.string())

const isStatus = (letter: string): letter is Status => Object.hasOwn(statuses, letter)

export function conversationView(row: ConversationView): z.input<typeof conversationSchema> {
  const priority = priorities.find((known) => known === row.priority)
  if (!priority) throw new Error(`conversation ${row.id} has the unknown priority '${row.priority}'`)
  if (!isStatus(row.status)) throw new Error(`conversation ${row.id} has the unknown status '${row.status}'`)
  return {
    conversationid: row.id,
    code: row.code,
    publicurlcode: row.public_code,
    subject: row.subject,
    preview: row.preview,
    status: row.status,
    channel_type: row.channel,
    departmentid: row.department_id,
    departmentname: row.department_name,
    agentid: row.agent_id,
    owner: {
      contactid: row.customer_id,
      firstname: row.owner_firstname,
      lastname: row.owner_lastname,
      email: row.owner_email,
      note: row.owner_note,
    },
    tags: row.tags?.split(',') ?? [],
    customfields: fieldValues(row.custom_fields),
    cc: row.cc === null ? [] : addresses.parse(JSON.parse(row.cc)),
    messagegroupsin: row.groups_in,
    messagegroupsout: row.groups_out,
    datecreated: instantText(row.created_at),
    datechanged: instantText(row.changed_at),
    datedue: instantTextOrNull(row.due_at),
    priority,
    slalevelid: row.sla_level_id,
    waitingsince: instantTextOrNull(row.waiting_since),
    mergedinto: row.merged_into,
  }
}

export const linkedView = (
  row: ConversationView,
  links: readonly Link[],
): z.input<typeof linkedConversationSchema> => ({
  ...conversationView(row),
  links: links.map(({ conversationId, code, subject, reason, direction, at }) => ({
    conversationid: conversationId,
    code,
    subject: subject ?? null,
    reason,
    direction,
    datecreated: instantText(at),
  })),
})

/** By message group. */
export interface GroupMails {
  mails: ReadonlyMap<number, Mail>
  deliveries: ReadonlyMap<number, readonly OutboxMail[]>
}

const mailOrNull = (mail: Mail | undefined) => (mail === undefined ? null : mailView(mail))

export const historyView = (
  groups: readonly (MessageGroup & { messages: readonly Message[] })[],
  users: readonly Participant[],
  { mails, deliveries }: GroupMails,
): z.input<typeof historySchema> => ({
  groups: groups.map((group) => ({
    messagegroupid: idOfRow(group.seq),
    userid: group.user_id,
    rtype: group.rtype,
    rstatus: group.rstatus,
    datecreated: instantText(group.created_at),
    datefinished: instantText(group.finished_at),
    messages: group.messages.map((message) => ({
      messageid: idOfRow(message.seq),
      userid: message.user_id,
      rtype: message.rtype,
      is_html: message.is_html === 1,
      message: message.body,
      datecreated: instantText(message.created_at),
    })),
    mail: mailOrNull(mails.get(group.seq)),
    outbox: deliveries.get(group.seq)?.map(deliveryView) ?? [],
  })),
  users: users.map(({ userId, kind, name, avatarUrl }) => ({
    userid: userId,
    kind,
    systemname: name,
    avatar_url: avatarUrl,
  })),
})
