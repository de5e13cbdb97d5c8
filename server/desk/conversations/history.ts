// The history of a conversation: message groups, oldest first, each with its messages.
import type { Selectable } from 'kysely'
import { insertNumbered, prepared } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { NotFound } from '../../lib/errors.ts'
import { rowOfId } from '../../lib/ids.ts'
import { type GroupType, type MessageType, VISIBLE } from './letters.ts'
import type { MessageGroupRow, MessageRow } from './tables.ts'

export type MessageGroup = Selectable<MessageGroupRow>
export type Message = Selectable<MessageRow>

export interface GroupDraft {
  type: GroupType
  /** A letter of API v1; visible unless said otherwise. */
  status?: string
  userId: string
  at: number
  messages: readonly { type: MessageType; body: string; isHtml?: boolean; userId?: string }[]
}

/** Adds a group with its messages and returns the numbers they got. Status, counters and dates are the caller's. */
export async function addGroup(
  tx: Tx,
  conversation: { id: string },
  draft: GroupDraft,
): Promise<{ groupSeq: number; messageSeqs: number[] }> {
  const groupSeq = await insertNumbered(tx, 'message_groups', {
    conversation_id: conversation.id,
    user_id: draft.userId,
    rtype: draft.type,
    rstatus: draft.status ?? VISIBLE,
    created_at: draft.at,
    finished_at: draft.at,
  })
  const messageSeqs: number[] = []
  for (const message of draft.messages) {
    const seq = await insertNumbered(tx, 'messages', {
      group_seq: groupSeq,
      conversation_id: conversation.id,
      user_id: message.userId ?? draft.userId,
      rtype: message.type,
      is_html: message.isHtml ? 1 : 0,
      body: message.body,
      created_at: draft.at,
    })
    messageSeqs.push(seq)
  }
  return { groupSeq, messageSeqs }
}

const groupsOf = prepared((db, conversationId: string) =>
  db.selectFrom('message_groups').selectAll().where('conversation_id', '=', conversationId),
)
const messagesOf = prepared((db, conversationId: string) =>
  db.selectFrom('messages').selectAll().where('conversation_id', '=', conversationId),
)

export interface HistoryFilter {
  /** Instants, both inclusive, compared with the creation of each message. */
  from?: number | undefined
  to?: number | undefined
}

/** The groups of a conversation with their messages, oldest first. With bounds, only groups that have a message within. */
export async function listHistory(
  db: Reader,
  conversation: { id: string },
  filter: HistoryFilter = {},
): Promise<(MessageGroup & { messages: Message[] })[]> {
  const groups = await groupsOf(db, conversation.id)
  const messages = await messagesOf(db, conversation.id)
  const { from = -Infinity, to = Infinity } = filter
  const bySeq = new Map(groups.map((group) => [group.seq, { ...group, messages: [] as Message[] }]))
  for (const message of messages.sort(byTime)) {
    if (message.created_at >= from && message.created_at <= to) bySeq.get(message.group_seq)?.messages.push(message)
  }
  const isBounded = filter.from !== undefined || filter.to !== undefined
  return [...bySeq.values()].filter((group) => !isBounded || group.messages.length > 0).sort(byTime)
}

/** A message of a conversation by its id on the wire. */
export async function getMessage(db: Reader, conversation: { id: string }, id: string): Promise<Message> {
  const seq = rowOfId(id)
  const message =
    seq === undefined
      ? undefined
      : await db
          .selectFrom('messages')
          .selectAll()
          .where('seq', '=', seq)
          .where('conversation_id', '=', conversation.id)
          .executeTakeFirst()
  if (!message) throw new NotFound(`Message '${id}' not found`)
  return message
}

/** Mails that were imported later are older than what is there: order is by time, then by arrival. */
const byTime = (a: { created_at: number; seq: number }, b: { created_at: number; seq: number }): number =>
  a.created_at - b.created_at || a.seq - b.seq
