// Looks up what a mail's leads lead to: Message-IDs that are known, conversations, and whether the sender takes part.
import { prepared } from '../../../db/prepared.ts'
import type { Reader } from '../../../db/write.ts'
import { emailKey } from '../../../lib/email.ts'
import { textList } from '../../../lib/text-list.ts'
import {
  bareMessageId,
  findByThreadIds,
  findThreadIdsOf,
  MAX_MATCHES,
  type ThreadIdMatch,
} from '../../conversations/thread-ids.ts'
import type { ReadMail } from '../reading/mail.ts'
import type { Leads } from './leads.ts'
import type { Place, Standing, ThreadQuestion } from './thread.ts'

/** Who writes, as far as taking part is concerned. */
export interface Sender {
  /** Address in From, without regard to case; undefined: there is none. */
  key: string | undefined
  /** The customer with this address, if there is one. */
  customer: { id: string; user_id: string } | undefined
  /** A proven agent takes part in whatever he may see. */
  sees: ((departmentId: string) => boolean) | undefined
  isForged: boolean
}

/** Ids beyond these many conversations are looked at no further: see findThreadIdsOf for the sender's own. */
const MAX_PLACES = 60

export async function lookUp(db: Reader, read: ReadMail, leads: Leads, sender: Sender): Promise<ThreadQuestion> {
  const ownId = read.messageId === undefined ? undefined : bareMessageId(read.messageId)
  const matches = await knownIds(db, [...(ownId ? [ownId] : []), ...leads.answered], sender)
  const codes = new Map<string, string>()
  for (const code of leads.codes) {
    const [row] = await byCode(db, code)
    if (row) codes.set(code, row.id)
  }
  const ids = new Set([
    ...leads.signed.map(({ conversationId }) => conversationId),
    ...codes.values(),
    ...matches.map(({ conversationId }) => conversationId),
  ])
  const places = new Map<string, Place>()
  for (const id of [...ids].slice(-MAX_PLACES)) {
    const place = await placeOf(db, id, read, sender)
    if (place) places.set(id, place)
  }
  return {
    leads,
    ownId,
    isListMail: read.kind === 'list',
    isForged: sender.isForged,
    known: matches,
    places: asOnePerConversation(places),
    codes,
  }
}

/** Two ids may have been merged into one conversation: it is one place then. */
function asOnePerConversation(places: Map<string, Place>): Map<string, Place> {
  const byId = new Map<string, Place>()
  for (const [id, place] of places) {
    const same = byId.get(place.id) ?? place
    byId.set(place.id, same)
    places.set(id, same)
  }
  return places
}

async function knownIds(db: Reader, ids: readonly string[], sender: Sender): Promise<ThreadIdMatch[]> {
  if (ids.length === 0) return []
  const matches = await findByThreadIds(db, ids)
  if (matches.length < MAX_MATCHES || !sender.customer) return matches
  // A newsletter that thousands have answered: the sender's own conversation may be behind those that were read.
  for (const id of ids) matches.push(...(await findThreadIdsOf(db, id, sender.customer.id)))
  return matches
}

const byCode = prepared((db, code: string) => db.selectFrom('conversations').select('id').where('code', '=', code))

const byId = prepared((db, id: string) =>
  db
    .selectFrom('conversations')
    .innerJoin('customers', 'customers.id', 'conversations.customer_id')
    .select([
      'conversations.id',
      'conversations.status',
      'conversations.department_id',
      'conversations.customer_id',
      'conversations.cc',
      'conversations.merged_into',
      'customers.email_key',
    ])
    .where('conversations.id', '=', id),
)

/** Only a damaged row leads on for longer. */
const MAX_MERGES = 1_000

async function placeOf(db: Reader, id: string, read: ReadMail, sender: Sender): Promise<Place | undefined> {
  let [row] = await byId(db, id)
  for (let n = 0; row?.merged_into != null && n < MAX_MERGES; n++) [row] = await byId(db, row.merged_into)
  if (!row) return undefined
  const recipients = [...read.to, ...read.cc].map(({ address }) => emailKey(address))
  return {
    id: row.id,
    status: row.status,
    standing: await standingOf(db, row, sender),
    isWrittenTo: row.email_key !== null && recipients.includes(row.email_key),
  }
}

async function standingOf(
  db: Reader,
  row: { id: string; customer_id: string; department_id: string; email_key: string | null; cc: string | null },
  { key, customer, sees }: Sender,
): Promise<Standing | undefined> {
  if (sees) return sees(row.department_id) ? 'author' : undefined
  if (customer?.id === row.customer_id) return 'requester'
  if (key !== undefined && key === row.email_key) return 'requester'
  if (customer && (await writtenBy(db, row.id, customer.user_id)).length > 0) return 'author'
  const copies = row.cc === null ? [] : textList(row.cc).map(emailKey)
  return key !== undefined && copies.includes(key) ? 'copy' : undefined
}

/** What he wrote as a guest makes nobody take part. */
export const writtenBy = prepared((db, conversationId: string, userId: string) =>
  db
    .selectFrom('message_groups')
    .leftJoin('mails', 'mails.group_seq', 'message_groups.seq')
    .select('message_groups.seq')
    .where('message_groups.conversation_id', '=', conversationId)
    .where('message_groups.user_id', '=', userId)
    .where((eb) => eb.or([eb('mails.is_guest', 'is', null), eb('mails.is_guest', '=', 0)]))
    .limit(1),
)
