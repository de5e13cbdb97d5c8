// A visitor asks for a chat. It waits in its department, and an agent is asked to take it; where nobody is online, it is
// refused, or becomes a message that is answered later.
import { insertRows } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict, Invalid, Refusal } from '../../lib/errors.ts'
import { type Opened, openConversation } from '../conversations/conversation.ts'
import { groupTypes } from '../conversations/letters.ts'
import { DEFAULT_DEPARTMENT, getDepartment } from '../departments/departments.ts'
import { recordFacts } from '../metrics/facts.ts'
import { isOnline } from '../presence/status.ts'
import { lockRouting } from '../routing/offers.ts'
import { askNext } from './ask.ts'
import { type Chat, liveChatOf } from './chat.ts'
import { addressLine, customerBehind, noteSaid, type Said } from './identity.ts'
import { bearerOf, moveLoad } from './steps.ts'
import { addLines, systemLine } from './transcript.ts'
import { getVisitorForChange, type Visitor } from './visitors.ts'

/** Nobody is there to chat: whoever asks may leave a message instead. */
export class NobodyOnline extends Refusal {
  readonly status = 409
  constructor() {
    super('nobody_online', 'Nobody is online for chats now. Leave a message instead.')
  }
}

export interface ChatDraft extends Said {
  departmentId?: string | undefined
  message?: string | undefined
  /** He was invited to chat, and did not ask by himself. */
  isInvited?: boolean | undefined
}

/** Puts a visitor into the queue. */
export async function startChat(tx: Tx, visitorId: string, draft: ChatDraft, now = Date.now()): Promise<Chat> {
  const department = await getDepartment(tx, draft.departmentId ?? DEFAULT_DEPARTMENT)
  const before = await getVisitorForChange(tx, visitorId)
  if (await liveChatOf(tx, visitorId)) throw new Conflict('You are chatting already.')
  if (!(await isOnline(tx, 'T', department.id, now))) throw new NobodyOnline()
  const visitor = await noteSaid(tx, before, draft)
  const conversation = await open(tx, visitor, { ...draft, departmentId: department.id, isOffline: false }, now)
  const chat: Chat = {
    conversation_id: conversation.id,
    visitor_id: visitor.id,
    state: 'queued',
    agent_id: null,
    group_seq: conversation.groupSeq,
    started_at: now,
    queued_at: now,
    accepted_at: null,
    answered_at: null,
    ended_at: null,
    ended_by: null,
  }
  await insertRows(tx, 'chats', [chat])
  await addLines(tx, chat, [
    systemLine(visitor.page === '' ? 'The chat began.' : `The chat began on ${visitor.page}`, now),
    ...(visitor.email === null ? [] : [addressLine(visitor.email, now)]),
  ])
  const held = { chat, conversation }
  await recordFacts(tx, [{ kind: 'chat_started', at: now, conversation }])
  moveLoad(tx, conversation.id, undefined, bearerOf(held), now)
  recordEvent(tx, {
    type: 'chat.started',
    conversationId: conversation.id,
    data: { departmentid: department.id, visitorid: visitor.id },
  })
  await lockRouting(tx)
  await askNext(tx, held, now)
  return chat
}

/** Takes what a visitor wanted to say as a message, which is answered by mail. */
export async function leaveMessage(tx: Tx, visitorId: string, draft: ChatDraft, now = Date.now()): Promise<Opened> {
  const department = await getDepartment(tx, draft.departmentId ?? DEFAULT_DEPARTMENT)
  const visitor = await noteSaid(tx, await getVisitorForChange(tx, visitorId), draft)
  if (visitor.email === null) throw new Invalid('email', 'is missing: without it, nobody could answer')
  if (draft.message === undefined) throw new Invalid('message', 'is missing')
  return open(tx, visitor, { ...draft, departmentId: department.id, isOffline: true }, now)
}

const SUBJECT_LENGTH = 100

async function open(
  tx: Tx,
  visitor: Visitor,
  draft: ChatDraft & { departmentId: string; isOffline: boolean },
  now: number,
): Promise<Opened> {
  const customer = await customerBehind(tx, visitor)
  const text = draft.message ?? ''
  return openConversation(tx, {
    author: { kind: 'customer', userId: customer.user_id },
    customerId: customer.id,
    departmentId: draft.departmentId,
    subject: text.replace(/\s+/g, ' ').trim().slice(0, SUBJECT_LENGTH) || 'Chat',
    channel: draft.isInvited ? 'I' : 'B',
    ...(!draft.isOffline && { status: 'I', group: groupTypes.chat }),
    message: { body: text, isHtml: false, text },
    at: now,
    mail: 'none',
  })
}
