// A conversation: what a customer asks and all that follows from it. This file opens one and finds one.
import { hash } from 'node:crypto'
import { type ExpressionBuilder, type Selectable, sql } from 'kysely'
import { joinedText, lockForChange } from '../../db/differences.ts'
import { insertRows, prepared } from '../../db/prepared.ts'
import type { Tables } from '../../db/schema.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { NotFound } from '../../lib/errors.ts'
import { newCode, newId, newPublicCode } from '../../lib/ids.ts'
import { NORMAL, type Priority } from '../../lib/priorities.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import { countNewConversation } from '../departments/counts.ts'
import { getDepartment } from '../departments/departments.ts'
import { type FieldValue, withFields } from '../fields/fields.ts'
import { attachFiles } from '../files/attach.ts'
import { type FactDraft, recordFacts } from '../metrics/facts.ts'
import { keepClock } from '../sla/clocks.ts'
import { pickLevel } from '../sla/rules.ts'
import { type MailWish, mailGroup } from './answers.ts'
import { addGroup } from './history.ts'
import { type Channel, type GroupType, groupTypes, isLiveGroup, messageTypes, type Status } from './letters.ts'
import { loadNewConversation } from './load-steps.ts'
import { type Author, fileMessages, type MessageDraft, messagesOf, previewOf } from './messages.ts'
import type { ConversationRow } from './tables.ts'
import { addThreadId } from './thread-ids.ts'

export type Conversation = Selectable<ConversationRow>

/** A conversation with the names that lists and single reads show. */
export type ConversationView = Conversation & {
  department_name: string
  owner_firstname: string
  owner_lastname: string
  owner_email: string | null
  owner_note: string | null
  /** Comma-separated ids of live tags, in the order in which they were put on; null: none. */
  tags: string | null
}

/** Columns and joins of a ConversationView, for a query that begins `selectFrom('conversations')`. */
export const viewOf = (db: Reader) =>
  db
    .selectFrom('conversations')
    .innerJoin('departments', 'departments.id', 'conversations.department_id')
    .innerJoin('customers', 'customers.id', 'conversations.customer_id')
    .selectAll('conversations')
    .select([
      'departments.name as department_name',
      'customers.firstname as owner_firstname',
      'customers.lastname as owner_lastname',
      'customers.email as owner_email',
      'customers.note as owner_note',
    ])
    .select((eb) => tagsOf(db, eb).as('tags'))

const tagsOf = (db: Reader, eb: ExpressionBuilder<Tables, 'conversations'>) =>
  eb
    .selectFrom('conversation_tags')
    .innerJoin('tags', 'tags.id', 'conversation_tags.tag_id')
    .whereRef('conversation_tags.conversation_id', '=', 'conversations.id')
    .select(
      joinedText(
        db,
        sql<string>`conversation_tags.tag_id`,
        sql`conversation_tags.added_at, conversation_tags.tag_id`,
      ).as('ids'),
    )

type IdentifyingColumn = 'id' | 'code' | 'public_code'

/** Which column an identifier means: 8 characters are an id, hyphens make a code, 16 characters are a public code. */
function columnOf(identifier: string): { column: IdentifyingColumn; value: string } {
  if (identifier.includes('-')) return { column: 'code', value: identifier.toUpperCase() }
  if (identifier.length === 16) return { column: 'public_code', value: identifier }
  return { column: 'id', value: identifier }
}

const unknown = (identifier: string): NotFound => new NotFound(`Conversation '${identifier}' not found`)

const viewBy = (column: IdentifyingColumn) =>
  prepared((db, value: string) => viewOf(db).where(`conversations.${column}`, '=', value))
const rowBy = (column: IdentifyingColumn) =>
  prepared((db, value: string) => db.selectFrom('conversations').selectAll().where(column, '=', value))
const views = { id: viewBy('id'), code: viewBy('code'), public_code: viewBy('public_code') }
const rows = { id: rowBy('id'), code: rowBy('code'), public_code: rowBy('public_code') }

/** A conversation by id, code or public url code, as the actor may see it. Hidden ones do not exist for him. */
export async function getConversationView(db: Reader, actor: Actor, identifier: string): Promise<ConversationView> {
  const { column, value } = columnOf(identifier)
  const [row] = await views[column](db, value)
  if (!row || !maySee(actor, row)) throw unknown(identifier)
  return row
}

/** The bare row, for a look at what belongs to it. */
export async function getConversation(db: Reader, actor: Actor, identifier: string): Promise<Conversation> {
  const { column, value } = columnOf(identifier)
  const [row] = await rows[column](db, value)
  if (!row || !maySee(actor, row)) throw unknown(identifier)
  return row
}

const lockedBy = (column: IdentifyingColumn) =>
  prepared((tx: Tx, value: string) =>
    lockForChange(tx, tx.selectFrom('conversations').selectAll().where(column, '=', value)),
  )
const locked = { id: lockedBy('id'), code: lockedBy('code'), public_code: lockedBy('public_code') }

/** The bare row for a change: nobody else changes it before this transaction ends. */
export async function getConversationForChange(tx: Tx, actor: Actor, identifier: string): Promise<Conversation> {
  const { column, value } = columnOf(identifier)
  const [row] = await locked[column](tx, value)
  if (!row || !maySee(actor, row)) throw unknown(identifier)
  return row
}

function maySee(actor: Actor, conversation: { department_id: string }): boolean {
  const visible = visibleDepartments(actor)
  return !visible || visible.includes(conversation.department_id)
}

/** What `subject=` compares: the same for subjects that differ in case and spaces only. */
export const subjectKey = (subject: string): string =>
  hash('sha256', subject.trim().replace(/\s+/g, ' ').toLowerCase(), 'hex').slice(0, 24)

export interface ConversationDraft {
  /** Who writes the first message. */
  author: Author
  /** The requester: owner of the conversation. */
  customerId: string
  departmentId: string
  subject: string
  channel: Channel
  /** New unless said otherwise. */
  status?: Status | undefined
  /** Normal unless said otherwise. */
  priority?: Priority | undefined
  /** The type of the first group, for chats and calls. Their first message may be empty: then there is none. */
  group?: GroupType | undefined
  message: MessageDraft
  /** E-mails that get the answers too. */
  cc?: readonly string[] | undefined
  customFields?: readonly FieldValue[] | undefined
  at?: number | undefined
  /** How the first message is mailed, if an agent writes it: see answers.ts. */
  mail?: MailWish
}

/** A conversation with the group of its first message. */
export type Opened = Conversation & { groupSeq: number }

/** Opens a conversation with its first message. */
export async function openConversation(tx: Tx, draft: ConversationDraft): Promise<Opened> {
  await getDepartment(tx, draft.departmentId)
  const at = draft.at ?? Date.now()
  const blank = newConversation(draft, at)
  const conversation: Conversation = {
    ...blank,
    custom_fields: draft.customFields ? await withFields(tx, 'conversation', null, draft.customFields) : null,
    sla_level_id: await pickLevel(tx, blank),
  }
  await insertRows(tx, 'conversations', [conversation])
  countNewConversation(tx, conversation)
  loadNewConversation(tx, conversation, at)
  const files = await attachFiles(tx, conversation.id, draft.message.fileIds ?? [])
  const isSilent = isLiveGroup(draft.group) && draft.message.body === ''
  const { groupSeq } = await addGroup(tx, conversation, {
    type: firstGroupType(draft),
    userId: draft.author.userId,
    at,
    messages: isSilent ? fileMessages(files) : messagesOf(messageTypes.message, draft.message, files),
  })
  if (draft.message.mailMessageId) await addThreadId(tx, draft.message.mailMessageId, conversation.id, 'told', at)
  await recordFacts(tx, factsOfOpening(conversation, draft.author, at, isLiveGroup(draft.group)))
  const due_at = await keepClock(tx, conversation, at)
  if (!isLiveGroup(draft.group)) await mailGroup(tx, conversation, groupSeq, draft)
  recordEvent(tx, {
    type: 'conversation.opened',
    conversationId: conversation.id,
    data: { departmentid: conversation.department_id, status: conversation.status, userid: draft.author.userId },
  })
  return { ...conversation, due_at, groupSeq }
}

/** The row of a new conversation, without custom fields: those need a look at their definitions. */
export function newConversation(draft: ConversationDraft, at: number): Conversation {
  const byCustomer = draft.author.kind === 'customer'
  const status = draft.status ?? 'N'
  return {
    id: newId(),
    code: newCode(),
    public_code: newPublicCode(),
    department_id: draft.departmentId,
    customer_id: draft.customerId,
    agent_id: null,
    status,
    channel: draft.channel,
    subject: draft.subject,
    subject_key: subjectKey(draft.subject),
    preview: previewOf(draft.message),
    cc: draft.cc && draft.cc.length > 0 ? JSON.stringify(draft.cc) : null,
    custom_fields: null,
    groups_in: byCustomer ? 1 : 0,
    groups_out: draft.author.kind === 'agent' ? 1 : 0,
    created_by: draft.author.userId,
    created_at: at,
    changed_at: at,
    due_at: null,
    waiting_since: byCustomer && ['N', 'C', 'I'].includes(status) ? at : null,
    first_assigned_at: null,
    first_resolved_at: status === 'R' ? at : null,
    merged_into: null,
    sla_level_id: null,
    priority: draft.priority ?? NORMAL,
  }
}

export function firstGroupType({
  author,
  channel,
  group,
}: Pick<ConversationDraft, 'author' | 'channel' | 'group'>): GroupType {
  if (group !== undefined) return group
  if (author.kind === 'agent') return groupTypes.outgoing
  return channel === 'E' ? groupTypes.incoming : groupTypes.offline
}

/** What an opening counts as. What is said in a chat or call (`isLive`) is counted as such. */
export function factsOfOpening(conversation: Conversation, author: Author, at: number, isLive = false): FactDraft[] {
  const agentId = author.kind === 'agent' ? author.userId : null
  return [
    { kind: 'created', at, conversation, agentId },
    ...(author.kind === 'customer' && !isLive ? [{ kind: 'message_in' as const, at, conversation }] : []),
    ...(conversation.status === 'R'
      ? [
          { kind: 'resolved' as const, at, conversation, agentId },
          { kind: 'first_resolved' as const, at, conversation, agentId, took: 0 },
        ]
      : []),
  ]
}
