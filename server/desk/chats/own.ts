// What a visitor gets to see: his own chat, and what followed it, until the conversation went on by mail. Nobody has
// verified who he is: what the owner of an address writes by mail must not reach whoever once gave that address in a chat.
import type { Reader } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import { rowOfId } from '../../lib/ids.ts'
import { parseAttachment } from '../conversations/attachments.ts'
import type { Message } from '../conversations/history.ts'
import { groupTypes, messageTypes } from '../conversations/letters.ts'
import { listMoves } from '../conversations/moves.ts'
import { type File, findFile, unknownFile } from '../files/files.ts'
import type { Chat } from './chat.ts'
import type { TranscriptFilter } from './transcript.ts'

/** Words and files, and nothing that the desk notes for itself. */
const SHOWN = [messageTypes.message, messageTypes.file, messageTypes.end] as const

export type OwnMessage = Pick<Message, 'seq' | 'rtype' | 'is_html' | 'body' | 'created_at'> & {
  /** Null: the visitor, or the desk itself. */
  agent: { id: string; name: string; avatarUrl: string } | null
}

/** Oldest first. */
export async function listOwnMessages(
  db: Reader,
  chat: Chat,
  { after, limit }: TranscriptFilter,
): Promise<OwnMessage[]> {
  const seq = after === undefined ? 0 : rowOfId(after)
  if (seq === undefined) throw new Invalid('after', 'must be the id of a message')
  const rows = await ownQuery(db, chat, await shownGroups(db, chat))
    .where('messages.seq', '>', seq)
    .orderBy('messages.seq')
    .limit(limit)
    .execute()
  return rows.map(({ agent_id, firstname, lastname, avatar_url, ...message }) => ({
    ...message,
    agent:
      agent_id === null ? null : { id: agent_id, name: shownName(firstname, lastname), avatarUrl: avatar_url ?? '' },
  }))
}

/** People put their address where a name is asked for; here it would be shown to everybody. */
export function shownName(firstname: string | null, lastname: string | null): string {
  const name = `${firstname ?? ''} ${lastname ?? ''}`.trim()
  return name.includes('@') ? '' : name
}

/** Who has a chat, as its visitor sees him. */
export async function shownAgent(db: Reader, id: string): Promise<{ name: string; avatar_url: string }> {
  const agent = await db
    .selectFrom('agents')
    .select(['firstname', 'lastname', 'avatar_url'])
    .where('id', '=', id)
    .executeTakeFirst()
  return { name: shownName(agent?.firstname ?? '', agent?.lastname ?? ''), avatar_url: agent?.avatar_url ?? '' }
}

/** A file that a visitor sees in his chat. */
export async function getOwnFile(db: Reader, chat: Chat, id: string): Promise<File> {
  const rows = await ownQuery(db, chat, await shownGroups(db, chat))
    .where('messages.rtype', '=', messageTypes.file)
    .execute()
  const file = rows.some(({ body }) => parseAttachment(body)?.fileid === id) ? await findFile(db, id) : undefined
  if (!file) throw unknownFile(id)
  return file
}

const ownQuery = (db: Reader, chat: Chat, groups: { conversationId: string; seqs: readonly number[] }) =>
  db
    .selectFrom('messages')
    .leftJoin('agents', 'agents.id', 'messages.user_id')
    .select(['messages.seq', 'messages.rtype', 'messages.is_html', 'messages.body', 'messages.created_at'])
    .select(['agents.id as agent_id', 'agents.firstname', 'agents.lastname', 'agents.avatar_url'])
    .where('messages.conversation_id', '=', groups.conversationId)
    .where('messages.group_seq', 'in', [chat.group_seq, ...groups.seqs])
    .where('messages.rtype', 'in', SHOWN)

/** Where the chat's own group is now, and what followed it. */
async function shownGroups(db: Reader, chat: Chat): Promise<{ conversationId: string; seqs: readonly number[] }> {
  const own = await db
    .selectFrom('message_groups')
    .select('conversation_id')
    .where('seq', '=', chat.group_seq)
    .executeTakeFirst()
  const conversationId = own?.conversation_id ?? chat.conversation_id
  // Merged or moved away: what is there is somebody else's matter.
  if (chat.state !== 'ended' || conversationId !== chat.conversation_id) return { conversationId, seqs: [] }
  const later = await db
    .selectFrom('message_groups')
    .select(['seq', 'rtype'])
    .where('conversation_id', '=', conversationId)
    .where('seq', '>', chat.group_seq)
    .where('rtype', 'in', [groupTypes.incoming, groupTypes.offline, groupTypes.outgoing])
    .orderBy('seq')
    .execute()
  const mailed = later.findIndex(({ rtype }) => rtype === groupTypes.incoming)
  const came = new Set(
    (await listMoves(db, conversationId, { limit: 1_000 })).flatMap(({ what }) => what.carried.groups),
  )
  const seqs = later.slice(0, mailed < 0 ? undefined : mailed).map(({ seq }) => seq)
  return { conversationId, seqs: seqs.filter((seq) => !came.has(seq)) }
}
