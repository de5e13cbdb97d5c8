// Merging: two conversations turn out to be about one matter. Everything of one goes into the other.
import type { Tx } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { Invalid } from '../../lib/errors.ts'
import { type Actor, userOf } from '../actor.ts'
import { fieldColumn, fieldValues } from '../fields/fields.ts'
import { tagFacts } from '../metrics/tag-facts.ts'
import { carryAll } from './carry.ts'
import type { Conversation } from './conversation.ts'
import { copiesOf } from './copies.ts'
import { addGroup } from './history.ts'
import { groupTypes, MERGED, messageTypes } from './letters.ts'
import { addLink } from './links.ts'
import { type Added, type Move, recordMove } from './moves.ts'
import { previewAfter, putStanding, shownOf } from './standing.ts'
import { assertMovable, getBothForChange } from './two.ts'
import { listSteps, waitOf, withWait } from './waits.ts'

/** Merges `from` into `into`. What is merged away stays as an empty, closed conversation that leads to the other. */
export async function mergeConversations(
  tx: Tx,
  actor: Actor,
  { from: fromIdentifier, into, at = Date.now() }: { from: string; into: string; at?: number },
): Promise<Move> {
  const { from, to } = await getBothForChange(tx, actor, { from: fromIdentifier, to: into })
  for (const conversation of [from, to]) await assertMovable(tx, conversation)
  const before = await listSteps(tx, to.id)
  const carried = await carryAll(tx, { from: from.id, to: to.id }, { in: from.groups_in, out: from.groups_out })
  const { added, columns } = await addBelongings(tx, from, to, at)
  const preview = await previewAfter(tx, to, before, await listSteps(tx, to.id))
  const receiver = await putStanding(tx, to, {
    ...withWait(to, waitOf(from)),
    // The newest message is one that came along: its own conversation has the words that it was shown with.
    preview: preview === to.preview ? preview : from.preview,
    groupsIn: carried.groupsIn,
    groupsOut: carried.groupsOut,
    at,
    columns,
  })
  const giver = await putStanding(tx, from, {
    status: 'L',
    waiting_since: null,
    preview: from.preview,
    groupsIn: -carried.groupsIn,
    groupsOut: -carried.groupsOut,
    at,
    columns: { merged_into: to.id },
  })
  await leaveTraces(tx, from, to, userOf(actor), at)
  return recordMove(tx, {
    kind: 'merge',
    fromId: from.id,
    toId: to.id,
    what: {
      carried,
      added,
      from: { before: shownOf(from), after: giver },
      to: { before: shownOf(to), after: receiver },
    },
    userId: userOf(actor),
    at,
  })
}

async function leaveTraces(tx: Tx, from: Conversation, to: Conversation, userId: string, at: number): Promise<void> {
  const trace = (conversation: Conversation, body: string) =>
    addGroup(tx, conversation, {
      type: groupTypes.merged,
      status: MERGED,
      userId,
      at,
      messages: [{ type: messageTypes.merged, body }],
    })
  await trace(from, `Merged into ${to.code}`)
  await trace(to, `${from.code} was merged into this conversation`)
}

/** Tags, custom fields and those who get the answers too: what the one has and the other lacks. */
async function addBelongings(tx: Tx, from: Conversation, to: Conversation, at: number) {
  const fields = missingFields(from, to)
  const cc = await missingCopies(tx, from, to)
  const added: Added = {
    tags: await addMissingTags(tx, from, to, at),
    fields,
    cc,
    link: await addLink(tx, from.id, to.id, 'merged', at),
  }
  const columns = {
    custom_fields: fields.length > 0 ? fieldColumn([...fieldValues(to.custom_fields), ...fields]) : to.custom_fields,
    cc: cc.length > 0 ? JSON.stringify([...copiesOf(to), ...cc]) : to.cc,
  }
  return { added, columns }
}

const MAX_FIELDS = 200

function missingFields(from: Conversation, to: Conversation) {
  const there = fieldValues(to.custom_fields)
  const missing = fieldValues(from.custom_fields).filter(
    ({ code, value }) => !there.some((field) => field.code === code && field.value === value),
  )
  if (there.length + missing.length > MAX_FIELDS)
    throw new Invalid('into', `must not come to more than ${MAX_FIELDS} custom field values by this`)
  return missing
}

/** Whoever asked in the one must hear of the answer in the other. */
async function missingCopies(tx: Tx, from: Conversation, to: Conversation): Promise<string[]> {
  const people = await tx
    .selectFrom('customers')
    .select(['id', 'email'])
    .where('id', 'in', [from.customer_id, to.customer_id])
    .execute()
  const emailOf = (id: string): string[] => people.flatMap((row) => (row.id === id && row.email ? [row.email] : []))
  const known = new Set([...emailOf(to.customer_id), ...copiesOf(to)].map(emailKey))
  const others = from.customer_id === to.customer_id ? [] : emailOf(from.customer_id)
  return [...others, ...copiesOf(from)].filter((email) => {
    const isNew = !known.has(emailKey(email))
    known.add(emailKey(email))
    return isNew
  })
}

async function addMissingTags(tx: Tx, from: Conversation, to: Conversation, at: number): Promise<string[]> {
  const tagsOf = async ({ id }: Conversation): Promise<string[]> => {
    const rows = await tx.selectFrom('conversation_tags').select('tag_id').where('conversation_id', '=', id).execute()
    return rows.map(({ tag_id }) => tag_id)
  }
  const there = await tagsOf(to)
  const missing = (await tagsOf(from)).filter((id) => !there.includes(id))
  for (const tag_id of missing)
    await tx.insertInto('conversation_tags').values({ conversation_id: to.id, tag_id, added_at: at }).execute()
  await tagFacts(tx, [to.id], missing)
  return missing
}
