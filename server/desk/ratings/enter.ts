// Entering for a customer what he said of an agent's work elsewhere: on the telephone, in another program.
import type { Tx } from '../../db/write.ts'
import { Invalid, NotAllowed } from '../../lib/errors.ts'
import { rowOfId } from '../../lib/ids.ts'
import { type Actor, mayAdminister, userOf } from '../actor.ts'
import { getConversation } from '../conversations/conversation.ts'
import { type RatingDraft, rateGroup } from './rate.ts'
import type { Rating, RatingTerms } from './ratings.ts'
import { findLastWork, findWork, unknownWork, type Work } from './work.ts'

/** One of both: a message group, or a conversation, of which the newest answer, chat or call is meant. */
export interface WorkNamed {
  groupId?: string | undefined
  conversation?: string | undefined
}

export async function enterRating(
  tx: Tx,
  actor: Actor,
  named: WorkNamed,
  draft: Pick<RatingDraft, 'grade' | 'comment'>,
  terms: RatingTerms,
): Promise<Rating> {
  if (!mayAdminister(actor)) throw new NotAllowed('Only administrators and programs may enter ratings.')
  const work = await workNamed(tx, actor, named)
  if (!work) throw unknownWork()
  if (actor.kind === 'agent' && actor.agentId === work.agentId)
    throw new NotAllowed('Nobody may rate his own work, not even for a customer.')
  return rateGroup(tx, work.groupSeq, { ...draft, source: 'entered', enteredBy: userOf(actor) }, terms)
}

async function workNamed(tx: Tx, actor: Actor, { groupId, conversation }: WorkNamed): Promise<Work | undefined> {
  if (groupId !== undefined && conversation === undefined) return findWork(tx, rowOfId(groupId) ?? -1)
  if (conversation !== undefined && groupId === undefined)
    return findLastWork(tx, (await getConversation(tx, actor, conversation)).id)
  throw new Invalid('messagegroupid', 'must be given, or else conversation: one of both')
}
