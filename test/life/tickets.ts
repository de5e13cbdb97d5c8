// Steps of tickets: what customers and agents write, status, transfers, tags, merges and ratings.
import { type Actor, systemActor } from '../../server/desk/actor.ts'
import { getAgent } from '../../server/desk/agents/agents.ts'
import { getSettledForChange } from '../../server/desk/chats/conversation.ts'
import { transfer } from '../../server/desk/conversations/assignment.ts'
import {
  type Conversation,
  getConversationForChange,
  openConversation,
} from '../../server/desk/conversations/conversation.ts'
import { isLive, type Status } from '../../server/desk/conversations/letters.ts'
import { mergeConversations } from '../../server/desk/conversations/merge.ts'
import { getConversationForMessage } from '../../server/desk/conversations/merged.ts'
import { postMessage } from '../../server/desk/conversations/messages.ts'
import { moveMessages } from '../../server/desk/conversations/move.ts'
import { changePriority } from '../../server/desk/conversations/priority.ts'
import { splitConversation } from '../../server/desk/conversations/split.ts'
import { changeStatus } from '../../server/desk/conversations/status.ts'
import { addTagTo, removeTagFrom } from '../../server/desk/conversations/tags.ts'
import { undoMove } from '../../server/desk/conversations/undo-move.ts'
import { getDepartment } from '../../server/desk/departments/departments.ts'
import { untagFacts } from '../../server/desk/metrics/tag-facts.ts'
import { rateGroup } from '../../server/desk/ratings/rate.ts'
import { removeRating } from '../../server/desk/ratings/remove.ts'
import { getTag, removeTag, sweepTag } from '../../server/desk/tags/tags.ts'
import { idOfRow } from '../../server/lib/ids.ts'
import type { Done, Foretold, Life } from './life.ts'
import { nth } from './nth.ts'
import type { Step } from './steps.ts'

const MESSAGE = { body: 'Hello', isHtml: false, text: 'Hello' }
const STATUSES: readonly Status[] = ['N', 'C', 'A', 'W', 'R', 'R', 'R', 'L', 'B', 'X']
const TERMS = { rating_link_days: 90, rating_change_days: 7 }

const about = (id: string, foretold: Foretold, more: Omit<Done, 'foretold'> = {}): Done => ({
  foretold: new Map([[id, foretold]]),
  ...more,
})

/** What becomes of a conversation that is opened again: it leaves who and what was deleted. */
function home(life: Life, row: Conversation, status: string): Foretold {
  if (status !== 'N' && status !== 'C') return {}
  const isGone = (all: readonly { id: string; isDeleted: boolean }[], id: string | null): boolean =>
    all.some((one) => one.id === id && one.isDeleted)
  return {
    department_id: isGone(life.departments, row.department_id) ? 'default' : row.department_id,
    agent_id: isGone(life.agents, row.agent_id) ? null : row.agent_id,
  }
}

export async function open(life: Life, step: Step): Promise<Done> {
  const at = life.now - (step.late ?? 0)
  const agent = nth(
    life.agents.filter(({ isDeleted }) => !isDeleted),
    step.agent,
  ).id
  const byAgent = step.action === 'openByAgent'
  const customer = nth(life.customers, step.other)
  const status = step.action === 'openResolved' ? 'R' : 'N'
  const { id, groupSeq } = await life.write((tx) =>
    openConversation(tx, {
      author: byAgent ? { kind: 'agent', userId: agent } : { kind: 'customer', userId: customer.user_id },
      customerId: customer.id,
      departmentId: nth(life.departments, step.department).id,
      subject: 'Printer',
      channel: nth(['E', 'M', '1'] as const, step.number),
      status,
      message: MESSAGE,
      at,
    }),
  )
  if (byAgent) life.works.push({ groupSeq, agent })
  else {
    const row = await life.write((tx) => getConversationForChange(tx, systemActor, id))
    life.note('message_in', row, null, { at })
  }
  return {
    at,
    by: byAgent ? agent : null,
    foretold: new Map([['new', { status, waiting_since: byAgent || status === 'R' ? null : at }]]),
  }
}

/** A customer writes. */
export async function ask(life: Life, row: Conversation, step: Step): Promise<Done> {
  const at = life.now - (step.late ?? 0)
  await life.write(async (tx) => {
    const conversation = await getConversationForMessage(tx, systemActor, row.id)
    const author = { kind: 'customer', userId: nth(life.customers, step.other).user_id } as const
    await postMessage(tx, conversation, { author, message: MESSAGE, isNote: false, at })
  })
  life.note('message_in', row, null, { at })
  const status = ['A', 'R', 'W', 'L'].includes(row.status) ? 'C' : row.status
  const waits = ['N', 'C'].includes(status) || isLive(status)
  return about(
    row.id,
    {
      status,
      waiting_since: waits ? (row.waiting_since ?? at) : row.waiting_since,
      ...(status !== row.status && home(life, row, status)),
    },
    { at },
  )
}

export async function answer(life: Life, row: Conversation, step: Step): Promise<Done> {
  const at = life.now - (step.late ?? 0)
  const agent = nth(
    life.agents.filter(({ isDeleted }) => !isDeleted),
    step.agent,
  ).id
  const { groupSeq } = await life.write(async (tx) => {
    const conversation = await getConversationForMessage(tx, systemActor, row.id)
    const author = { kind: 'agent', userId: agent } as const
    return postMessage(tx, conversation, { author, message: MESSAGE, isNote: false, at })
  })
  life.works.push({ groupSeq, agent })
  const since = row.waiting_since ?? undefined
  const kind =
    since === undefined ? 'answer' : row.status === 'N' ? 'answer_new' : row.status === 'C' ? 'answer_next' : 'answer'
  life.note(kind, row, agent, { at, ...(kind !== 'answer' && since !== undefined && { since }) })
  life.answered(row, agent, at)
  return about(row.id, { status: isLive(row.status) ? row.status : 'A', waiting_since: null }, { at })
}

export async function note(life: Life, row: Conversation, step: Step): Promise<Done> {
  const at = life.now - (step.late ?? 0)
  const agent = nth(
    life.agents.filter(({ isDeleted }) => !isDeleted),
    step.agent,
  ).id
  await life.write(async (tx) => {
    const conversation = await getConversationForChange(tx, systemActor, row.id)
    const author = step.flag
      ? ({ kind: 'agent', userId: agent } as const)
      : ({ kind: 'system', userId: 'system00' } as const)
    await postMessage(tx, conversation, { author, message: MESSAGE, isNote: true, at })
  })
  life.note('note', row, step.flag ? agent : null, { at })
  return about(row.id, {}, { at })
}

export async function status(life: Life, row: Conversation, step: Step): Promise<Done> {
  const { now } = life
  const agent = nth(
    life.agents.filter(({ isDeleted }) => !isDeleted),
    step.agent,
  ).id
  const wanted = nth(STATUSES, step.number)
  const words = step.flag ? 'By the way' : undefined
  const isChat = isLive(row.status) && life.seen.chats.has(row.id)
  await life.write(async (tx) => {
    const conversation = await getSettledForChange(tx, systemActor, row.id, agent)
    await changeStatus(tx, conversation, { status: wanted, userId: agent, agentId: agent, note: words, at: now })
  })
  if (words !== undefined) life.note('note', row, agent)
  const isOpen = wanted === 'N' || wanted === 'C'
  return about(
    row.id,
    isChat
      ? { status: wanted }
      : {
          status: wanted,
          waiting_since: isOpen || wanted === row.status ? row.waiting_since : null,
          ...(wanted !== row.status && home(life, row, wanted)),
        },
    { by: agent, missed: 'no' },
  )
}

export async function hand(life: Life, row: Conversation, step: Step): Promise<Done> {
  const { now } = life
  const agent = nth(
    life.agents.filter(({ isDeleted }) => !isDeleted),
    step.agent,
  ).id
  const department = step.action === 'assign' ? undefined : nth(life.departments, step.department).id
  const words = step.flag ? 'By the way' : undefined
  await life.write(async (tx) => {
    const conversation = await getConversationForChange(tx, systemActor, row.id)
    await transfer(tx, conversation, {
      agent: step.action === 'move' ? undefined : await getAgent(tx, agent),
      department: department === undefined ? undefined : await getDepartment(tx, department),
      userId: agent,
      note: words,
      at: now,
    })
  })
  const department_id = department ?? row.department_id
  if (words !== undefined) life.note('note', { ...row, department_id }, agent)
  return about(row.id, {
    ...{ status: row.status, waiting_since: row.waiting_since, department_id },
    agent_id: step.action === 'move' ? null : agent,
  })
}

export async function priority(life: Life, row: Conversation, step: Step): Promise<Done> {
  await life.write(async (tx) =>
    changePriority(tx, await getConversationForChange(tx, systemActor, row.id), {
      priority: step.flag ? 'high' : 'normal',
      userId: 'system00',
      at: life.now,
    }),
  )
  return about(row.id, {})
}

export async function tag(life: Life, row: Conversation, step: Step): Promise<Done> {
  const on = life.tags.filter((one) => life.noted(row.id).tags.has(one.id))
  const { id } = nth(step.action === 'untag' && on.length > 0 ? on : life.tags, step.tag)
  await life.write(async (tx) => {
    const [conversation, wanted] = [await getConversationForChange(tx, systemActor, row.id), await getTag(tx, id)]
    if (step.action === 'tag') await addTagTo(tx, conversation, wanted, 'system00', life.now)
    else await removeTagFrom(tx, conversation, wanted, 'system00', life.now)
  })
  const { tags } = life.noted(row.id)
  if (step.action === 'tag') tags.add(id)
  else tags.delete(id)
  return about(row.id, {})
}

/** `flag`: what it leaves behind is swept up at once, else later or never. */
export async function deleteTag(life: Life, step: Step): Promise<Done> {
  const one = nth(life.tags, step.tag)
  await life.write((tx) => removeTag(tx, one.id))
  one.isDeleted = true
  for (const noted of life.conversations.values()) noted.tags.delete(one.id)
  if (step.flag) while (await life.write((tx) => sweepTag(tx, one.id, (from) => untagFacts(tx, from, [one.id]))));
  return {}
}

async function tagsOf(life: Life, id: string): Promise<Set<string>> {
  const rows = await life.desk.app.database.reader
    .selectFrom('conversation_tags')
    .innerJoin('tags', 'tags.id', 'conversation_tags.tag_id')
    .select('tag_id')
    .where('conversation_id', '=', id)
    .execute()
  return new Set(rows.map(({ tag_id }) => tag_id))
}

export async function carry(life: Life, row: Conversation, step: Step): Promise<Done> {
  const { now: at } = life
  const agent = nth(
    life.agents.filter(({ isDeleted }) => !isDeleted),
    step.agent,
  ).id
  const actor: Actor = { kind: 'agent', agentId: agent, role: 'D', departmentIds: [] }
  const others = [...life.conversations.keys()].filter((id) => id !== row.id)
  const into = others.at(-1 - (step.other % Math.max(1, others.length))) ?? row.id
  const move = await life.write(async (tx) => {
    if (step.action === 'merge') return mergeConversations(tx, actor, { from: row.id, into, at })
    const groups = await tx
      .selectFrom('message_groups')
      .select('seq')
      .where('conversation_id', '=', row.id)
      .where('rtype', 'in', ['3', '4', '5', 'I'])
      .orderBy('seq')
      .execute()
    const groupIds = groups.flatMap(({ seq }, index) => (index % 3 === step.tag ? idOfRow(seq) : []))
    if (step.action === 'split') return splitConversation(tx, actor, { from: row.id, groupIds, at })
    return moveMessages(tx, actor, { from: row.id, into, groupIds, at })
  })
  life.moves.push(move)
  if (step.action === 'merge') life.noted(into).tags = await tagsOf(life, into)
  return { reach: 'wide', by: agent }
}

export async function undo(life: Life, step: Step): Promise<Done> {
  const move = life.moves.at(-1 - (step.which % 3))
  if (!move) return {}
  await life.write((tx) =>
    undoMove(tx, systemActor, { identifier: move.to_id, moveId: idOfRow(move.seq), at: life.now }),
  )
  life.noted(move.to_id).tags = await tagsOf(life, move.to_id)
  return { reach: 'wide' }
}

/** One rating for a piece of work, wherever that is by now; changed, it is as if it had been given so in the first place. */
export async function rate(life: Life, step: Step): Promise<Done> {
  // The same ones again and again, or few ratings would ever be changed.
  const work = life.works.at(-1 - (step.which % 3))
  if (!work) return {}
  const grade = step.flag ? 'good' : 'bad'
  const rated = await life.write((tx) => rateGroup(tx, work.groupSeq, { grade, source: 'link', at: life.now }, TERMS))
  const { conversation_id } = await life.desk.app.database.reader
    .selectFrom('message_groups')
    .select('conversation_id')
    .where('seq', '=', work.groupSeq)
    .executeTakeFirstOrThrow()
  if (work.rating) work.rating.fact.kind = grade === 'good' ? 'rated_good' : 'rated_bad'
  else {
    const row = life.row(conversation_id)
    const fact = life.note(grade === 'good' ? 'rated_good' : 'rated_bad', row, work.agent)
    work.rating = { id: idOfRow(rated.seq), fact, customer: row.customer_id, groupSeq: work.groupSeq }
  }
  return about(conversation_id, {})
}

export async function unrate(life: Life, step: Step): Promise<Done> {
  const work = life.works.at(-1 - (step.which % 3))
  const rating = work?.rating
  if (!work || !rating) return {}
  await life.write((tx) => removeRating(tx, systemActor, rating.id))
  life.happened = life.happened.filter((one) => one !== rating.fact)
  // Its link is worth nothing any more.
  life.works = life.works.filter((one) => one !== work)
  return { reach: 'wide' }
}
