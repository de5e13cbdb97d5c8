// Messages and notes: what people say in a conversation, and what follows from it.
import { prepared } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Invalid } from '../../lib/errors.ts'
import { idOfRow } from '../../lib/ids.ts'
import { countConversation } from '../departments/counts.ts'
import { attachFiles } from '../files/attach.ts'
import type { File } from '../files/files.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { inBusinessTime, keepClock } from '../sla/clocks.ts'
import { type MailWish, mailGroup } from './answers.ts'
import type { Conversation } from './conversation.ts'
import { addGroup } from './history.ts'
import { leaveWhatIsGone } from './homecoming.ts'
import { groupTypes, isLive, type MessageType, messageTypes, type Status } from './letters.ts'
import { loadConversation } from './load-steps.ts'
import { statusAfterAgent, statusAfterCustomer } from './status.ts'
import { addThreadId } from './thread-ids.ts'

/** Who speaks. The system only writes notes. */
export interface Author {
  kind: 'agent' | 'customer' | 'system'
  userId: string
}

export interface MessageDraft {
  /** Sanitised HTML if `isHtml`, else plain text: see lib/html.ts. */
  body: string
  isHtml: boolean
  /** The same without markup, for previews. */
  text: string
  fileIds?: readonly string[] | undefined
  mailMessageId?: string | undefined
  /** What stood around it in a mail: kept as messages of their own, so that it can be folded away. */
  quoted?: readonly QuotedPart[] | undefined
}

export interface QuotedPart {
  kind: 'quote' | 'signature'
  /** Sanitised HTML if `isHtml`, else plain text. */
  body: string
  isHtml: boolean
}

const PREVIEW_LENGTH = 255

export const previewOf = (draft: Pick<MessageDraft, 'text'>): string =>
  draft.text.replace(/\s+/g, ' ').trim().slice(0, PREVIEW_LENGTH)

/** Each attachment is a message of its own that names the file. */
export const fileMessages = (files: readonly File[]) =>
  files.map((file) => ({
    type: messageTypes.file,
    body: JSON.stringify({ fileid: file.id, filename: file.name, filesize: file.size, filetype: file.type }),
  }))

/** The messages of the group that a draft becomes: the text first, then what stood around it, then its files. */
export const messagesOf = (type: MessageType, message: MessageDraft, files: readonly File[]) => [
  { type, body: message.body, isHtml: message.isHtml },
  ...(message.quoted ?? []).map(({ kind, body, isHtml }) => ({
    type: kind === 'quote' ? messageTypes.quote : messageTypes.footer,
    body,
    isHtml,
  })),
  ...fileMessages(files),
]

export interface PostDraft {
  author: Author
  message: MessageDraft
  /** An internal note that the customer never sees. */
  isNote: boolean
  /** Of a customer's message that came by no mail. */
  group?: typeof groupTypes.offline | undefined
  at?: number | undefined
  /** By the customer's machine (out of office and the like): opens nothing, and nobody waits for an answer. */
  isAutomatic?: boolean | undefined
  /** How it is mailed, if it is by an agent: see answers.ts. */
  mail?: MailWish
}

export interface Posted {
  messageId: string
  groupSeq: number
  /** Its number in the outbox; undefined: it is not mailed. */
  outboxSeq: number | undefined
}

/** Posts a message or a note. */
export async function postMessage(tx: Tx, conversation: Conversation, draft: PostDraft): Promise<Posted> {
  const { author, message } = draft
  const at = draft.at ?? Date.now()
  const isNote = draft.isNote || author.kind === 'system'
  if (isNote && author.kind === 'customer')
    throw new Invalid('type', 'must be M: customers cannot write internal notes')

  const files = await attachFiles(tx, conversation.id, message.fileIds ?? [])
  const { groupSeq, messageSeqs } = await addGroup(tx, conversation, {
    type: isNote
      ? groupTypes.internal
      : author.kind === 'agent'
        ? groupTypes.outgoing
        : (draft.group ?? groupTypes.incoming),
    userId: author.userId,
    at,
    messages: messagesOf(isNote ? messageTypes.note : messageTypes.message, message, files),
  })
  const messageId = idOfRow(messageSeqs[0] ?? 0)
  if (message.mailMessageId) await addThreadId(tx, message.mailMessageId, conversation.id, 'told', at)
  const after = isNote ? noteAfter(conversation, at) : publicAfter(conversation, draft, at)
  await writeAfter(tx, { ...conversation, ...after })
  if (after.status) {
    countConversation(tx, conversation, { status: after.status })
    loadConversation(tx, conversation, { status: after.status }, at)
    await leaveWhatIsGone(tx, conversation, after.status, at)
  }
  if (!isNote) await keepClock(tx, conversation, at, author.kind === 'agent' ? author.userId : undefined)
  await recordFacts(tx, await inBusinessTime(tx, conversation, factsOfMessage(conversation, draft, isNote, at)))
  const outboxSeq = await mailGroup(tx, conversation, groupSeq, { ...draft, isNote })
  recordEvent(tx, {
    type: isNote ? 'note.posted' : 'message.posted',
    conversationId: conversation.id,
    data: { messageid: messageId, userid: author.userId, status: after.status ?? conversation.status },
  })
  return { messageId, groupSeq, outboxSeq }
}

const writeAfter = (tx: Tx, row: Conversation): Promise<unknown> =>
  update(tx, row.id, row.status, row.preview, row.changed_at, row.groups_in, row.groups_out, row.waiting_since)

const update = prepared(
  (
    tx: Tx,
    id: string,
    status: string,
    preview: string,
    changed_at: number,
    groups_in: number,
    groups_out: number,
    waiting_since: number | null,
  ) =>
    tx
      .updateTable('conversations')
      .set({ status, preview, changed_at, groups_in, groups_out, waiting_since })
      .where('id', '=', id),
)

type ChangedColumns = Partial<
  Pick<Conversation, 'status' | 'preview' | 'changed_at' | 'groups_in' | 'groups_out' | 'waiting_since'>
>

/** A note changes nothing but the date of the last change. Imported notes must not move that back. */
export const noteAfter = (conversation: Conversation, at: number): ChangedColumns => ({
  changed_at: Math.max(conversation.changed_at, at),
})

/** What a public message changes. */
export function publicAfter(conversation: Conversation, draft: PostDraft, at: number): ChangedColumns {
  const { author, message } = draft
  const byCustomer = author.kind === 'customer'
  if (byCustomer && draft.isAutomatic)
    return { changed_at: Math.max(conversation.changed_at, at), groups_in: conversation.groups_in + 1 }
  const status: Status | undefined = byCustomer
    ? statusAfterCustomer(conversation.status)
    : statusAfterAgent(conversation.status)
  const now = status ?? conversation.status
  const waits = byCustomer && (['N', 'C'].includes(now) || isLive(now))
  return {
    ...(status && { status }),
    preview: previewOf(message),
    changed_at: Math.max(conversation.changed_at, at),
    groups_in: conversation.groups_in + (byCustomer ? 1 : 0),
    groups_out: conversation.groups_out + (byCustomer ? 0 : 1),
    // The wait begins with the first unanswered message, not with the last.
    waiting_since: waits ? (conversation.waiting_since ?? at) : byCustomer ? conversation.waiting_since : null,
  }
}

/** What a message or note counts as. */
export function factsOfMessage(
  conversation: Conversation,
  { author }: PostDraft,
  isNote: boolean,
  at: number,
): FactDraft[] {
  if (isNote) return [{ kind: 'note', at, conversation, agentId: author.kind === 'agent' ? author.userId : null }]
  if (author.kind === 'customer') return [{ kind: 'message_in', at, conversation }]
  const since = conversation.waiting_since
  const kind =
    since === null
      ? 'answer'
      : conversation.status === 'N'
        ? 'answer_new'
        : conversation.status === 'C'
          ? 'answer_next'
          : 'answer'
  return [
    {
      kind,
      at,
      conversation,
      agentId: author.userId,
      ...(since !== null && kind !== 'answer' && { took: at - since }),
    },
  ]
}
