// Conversations as API v1 shows them.
import type { ConversationView } from '../../../desk/conversations/conversation.ts'
import { cursorOf } from '../../../desk/conversations/find.ts'
import type { Message, MessageGroup } from '../../../desk/conversations/history.ts'
import { type FieldValue, fieldValues } from '../../../desk/fields/fields.ts'
import { idOfRow } from '../../../lib/ids.ts'
import { toDate, toDateOrNull } from './dates.ts'
import type { WireObject } from './envelope.ts'

const fullName = (first: string, last: string): string => (first && last ? `${first} ${last}` : first || last)

/** The columns that lists and single reads share. `withCursor`: the list goes on, so each row says where. */
export function conversationRow(row: ConversationView, zone: string, withCursor: boolean) {
  return {
    conversationid: row.id,
    code: row.code,
    datecreated: toDate(row.created_at, zone),
    datechanged: toDate(row.changed_at, zone),
    datedue: toDateOrNull(row.due_at, zone),
    departmentname: row.department_name,
    departmentid: row.department_id,
    status: row.status,
    ownername: fullName(row.owner_firstname, row.owner_lastname),
    owneremail: row.owner_email,
    subject: row.subject,
    preview: row.preview,
    publicurlcode: row.public_code,
    tags: row.tags,
    channel_type: row.channel,
    messagegroupsin: String(row.groups_in),
    messagegroupsout: String(row.groups_out),
    cursor: withCursor ? cursorOf(row) : null,
  }
}

/** A single conversation. */
export const conversationInfo = (row: ConversationView, zone: string): WireObject => ({
  ...conversationRow(row, zone, false),
  ownernote: row.owner_note,
  assignedto: row.agent_id,
  customfields: fieldRows(fieldValues(row.custom_fields)),
})

export const fieldRows = (values: readonly FieldValue[]) => values.map(({ code, value }) => ({ code, value }))

/** A message group with its messages. */
export const groupRow = (group: MessageGroup & { messages: readonly Message[] }, zone: string) => ({
  messagegroupid: idOfRow(group.seq),
  userid: group.user_id,
  rtype: group.rtype,
  rstatus: group.rstatus,
  datecreated: toDate(group.created_at, zone),
  datefinished: toDate(group.finished_at, zone),
  messages: group.messages.map((message) => ({
    messageid: idOfRow(message.seq),
    userid: message.user_id,
    rtype: message.rtype,
    datecreated: toDate(message.created_at, zone),
    message: message.body,
  })),
})
