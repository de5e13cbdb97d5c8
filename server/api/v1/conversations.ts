// GET, POST /api/conversations · GET, DELETE /api/conversations/:conversationid
import { z } from 'zod'
import {
  datetime,
  fields,
  int,
  lettersOf,
  list,
  messageText,
  needed,
  oneOf,
  text,
  yesNo,
} from '../../../contract/v1/params.ts'
import { getAgent } from '../../desk/agents/agents.ts'
import { getSettledForChange } from '../../desk/chats/conversation.ts'
import { getConversationView, openConversation } from '../../desk/conversations/conversation.ts'
import { listConversations } from '../../desk/conversations/find.ts'
import { channels, type Status, statusLetters } from '../../desk/conversations/letters.ts'
import { changeStatus } from '../../desk/conversations/status.ts'
import { findCustomer, findOrAddCustomer } from '../../desk/customers/customers.ts'
import { getDepartment } from '../../desk/departments/departments.ts'
import { isEmail } from '../../lib/email.ts'
import { Invalid } from '../../lib/errors.ts'
import { prepareText } from '../../lib/html.ts'
import { findAuthor, userBehind } from './authors.ts'
import { v1 } from './route.ts'
import { conversationInfo, conversationRow } from './wire/conversation.ts'
import { fromOpDatetime, fromWall, throughWall } from './wire/dates.ts'
import { OK } from './wire/envelope.ts'

const MAX_LIMIT = 1_000

export const routes = [
  v1(
    'GET',
    '/api/conversations',
    z.object({
      owneridentifier: text(),
      department: text(),
      agent: text(),
      status: lettersOf(statusLetters),
      channel_type: lettersOf(Object.keys(channels)),
      datefrom: datetime(),
      dateto: datetime(),
      datechanged: text(),
      subject: text(10_000),
      limit: int(MAX_LIMIT),
      offset: int(),
      cursor: text(),
    }),
    async ({ app, actor, params, zone }) => {
      const db = app.database.reader
      const owner = params.owneridentifier === undefined ? undefined : await findCustomer(db, params.owneridentifier)
      // An address that never wrote has no conversations; that is an answer, not an error.
      if (params.owneridentifier !== undefined && !owner) return { conversations: [] }
      const limit = params.limit ?? 100
      const rows = await listConversations(db, actor, {
        customerId: owner?.id,
        departmentId: params.department === undefined ? undefined : (await getDepartment(db, params.department)).id,
        agentId: params.agent === undefined ? undefined : (await getAgent(db, params.agent)).id,
        statuses: params.status,
        channels: params.channel_type,
        createdFrom: params.datefrom && fromWall(params.datefrom, zone),
        createdTo: params.dateto && throughWall(params.dateto, zone),
        changed: params.datechanged === undefined ? undefined : fromOpDatetime('datechanged', params.datechanged, zone),
        subject: params.subject,
        cursor: params.cursor,
        limit,
        offset: params.offset ?? 0,
      })
      const isFull = rows.length === limit
      return { conversations: rows.map((row) => conversationRow(row, zone, isFull)) }
    },
  ),

  v1(
    'POST',
    '/api/conversations',
    z.object({
      message: messageText(),
      useridentifier: needed(),
      department: needed(),
      subject: needed(10_000),
      recipient: needed(),
      recipient_name: text(),
      cc: list(),
      status: oneOf('A', 'P', 'T', 'X', 'B', 'I', 'C', 'R', 'N', 'W', 'L'),
      mail_messsage_id: text(2_000),
      do_not_send_mail: yesNo(),
      is_html_message: yesNo(),
      attachments: list(),
      customfields: fields(),
    }),
    async ({ app, actor, params }) => {
      if (!isEmail(params.recipient)) throw new Invalid('recipient', 'must be an e-mail address')
      const badCopy = params.cc?.find((address) => !isEmail(address))
      if (badCopy !== undefined) throw new Invalid('cc', `has an address that is none: '${badCopy.slice(0, 100)}'`)
      const message = await prepareText(params.message, params.is_html_message ?? false)
      const conversation = await app.database.write(async (tx) => {
        const department = await getDepartment(tx, params.department)
        const author = await findAuthor(tx, actor, 'useridentifier', params.useridentifier)
        // Who writes to the desk is the requester; where an agent writes first, it is the one he writes to.
        const customer = author.customer ?? (await findOrAddCustomer(tx, params.recipient, params.recipient_name))
        return openConversation(tx, {
          author: author.author,
          customerId: customer.id,
          departmentId: department.id,
          subject: params.subject,
          channel: 'E',
          status: params.status,
          message: { ...message, fileIds: params.attachments, mailMessageId: params.mail_messsage_id },
          cc: params.cc,
          customFields: params.customfields,
          mail: params.do_not_send_mail ? 'none' : { recipientName: params.recipient_name },
        })
      })
      return {
        ...OK,
        conversationid: conversation.id,
        code: conversation.code,
        publicurlcode: conversation.public_code,
      }
    },
  ),

  v1(
    'GET',
    '/api/conversations/:conversationid',
    z.object({ conversationid: needed() }),
    async ({ app, actor, params, zone }) =>
      conversationInfo(await getConversationView(app.database.reader, actor, params.conversationid), zone),
  ),

  v1(
    'DELETE',
    '/api/conversations/:conversationid',
    z.object({ conversationid: needed(), useridentifier: text(), note: text(100_000), messages: text(100_000) }),
    async ({ app, actor, params }) => {
      await app.database.write(async (tx) => {
        const user = await userBehind(tx, actor, 'useridentifier', params.useridentifier)
        const conversation = await getSettledForChange(tx, actor, params.conversationid, user.userId)
        await changeStatus(tx, conversation, {
          status: 'X' satisfies Status,
          ...user,
          note: params.note ?? params.messages,
        })
      })
      return OK
    },
  ),
]
