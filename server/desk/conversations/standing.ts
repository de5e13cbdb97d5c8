// Stores what a move makes of a conversation: its status, who waits, its preview and its counts. Nothing happened to the
// customer, so there are no facts.
import type { Tx } from '../../db/write.ts'
import { countConversation } from '../departments/counts.ts'
import { followLevel } from '../sla/clocks.ts'
import type { Conversation } from './conversation.ts'
import { leaveWhatIsGone } from './homecoming.ts'
import { loadConversation } from './load-steps.ts'
import { previewOfGroup } from './preview.ts'
import { isPublic, type Standing, type Step } from './waits.ts'

export type Shown = Standing & { preview: string }

export const shownOf = ({ status, waiting_since, preview }: Conversation): Shown => ({ status, waiting_since, preview })

interface Change extends Shown {
  /** What is added to its counts of message groups. */
  groupsIn: number
  groupsOut: number
  at: number
  /** The rest of the row, where it changes. */
  columns?: Partial<Pick<Conversation, 'merged_into' | 'cc' | 'custom_fields'>>
}

export async function putStanding(tx: Tx, conversation: Conversation, change: Change): Promise<Shown> {
  const { status, waiting_since, preview, at } = change
  await tx
    .updateTable('conversations')
    .set({
      ...change.columns,
      status,
      waiting_since,
      preview,
      groups_in: Math.max(0, conversation.groups_in + change.groupsIn),
      groups_out: Math.max(0, conversation.groups_out + change.groupsOut),
      changed_at: Math.max(conversation.changed_at, at),
    })
    .where('id', '=', conversation.id)
    .execute()
  countConversation(tx, conversation, { status })
  loadConversation(tx, conversation, { status }, at)
  if (status !== conversation.status) await leaveWhatIsGone(tx, conversation, status, at)
  // Tags may have come along, or gone again.
  await followLevel(tx, conversation, at)
  return { status, waiting_since, preview }
}

/** The preview after groups came or went: it only changes where the newest message did. */
export async function previewAfter(
  tx: Tx,
  conversation: Conversation,
  before: readonly Step[],
  after: readonly Step[],
): Promise<string> {
  const newest = after.findLast(isPublic)
  if (!newest || newest.seq === before.findLast(isPublic)?.seq) return conversation.preview
  return previewOfGroup(tx, conversation.id, newest.seq)
}
