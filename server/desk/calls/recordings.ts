// Recordings of calls, and voicemails left in their place: files that hang on the conversation.
import type { Reader, Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Conflict } from '../../lib/errors.ts'
import { idOfRow } from '../../lib/ids.ts'
import { type Actor, userOf } from '../actor.ts'
import { attachFiles } from '../files/attach.ts'
import { type File, removeFile } from '../files/files.ts'
import { assertTelephony, type Call, getCall, holdCall } from './call.ts'
import { hear } from './expiry.ts'
import { noteRecording } from './history.ts'

export const recordingKinds = ['recording', 'voicemail'] as const
export type RecordingKind = (typeof recordingKinds)[number]

export interface Recording {
  callId: string
  reference: string
  kind: string
  file: File
  at: number
}

/** The recordings of calls that are still there, oldest first; by call. */
export async function listRecordings(
  db: Reader,
  callIds: readonly string[],
): Promise<ReadonlyMap<string, Recording[]>> {
  const byCall = new Map<string, Recording[]>()
  if (callIds.length === 0) return byCall
  const rows = await db
    .selectFrom('call_recordings')
    .innerJoin('files', 'files.id', 'call_recordings.file_id')
    .selectAll('files')
    .select(['call_recordings.call_id', 'call_recordings.reference', 'call_recordings.kind'])
    .select('call_recordings.created_at as at')
    .where('call_recordings.call_id', 'in', callIds)
    .orderBy('call_recordings.created_at')
    .orderBy('call_recordings.reference')
    .execute()
  for (const { call_id: callId, reference, kind, at, ...file } of rows)
    byCall.set(callId, [...(byCall.get(callId) ?? []), { callId, reference, kind, file, at }])
  return byCall
}

/** Whether somebody may add a recording, before its contents are stored. */
export async function assertMayRecord(db: Reader, actor: Actor, callId: string, kind: RecordingKind): Promise<void> {
  assertTelephony(actor)
  assertFits(await getCall(db, actor, callId), kind)
}

/** The recording that the telephony side has told of already. */
export const findRecording = async (db: Reader, callId: string, reference: string): Promise<Recording | undefined> =>
  (await listRecordings(db, [callId])).get(callId)?.find((one) => one.reference === reference)

/** Hangs a stored file on a call. If the same one was added meanwhile, it stays, and the file goes again. */
export async function addRecording(
  tx: Tx,
  actor: Actor,
  callId: string,
  {
    reference,
    kind,
    fileId,
    now = Date.now(),
  }: { reference: string; kind: RecordingKind; fileId: string; now?: number },
): Promise<Recording> {
  assertTelephony(actor)
  const { call, conversation } = await holdCall(tx, actor, callId)
  assertFits(call, kind)
  const known = await findRecording(tx, callId, reference)
  if (known) {
    await removeFile(tx, fileId)
    return known
  }
  const [file] = await attachFiles(tx, conversation.id, [fileId])
  if (!file) throw new Error(`file ${fileId} is gone`)
  await hear(tx, call, now)
  const row = { kind, file_id: fileId, created_at: now }
  await tx
    .insertInto('call_recordings')
    .values({ call_id: callId, reference, ...row })
    // Its file was deleted.
    .onConflict((conflict) => conflict.columns(['call_id', 'reference']).doUpdateSet(row))
    .execute()
  const seq = await noteRecording(tx, call, file, userOf(actor), now)
  recordEvent(tx, {
    type: 'call.recorded',
    conversationId: call.conversation_id,
    data: { callid: callId, reference: call.reference, kind, fileid: fileId, messageid: idOfRow(seq) },
  })
  return { callId, reference, kind, file, at: now }
}

/** Only who was not answered leaves a message instead. */
function assertFits(call: Call, kind: RecordingKind): void {
  if (kind === 'voicemail' && (call.direction !== 'incoming' || call.answered_at !== null))
    throw new Conflict(`Call ${call.id} was answered, or made by an agent: it has recordings, and no voicemail.`)
}
