// What the public link of a conversation that was merged into another one leads to.
import type { Reader } from '../../db/write.ts'
import type { Conversation } from './conversation.ts'
import { followMerges } from './merged.ts'
import { listMerges } from './moves.ts'

/** Of a history of thousands of messages, what its page shows. */
const MAX_SHOWN = 500

export type MergedPlace =
  /** The other conversation is the same customer's: he may read all of it, under its own code. */
  | { kind: 'all'; publicCode: string }
  /** It is somebody else's: only what came from this one is shown. */
  | { kind: 'own'; conversation: Conversation; groupSeqs: number[] }
  /** It was deleted. */
  | { kind: 'gone' }

/** Undefined: the conversation stands for itself. */
export async function findMergedPlace(db: Reader, conversation: Conversation): Promise<MergedPlace | undefined> {
  if (conversation.merged_into === null) return undefined
  const id = await followMerges(db, conversation.id)
  const standing = await db.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst()
  if (!standing || standing.status === 'X') return { kind: 'gone' }
  if (standing.customer_id === conversation.customer_id) return { kind: 'all', publicCode: standing.public_code }
  const seqs = (await listMerges(db, conversation.id)).flatMap(({ what }) => what.carried.groups)
  return { kind: 'own', conversation: standing, groupSeqs: seqs.sort((a, b) => b - a).slice(0, MAX_SHOWN) }
}

/** Whether a file came into `holderId` with the messages of a conversation that was merged into it. */
export async function cameByMerge(
  db: Reader,
  conversation: Conversation,
  fileId: string,
  holderId: string,
): Promise<boolean> {
  if (conversation.merged_into === null || (await followMerges(db, conversation.id)) !== holderId) return false
  return (await listMerges(db, conversation.id)).some(({ what }) => what.carried.files.includes(fileId))
}
