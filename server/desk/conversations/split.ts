// Splitting: some messages of a conversation are about another matter, which gets a conversation of its own.
import { insertRows } from '../../db/prepared.ts'
import type { Tx } from '../../db/write.ts'
import { recordEvent } from '../../events/record.ts'
import { Invalid } from '../../lib/errors.ts'
import type { Priority } from '../../lib/priorities.ts'
import { type Actor, userOf } from '../actor.ts'
import { countNewConversation } from '../departments/counts.ts'
import { getDepartment } from '../departments/departments.ts'
import { recordFacts } from '../metrics/facts.ts'
import { keepClock } from '../sla/clocks.ts'
import { pickLevel } from '../sla/rules.ts'
import { carrySome } from './carry.ts'
import { type Conversation, getConversationForChange, newConversation } from './conversation.ts'
import type { Channel } from './letters.ts'
import { addLink } from './links.ts'
import { loadNewConversation } from './load-steps.ts'
import { chooseGroups, putGiver, traceMove } from './move.ts'
import { type Move, recordMove } from './moves.ts'
import { previewOfGroup } from './preview.ts'
import { copiesFor, requesterOf, subjectOf } from './split-from.ts'
import { shownOf } from './standing.ts'
import { assertMovable } from './two.ts'
import { isPublic, listSteps, type Step, standingOf } from './waits.ts'

export interface SplitDraft {
  from: string
  groupIds: readonly string[]
  subject?: string | undefined
  departmentId?: string | undefined
  at?: number | undefined
}

/** Opens a conversation with groups of another one; they keep their order and dates. */
export async function splitConversation(tx: Tx, actor: Actor, draft: SplitDraft): Promise<Move> {
  const at = draft.at ?? Date.now()
  const from = await getConversationForChange(tx, actor, draft.from)
  await assertMovable(tx, from)
  const department = await getDepartment(tx, draft.departmentId ?? from.department_id)
  const before = await listSteps(tx, from.id)
  const { seqs, going } = chooseGroups(from, before, draft.groupIds)
  if (!going.some(isPublic))
    throw new Invalid('messagegroupids', 'must name at least one message of a customer or to one: not only notes')
  const to = await openWith(tx, from, going, {
    subject: draft.subject ?? (await subjectOf(tx, going)) ?? from.subject,
    departmentId: department.id,
    userId: userOf(actor),
    agentId: actor.kind === 'agent' ? actor.agentId : null,
    at,
  })
  const carried = await carrySome(tx, { from: from.id, to: to.id }, seqs)
  const giver = await putGiver(tx, from, before, carried, at)
  await tx
    .updateTable('conversations')
    .set({ groups_in: carried.groupsIn, groups_out: carried.groupsOut })
    .where('id', '=', to.id)
    .execute()
  const link = await addLink(tx, to.id, from.id, 'split', at)
  await traceMove(tx, { from, to, userId: userOf(actor), at })
  return recordMove(tx, {
    kind: 'split',
    fromId: from.id,
    toId: to.id,
    what: {
      carried,
      added: { tags: [], fields: [], cc: [], link },
      from: { before: shownOf(from), after: giver },
      to: { before: { ...shownOf(to), waiting_since: null }, after: shownOf(to) },
    },
    userId: userOf(actor),
    at,
  })
}

interface Opening {
  subject: string
  departmentId: string
  userId: string
  agentId: string | null
  at: number
}

/** Nobody is assigned: the new matter waits for anybody. */
async function openWith(tx: Tx, from: Conversation, going: readonly Step[], opening: Opening): Promise<Conversation> {
  const newest = going.findLast(isPublic)
  const customer = await requesterOf(tx, from, going)
  const conversation: Conversation = {
    ...newConversation(
      {
        author: { kind: 'system', userId: opening.userId },
        customerId: customer.id,
        departmentId: opening.departmentId,
        subject: opening.subject,
        // Read from a row: only channels and priorities are ever stored there.
        channel: from.channel as Channel,
        priority: from.priority as Priority,
        message: { body: '', isHtml: false, text: '' },
        cc: await copiesFor(tx, from, going, customer.email),
      },
      opening.at,
    ),
    ...standingOf(going),
    preview: newest ? await previewOfGroup(tx, from.id, newest.seq) : '',
  }
  conversation.sla_level_id = await pickLevel(tx, conversation)
  await insertRows(tx, 'conversations', [conversation])
  countNewConversation(tx, conversation)
  loadNewConversation(tx, conversation, opening.at)
  // Its messages were counted when they came; that there is one conversation more is new.
  await recordFacts(tx, [{ kind: 'created', at: opening.at, conversation, agentId: opening.agentId }])
  await keepClock(tx, conversation, opening.at)
  recordEvent(tx, {
    type: 'conversation.opened',
    conversationId: conversation.id,
    data: { departmentid: conversation.department_id, status: conversation.status, userid: opening.userId },
  })
  return conversation
}
