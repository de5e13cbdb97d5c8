// Undoing a merge, a split or a move: what went comes back, as far as later changes allow. What was written since stays
// where it was written.
import type { Tx } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { Conflict } from '../../lib/errors.ts'
import { type Actor, userOf } from '../actor.ts'
import { type FieldValue, fieldColumn, fieldValues } from '../fields/fields.ts'
import { untagFacts } from '../metrics/tag-facts.ts'
import { carryBack } from './carry.ts'
import { type Conversation, getConversation } from './conversation.ts'
import { copiesOf } from './copies.ts'
import { addGroup } from './history.ts'
import { groupTypes, MERGED, messageTypes, SPLIT } from './letters.ts'
import { removeLink } from './links.ts'
import { type Added, getMove, type Move, type Side, tellBoth } from './moves.ts'
import { previewAfter, putStanding, shownOf } from './standing.ts'
import { assertMovable, getBothForChange } from './two.ts'
import { isPublic, isQuestion, listSteps, type Standing, type Step, waitOf, withoutGuests, withWait } from './waits.ts'

/** Undoes a move of a conversation: `identifier` names either side. */
export async function undoMove(
  tx: Tx,
  actor: Actor,
  { identifier, moveId, at = Date.now() }: { identifier: string; moveId: string; at?: number },
): Promise<Move> {
  const named = await getConversation(tx, actor, identifier)
  const { from_id, to_id } = await getMove(tx, named.id, moveId)
  const { from, to } = await getBothForChange(tx, actor, { from: from_id, to: to_id })
  // Only now: before the locks, somebody else may have been undoing it.
  const move = await getMove(tx, named.id, moveId)
  if (move.undone_at !== null) throw new Conflict('This has been undone already.')
  await assertUndoable(tx, move, from, to)
  const { carried, added } = move.what
  const [beforeFrom, beforeTo] = [await listSteps(tx, from.id), await listSteps(tx, to.id)]
  assertAllThere(move, beforeTo)
  await carryBack(tx, { from: to.id, to: from.id }, carried)
  const counts = { in: carried.groupsIn, out: carried.groupsOut }
  const left = await listSteps(tx, to.id)
  const back = await listSteps(tx, from.id)
  await putStanding(tx, from, {
    ...returned(from, move.what.from),
    preview:
      from.preview === move.what.from.after.preview
        ? move.what.from.before.preview
        : await previewAfter(tx, from, beforeFrom, back),
    groupsIn: counts.in,
    groupsOut: counts.out,
    at,
    columns: { merged_into: null },
  })
  // A conversation that was made by a split, and in which nothing was said since: as if it had been merged back.
  const isEmptied = move.kind === 'split' && !left.some(isPublic)
  await putStanding(tx, to, {
    ...(isEmptied ? { status: 'L', waiting_since: null } : withoutGuests(to, move.what.to, firstQuestion(left, move))),
    preview:
      !isEmptied && to.preview === move.what.to.after.preview && move.kind !== 'split'
        ? move.what.to.before.preview
        : await previewAfter(tx, to, beforeTo, left),
    groupsIn: -counts.in,
    groupsOut: -counts.out,
    at,
    columns: { ...(await withoutAdded(tx, to, added, move.created_at)), ...(isEmptied && { merged_into: from.id }) },
  })
  if (added.link && !isEmptied) await unlink(tx, move)
  await leaveTraces(tx, move, from, to, userOf(actor), at)
  await tx.updateTable('conversation_moves').set({ undone_at: at }).where('seq', '=', move.seq).execute()
  tellBoth(tx, 'move.undone', move, userOf(actor))
  return { ...move, undone_at: at }
}

async function assertUndoable(tx: Tx, move: Move, from: Conversation, to: Conversation): Promise<void> {
  await assertMovable(tx, to)
  if (move.kind !== 'merge') return assertMovable(tx, from)
  // What was merged away is closed and leads to the other: that is what is undone.
  if (from.merged_into !== to.id) throw new Conflict(`Conversation ${from.code} is no longer merged into ${to.code}.`)
  await assertMovable(tx, { ...from, merged_into: null })
}

function assertAllThere({ what }: Move, steps: readonly Step[]): void {
  const there = new Set(steps.map(({ seq }) => seq))
  if (!what.carried.groups.every((seq) => there.has(seq)))
    throw new Conflict('Some of these messages have been moved on since. Undo that first.')
}

/** What the giving conversation becomes: as before, if it is still as the move left it. */
function returned(now: Conversation, { before, after }: Side): Standing {
  if (now.status === after.status && now.waiting_since === after.waiting_since)
    return { status: before.status, waiting_since: before.waiting_since }
  const wait = waitOf(before)
  return withWait(shownOf(now), wait === waitOf(after) ? null : wait)
}

/** When a customer first asked in the receiving conversation after the move. */
function firstQuestion(left: readonly Step[], { what, created_at }: Move): number | null {
  const newest = Math.max(0, ...what.carried.groups)
  const since = left.filter((step) => isQuestion(step) && step.seq > newest && step.created_at >= created_at)
  return since[0]?.created_at ?? null
}

/** The receiving conversation's columns without what came along, and its tags likewise. */
async function withoutAdded(tx: Tx, to: Conversation, added: Added, since: number) {
  // A tag that was taken off and put on again by hand has another date, and stays.
  if (added.tags.length > 0) {
    const gone = await tx
      .deleteFrom('conversation_tags')
      .where('conversation_id', '=', to.id)
      .where('tag_id', 'in', added.tags)
      .where('added_at', '=', since)
      .returning('tag_id')
      .execute()
    const tagIds = gone.map(({ tag_id }) => tag_id)
    await untagFacts(tx, [to.id], tagIds)
  }
  const gone = new Set(added.cc.map(emailKey))
  const cc = copiesOf(to).filter((email) => !gone.has(emailKey(email)))
  return {
    cc: cc.length > 0 ? JSON.stringify(cc) : null,
    custom_fields: fieldColumn(withoutOnce(fieldValues(to.custom_fields), added.fields)),
  }
}

/** Each value is taken away once: the same one may have been added again since. */
function withoutOnce(values: readonly FieldValue[], gone: readonly FieldValue[]): FieldValue[] {
  const left = [...values]
  for (const { code, value } of gone) {
    const index = left.findIndex((field) => field.code === code && field.value === value)
    if (index >= 0) left.splice(index, 1)
  }
  return left
}

async function unlink(tx: Tx, { kind, from_id, to_id }: Move): Promise<void> {
  if (kind === 'split') await removeLink(tx, to_id, from_id)
  else await removeLink(tx, from_id, to_id)
}

const names = { merge: 'merge', split: 'split', move: 'move of messages' } as const

async function leaveTraces(
  tx: Tx,
  { kind }: Move,
  from: Conversation,
  to: Conversation,
  userId: string,
  at: number,
): Promise<void> {
  const name = kind in names ? names[kind as keyof typeof names] : kind
  for (const [own, other, type, messageType] of [
    [from, to, groupTypes.merged, messageTypes.merged],
    [to, from, groupTypes.split, messageTypes.split],
  ] as const)
    await addGroup(tx, own, {
      type,
      status: type === groupTypes.merged ? MERGED : SPLIT,
      userId,
      at,
      messages: [{ type: messageType, body: `The ${name} with ${other.code} was undone` }],
    })
}
