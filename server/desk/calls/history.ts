// What a call leaves in the history of its conversation: one group, with a message for each step.
import { insertNumbered } from '../../db/prepared.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { type GroupType, groupTypes, type MessageType, messageTypes } from '../conversations/letters.ts'
import { fileMessages } from '../conversations/messages.ts'
import type { File } from '../files/files.ts'
import type { Call } from './call.ts'

export const groupTypeOf = (direction: string): GroupType =>
  direction === 'incoming'
    ? groupTypes.call
    : direction === 'outgoing'
      ? groupTypes.outgoingCall
      : groupTypes.internalCall

type Place = Pick<Call, 'conversation_id' | 'group_seq'>

/** Adds a step. Texts are plain: names and numbers come from strangers. */
export async function note(
  tx: Tx,
  { conversation_id, group_seq }: Place,
  { type, body, userId, at }: { type: MessageType; body: string; userId: string; at: number },
): Promise<number> {
  await tx.updateTable('message_groups').set({ finished_at: at }).where('seq', '=', group_seq).execute()
  const row = { group_seq, conversation_id, user_id: userId, rtype: type, is_html: 0, body, created_at: at }
  return insertNumbered(tx, 'messages', row)
}

/** When a call was handed on last; 0: never. Who waits keeps his place then, so that the call itself does not tell. */
export async function handedOnAt(db: Reader, { conversation_id, group_seq }: Place): Promise<number> {
  const row = await db
    .selectFrom('messages')
    .select(({ fn }) => fn.max('created_at').as('at'))
    .where('conversation_id', '=', conversation_id)
    .where('group_seq', '=', group_seq)
    .where('rtype', '=', messageTypes.transfer)
    .executeTakeFirst()
  return Number(row?.at ?? 0)
}

/** Names a recording. */
export const noteRecording = (tx: Tx, call: Call, file: File, userId: string, at: number): Promise<number> =>
  note(tx, call, {
    type: call.direction === 'internal' ? messageTypes.internalVoice : messageTypes.voice,
    body: fileMessages([file])[0]?.body ?? '',
    userId,
    at,
  })

/** `1:02:03`, `2:03`. */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number): string => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
