// Moving: messages that came into the wrong conversation go into the right one.
import type { Tx } from '../../db/write.ts'
import { Invalid } from '../../lib/errors.ts'
import { rowOfId } from '../../lib/ids.ts'
import { type Actor, userOf } from '../actor.ts'
import { carrySome } from './carry.ts'
import type { Conversation } from './conversation.ts'
import { addGroup } from './history.ts'
import { groupTypes, MERGED, messageTypes, SPLIT } from './letters.ts'
import { addLink } from './links.ts'
import { type Carried, type Move, recordMove } from './moves.ts'
import { previewAfter, putStanding, type Shown, shownOf } from './standing.ts'
import { assertMovable, getBothForChange } from './two.ts'
import { isPublic, listSteps, type Step, waitFrom, withoutGone, withWait } from './waits.ts'

export interface MessagesMove {
  from: string
  into: string
  groupIds: readonly string[]
  at?: number | undefined
}

/** Moves message groups into another conversation; they keep their order and dates. */
export async function moveMessages(tx: Tx, actor: Actor, draft: MessagesMove): Promise<Move> {
  const at = draft.at ?? Date.now()
  const { from, to } = await getBothForChange(tx, actor, { from: draft.from, to: draft.into })
  for (const conversation of [from, to]) await assertMovable(tx, conversation)
  const [beforeFrom, beforeTo] = [await listSteps(tx, from.id), await listSteps(tx, to.id)]
  const { seqs, going } = chooseGroups(from, beforeFrom, draft.groupIds)
  const carried = await carrySome(tx, { from: from.id, to: to.id }, seqs)
  const giver = await putGiver(tx, from, beforeFrom, carried, at)
  const receiver = await putStanding(tx, to, {
    ...withWait(to, waitFrom(from, going)),
    preview: await previewAfter(tx, to, beforeTo, await listSteps(tx, to.id)),
    groupsIn: carried.groupsIn,
    groupsOut: carried.groupsOut,
    at,
  })
  const link = await addLink(tx, from.id, to.id, 'moved', at)
  await traceMove(tx, { from, to, userId: userOf(actor), at })
  return recordMove(tx, {
    kind: 'move',
    fromId: from.id,
    toId: to.id,
    what: {
      carried,
      added: { tags: [], fields: [], cc: [], link },
      from: { before: shownOf(from), after: giver },
      to: { before: shownOf(to), after: receiver },
    },
    userId: userOf(actor),
    at,
  })
}

/** Stores what is left of a conversation that groups have left. */
export async function putGiver(
  tx: Tx,
  from: Conversation,
  before: readonly Step[],
  carried: Carried,
  at: number,
): Promise<Shown> {
  const left = await listSteps(tx, from.id)
  return putStanding(tx, from, {
    ...withoutGone(from, left),
    preview: await previewAfter(tx, from, before, left),
    groupsIn: -carried.groupsIn,
    groupsOut: -carried.groupsOut,
    at,
  })
}

/** Says in both histories what came and what went. */
export async function traceMove(
  tx: Tx,
  { from, to, userId, at }: { from: Conversation; to: Conversation; userId: string; at: number },
): Promise<void> {
  await addGroup(tx, from, {
    type: groupTypes.split,
    status: SPLIT,
    userId,
    at,
    messages: [{ type: messageTypes.split, body: `Messages went to ${to.code}` }],
  })
  await addGroup(tx, to, {
    type: groupTypes.merged,
    status: MERGED,
    userId,
    at,
    messages: [{ type: messageTypes.merged, body: `Messages came from ${from.code}` }],
  })
}

/** Steps of a conversation's own life, which would make no sense in another one: chats and calls are such as a whole. */
const OWN_STEPS: readonly string[] = [
  groupTypes.chat,
  groupTypes.call,
  groupTypes.outgoingCall,
  groupTypes.internalCall,
  groupTypes.transfer,
  groupTypes.resolve,
  groupTypes.postpone,
  groupTypes.spam,
  groupTypes.delete,
  groupTypes.tag,
  groupTypes.merged,
  groupTypes.split,
]

/** The groups that are named, oldest first. Throws Invalid for what cannot leave. */
export function chooseGroups(
  conversation: Conversation,
  steps: readonly Step[],
  groupIds: readonly string[],
): { seqs: number[]; going: Step[] } {
  const named = new Map(groupIds.map((id) => [rowOfId(id), id]))
  const going = steps.filter(({ seq }) => named.has(seq))
  for (const { seq } of going) named.delete(seq)
  for (const id of named.values())
    throw new Invalid('messagegroupids', `names a group that conversation ${conversation.code} does not have: '${id}'`)
  const own = going.find(({ rtype, change }) => OWN_STEPS.includes(rtype) || change !== undefined)
  if (own)
    throw new Invalid(
      'messagegroupids',
      'names a step of the conversation itself, such as a transfer or a chat: only messages and notes can go',
    )
  const staying = steps.filter((step) => !going.includes(step))
  if (!staying.some(isPublic) && going.some(isPublic))
    throw new Invalid(
      'messagegroupids',
      'must leave a message behind: to take all of them along, merge the conversation',
    )
  return { seqs: going.map(({ seq }) => seq), going }
}
