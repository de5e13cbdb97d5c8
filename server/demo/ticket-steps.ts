// What people do with tickets, as rows: in the words of the functions that do the same on a desk.
import { groupTypes, messageTypes, type Status, statuses } from '../desk/conversations/letters.ts'
import { type Author, factsOfMessage, noteAfter, type PostDraft, publicAfter } from '../desk/conversations/messages.ts'
import { groupTypeOf } from '../desk/conversations/status.ts'
import { marksOf, type Pen, type Played } from './pen.ts'
import type { TicketStep } from './plan.ts'
import { rate } from './rating-steps.ts'
import { append } from './tables.ts'

/** The consequences of a step. */
export function playTicketStep(pen: Pen, played: Played, step: TicketStep): void {
  const { conversation, requester } = played
  const before = { ...conversation }
  if (step.kind === 'message') postMessage(pen, played, step.at, pen.authorOf(step.by, requester), step.text, false)
  else if (step.kind === 'note') postMessage(pen, played, step.at, pen.authorOf(step.by, requester), step.text, true)
  else if (step.kind === 'status') changeStatus(pen, played, step.at, pen.agentId(step.by), step.status)
  else if (step.kind === 'transfer') transfer(pen, played, step)
  else if (step.kind === 'rate') rate(pen, played, step)
  else addTag(pen, played, step.at, pen.agentId(step.by), step.tag)
  pen.moveTicket(before, conversation, step.at)
}

function postMessage(pen: Pen, played: Played, at: number, author: Author, text: string, isNote: boolean): void {
  const { conversation, clocks } = played
  // Without the text, for previews are costly and only the last message's counts: see add().
  const draft: PostDraft = { author, message: { body: text, isHtml: false, text: '' }, isNote }
  const type = isNote ? groupTypes.internal : author.kind === 'agent' ? groupTypes.outgoing : groupTypes.incoming
  const part = [isNote ? messageTypes.note : messageTypes.message, text] as const
  const group = pen.addGroup(conversation, type, author.userId, at, [part])
  if (type === groupTypes.outgoing) played.work = { group, agentId: author.userId }
  pen.addTimedFacts(conversation, factsOfMessage(conversation, draft, isNote, at))
  Object.assign(conversation, isNote ? noteAfter(conversation, at) : publicAfter(conversation, draft, at))
  if (!isNote) clocks.keep(conversation, at, author.kind === 'agent' ? author.userId : null)
}

function changeStatus(pen: Pen, { conversation, clocks }: Played, at: number, agentId: string, status: Status): void {
  if (conversation.status === status) return
  pen.addGroup(conversation, groupTypeOf(status), agentId, at, [
    [messageTypes.status, `${statuses[conversation.status as Status]} → ${statuses[status]}`],
  ])
  if (status === 'R') {
    pen.addFacts([{ kind: 'resolved', at, conversation, agentId }])
    if (conversation.first_resolved_at === null)
      pen.addTimedFacts(conversation, [
        { kind: 'first_resolved', at, conversation, agentId, took: at - conversation.created_at },
      ])
    conversation.first_resolved_at ??= at
  }
  conversation.status = status
  conversation.changed_at = at
  conversation.waiting_since = ['N', 'C'].includes(status) ? conversation.waiting_since : null
  clocks.keep(conversation, at, null)
}

function transfer(
  pen: Pen,
  played: Played,
  { at, by, agent, department, note }: Extract<TicketStep, { kind: 'transfer' }>,
): void {
  const { conversation, clocks } = played
  const toAgent = agent === null ? undefined : pen.cast.agents[agent]
  const toDepartment = department === null ? undefined : pen.cast.departments[department]
  const userId = pen.agentId(by)
  pen.addGroup(conversation, groupTypes.transfer, userId, at, [
    [messageTypes.transfer, [toDepartment?.name, toAgent?.system_name].filter(Boolean).join(' / ')],
    ...(note === null ? [] : [[messageTypes.note, note] as const]),
  ])
  const isElsewhere = toDepartment !== undefined && toDepartment.id !== conversation.department_id
  conversation.department_id = toDepartment?.id ?? conversation.department_id
  conversation.agent_id = toAgent?.id ?? null
  conversation.changed_at = at
  if (isElsewhere) clocks.follow(conversation, marksOf(played), at)
  if (toAgent && conversation.first_assigned_at === null) {
    conversation.first_assigned_at = at
    const took = at - conversation.created_at
    pen.addTimedFacts(conversation, [{ kind: 'first_assigned', at, conversation, agentId: toAgent.id, took }])
  }
  if (note !== null) pen.addFacts([{ kind: 'note', at, conversation, agentId: userId }])
}

function addTag(pen: Pen, played: Played, at: number, userId: string, tag: number): void {
  const { conversation, clocks, tags } = played
  const { id, name } = pen.cast.tags[tag] ?? { id: '', name: '' }
  append(pen.portion, 'tags', { conversation_id: conversation.id, tag_id: id, added_at: at })
  tags.push(id)
  pen.addGroup(conversation, groupTypes.tag, userId, at, [[messageTypes.tag, `+ ${name}`]])
  conversation.changed_at = at
  clocks.follow(conversation, marksOf(played), at)
}
