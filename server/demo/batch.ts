// Planned conversations as rows: the same rows that the functions of the desk would write one by one.
import {
  type Conversation,
  factsOfOpening,
  firstGroupType,
  newConversation,
} from '../desk/conversations/conversation.ts'
import {
  type GroupType,
  groupTypes,
  type MessageType,
  messageTypes,
  type Status,
  statuses,
} from '../desk/conversations/letters.ts'
import { loadSteps } from '../desk/conversations/load-steps.ts'
import {
  type Author,
  factsOfMessage,
  noteAfter,
  type PostDraft,
  previewOf,
  publicAfter,
} from '../desk/conversations/messages.ts'
import { groupTypeOf } from '../desk/conversations/status.ts'
import { newCustomer } from '../desk/customers/customers.ts'
import { type Counted, countRows } from '../desk/departments/counts.ts'
import { type FactDraft, factRow } from '../desk/metrics/facts.ts'
import { type LoadChange, loadChangeRow, loadDayRows } from '../desk/metrics/load.ts'
import type { Cast } from './cast.ts'
import { withCodes } from './codes.ts'
import type { PlannedConversation, PlannedCustomer, Step } from './plan.ts'
import { append, emptyPortion, type Portion, rowCount } from './tables.ts'

/** Who asks: a customer's ids. */
export interface CustomerIds {
  id: string
  userId: string
}

/** Collects what is to be stored together. */
export class Batch {
  readonly #portion = emptyPortion()
  readonly #load: LoadChange[] = []
  readonly #counted: { from: undefined; to: Counted }[] = []
  readonly #cast: Cast
  readonly #nextId: () => string

  constructor(cast: Cast, nextId: () => string) {
    this.#cast = cast
    this.#nextId = nextId
  }

  /** Takes a customer in at the instant of the first message. */
  addCustomer(planned: PlannedCustomer, at: number): CustomerIds {
    const { email, firstname, lastname, gender, language, phones, company, groups } = planned
    const companyId = company === null ? null : this.#cast.companyIds[company]
    const row = newCustomer({ email, firstname, lastname, gender, language, phones, companyId }, at)
    append(this.#portion, 'customers', { ...row, seq: rowCount(this.#portion, 'customers') })
    for (const name of groups) {
      const group_id = this.#cast.groupIds.get(name) ?? ''
      append(this.#portion, 'groupMembers', { group_id, member_type: 'customer', member_id: row.id, added_at: at })
    }
    return { id: row.id, userId: row.user_id }
  }

  /** Plays a conversation from its first message to its last step. */
  addConversation(planned: PlannedConversation, customer: CustomerIds): void {
    const author = this.#author(planned.by, customer)
    const draft = {
      author,
      customerId: customer.id,
      departmentId: this.#cast.departments[planned.department]?.id ?? '',
      subject: planned.subject,
      channel: planned.channel,
      message: { body: planned.text, isHtml: false, text: planned.text },
    }
    const conversation = { ...newConversation(draft, planned.at), id: this.#nextId() }
    this.#addLoad(loadSteps(undefined, conversation, planned.at))
    this.#addGroup(conversation, firstGroupType(draft), author.userId, planned.at, [
      [messageTypes.message, planned.text],
    ])
    this.#addFacts(factsOfOpening(conversation, author, planned.at))
    for (const step of planned.steps) this.#play(conversation, step, customer)
    const last = planned.steps.findLast((step) => step.kind === 'message')
    if (last) conversation.preview = previewOf(last)
    append(this.#portion, 'conversations', { ...conversation })
    this.#counted.push({ from: undefined, to: conversation })
  }

  /** All that was taken in, ready to be stored. */
  finish(): Portion {
    return withCodes({ ...this.#portion, counts: countRows(this.#counted), loadDays: loadDayRows(this.#load) })
  }

  #author(by: 'customer' | number, customer: CustomerIds): Author {
    return by === 'customer'
      ? { kind: 'customer', userId: customer.userId }
      : { kind: 'agent', userId: this.#agentId(by) }
  }

  #agentId(number: number): string {
    return this.#cast.agents[number]?.id ?? ''
  }

  #addGroup(
    { id }: Conversation,
    type: GroupType,
    userId: string,
    at: number,
    parts: readonly (readonly [MessageType, string])[],
  ): void {
    const seq = rowCount(this.#portion, 'groups')
    const conversation_id = id
    append(this.#portion, 'groups', {
      seq,
      conversation_id,
      user_id: userId,
      rtype: type,
      created_at: at,
      finished_at: at,
    })
    for (const [rtype, body] of parts)
      append(this.#portion, 'messages', {
        group_seq: seq,
        conversation_id,
        user_id: userId,
        rtype,
        body,
        created_at: at,
      })
  }

  #addLoad(changes: readonly LoadChange[]): void {
    for (const change of changes) append(this.#portion, 'loadChanges', loadChangeRow(change))
    this.#load.push(...changes)
  }

  #addFacts(drafts: readonly FactDraft[]): void {
    for (const draft of drafts) append(this.#portion, 'facts', factRow(draft))
  }

  /** The consequences of a step, in the words of the function that does the same on a desk. */
  #play(conversation: Conversation, step: Step, customer: CustomerIds): void {
    const before = { ...conversation }
    if (step.kind === 'message')
      this.#postMessage(conversation, step.at, this.#author(step.by, customer), step.text, false)
    else if (step.kind === 'note')
      this.#postMessage(conversation, step.at, this.#author(step.by, customer), step.text, true)
    else if (step.kind === 'status') this.#changeStatus(conversation, step.at, this.#agentId(step.by), step.status)
    else if (step.kind === 'transfer') this.#transfer(conversation, step)
    else this.#addTag(conversation, step.at, this.#agentId(step.by), step.tag)
    this.#addLoad(loadSteps(before, conversation, step.at))
  }

  #postMessage(conversation: Conversation, at: number, author: Author, text: string, isNote: boolean): void {
    // Without the text, for previews are costly and only the last message's counts: see add().
    const draft: PostDraft = { author, message: { body: text, isHtml: false, text: '' }, isNote }
    const type = isNote ? groupTypes.internal : author.kind === 'agent' ? groupTypes.outgoing : groupTypes.incoming
    this.#addGroup(conversation, type, author.userId, at, [[isNote ? messageTypes.note : messageTypes.message, text]])
    this.#addFacts(factsOfMessage(conversation, draft, isNote, at))
    Object.assign(conversation, isNote ? noteAfter(conversation, at) : publicAfter(conversation, draft, at))
  }

  #changeStatus(conversation: Conversation, at: number, agentId: string, status: Status): void {
    if (conversation.status === status) return
    this.#addGroup(conversation, groupTypeOf(status), agentId, at, [
      [messageTypes.status, `${statuses[conversation.status as Status]} → ${statuses[status]}`],
    ])
    if (status === 'R') {
      this.#addFacts([{ kind: 'resolved', at, conversation, agentId }])
      if (conversation.first_resolved_at === null)
        this.#addFacts([{ kind: 'first_resolved', at, conversation, agentId, took: at - conversation.created_at }])
      conversation.first_resolved_at ??= at
    }
    conversation.status = status
    conversation.changed_at = at
    conversation.waiting_since = ['N', 'C'].includes(status) ? conversation.waiting_since : null
  }

  #transfer(
    conversation: Conversation,
    { at, by, agent, department, note }: Extract<Step, { kind: 'transfer' }>,
  ): void {
    const toAgent = agent === null ? undefined : this.#cast.agents[agent]
    const toDepartment = department === null ? undefined : this.#cast.departments[department]
    const userId = this.#agentId(by)
    this.#addGroup(conversation, groupTypes.transfer, userId, at, [
      [messageTypes.transfer, [toDepartment?.name, toAgent?.system_name].filter(Boolean).join(' / ')],
      ...(note === null ? [] : [[messageTypes.note, note] as const]),
    ])
    conversation.department_id = toDepartment?.id ?? conversation.department_id
    conversation.agent_id = toAgent?.id ?? null
    conversation.changed_at = at
    if (toAgent && conversation.first_assigned_at === null) {
      conversation.first_assigned_at = at
      const took = at - conversation.created_at
      this.#addFacts([{ kind: 'first_assigned', at, conversation, agentId: toAgent.id, took }])
    }
    if (note !== null) this.#addFacts([{ kind: 'note', at, conversation, agentId: userId }])
  }

  #addTag(conversation: Conversation, at: number, userId: string, tag: number): void {
    const { id, name } = this.#cast.tags[tag] ?? { id: '', name: '' }
    append(this.#portion, 'tags', { conversation_id: conversation.id, tag_id: id, added_at: at })
    this.#addGroup(conversation, groupTypes.tag, userId, at, [[messageTypes.tag, `+ ${name}`]])
    conversation.changed_at = at
  }
}
