// Planned conversations as rows: the same rows that the functions of the desk would write one by one.
import { factsOfOpening, firstGroupType, newConversation } from '../desk/conversations/conversation.ts'
import { messageTypes, type Status } from '../desk/conversations/letters.ts'
import { previewOf } from '../desk/conversations/messages.ts'
import { newCustomer } from '../desk/customers/customers.ts'
import { phoneRows } from '../desk/customers/phones.ts'
import { type Counted, countRows } from '../desk/departments/counts.ts'
import { playCall } from './call-steps.ts'
import { playChat } from './chat-steps.ts'
import { Clocks } from './clocks.ts'
import { withCodes } from './codes.ts'
import { marksOf, Pen, type Played, type Requester, type Setting } from './pen.ts'
import type { PlannedConversation, PlannedCustomer, PlannedLive } from './plan.ts'
import { append, type Portion, rowCount } from './tables.ts'
import { playTicketStep } from './ticket-steps.ts'

/** A preview needs less. */
const LOOKED_AT = 600

/** What it begins with. Who calls when nobody is there has a ticket at once. */
const statusOf = (live: PlannedLive): Status =>
  live.kind === 'outgoing' ? 'P' : live.kind === 'incoming' && !live.isOnline ? 'N' : 'I'

/** Collects what is to be stored together. */
export class Batch {
  readonly #pen: Pen
  readonly #counted: { from: undefined; to: Counted }[] = []

  constructor(setting: Setting) {
    this.#pen = new Pen(setting)
  }

  /** Takes a customer in at the instant of the first message. */
  addCustomer(planned: PlannedCustomer, at: number): Requester {
    const { cast, portion } = this.#pen
    const { email, firstname, lastname, gender, language, phones, company, groups } = planned
    const companyId = company === null ? null : cast.companyIds[company]
    const row = newCustomer({ email, firstname, lastname, gender, language, phones, companyId }, at)
    append(portion, 'customers', { ...row, seq: rowCount(portion, 'customers') })
    for (const phone of phoneRows(row)) append(portion, 'customerPhones', phone)
    const groupIds = groups.map((name) => cast.groupIds.get(name) ?? '')
    for (const group_id of groupIds)
      append(portion, 'groupMembers', { group_id, member_type: 'customer', member_id: row.id, added_at: at })
    return { id: row.id, userId: row.user_id, groups: groupIds, companies: companyId ? [companyId] : [] }
  }

  /** Plays a conversation from its first message to its last step. */
  addConversation(planned: PlannedConversation, requester: Requester): void {
    const pen = this.#pen
    const { at, steps, live } = planned
    const said = [...(live?.steps ?? []), ...steps]
    const last = said.findLast((step) => step.kind === 'message' || step.kind === 'say')
    const author = pen.authorOf(planned.by, requester)
    const draft = {
      author,
      customerId: requester.id,
      departmentId: pen.cast.departments[planned.department]?.id ?? '',
      subject: planned.subject,
      channel: planned.channel,
      // Previews are costly, and only that of the last message is kept.
      message: { body: planned.text, isHtml: false, text: '' },
      ...(live && { status: statusOf(live) }),
    }
    const conversation = { ...newConversation(draft, at), id: pen.setting.nextId() }
    const played: Played = { conversation, requester, clocks: new Clocks(pen.setting.desk), tags: [], ratings: [] }
    played.clocks.pick(conversation, marksOf(played))
    pen.moveTicket(undefined, conversation, at)
    if (!live) {
      const part = [messageTypes.message, planned.text] as const
      const group = pen.addGroup(conversation, firstGroupType(draft), author.userId, at, [part])
      if (author.kind === 'agent') played.work = { group, agentId: author.userId }
    }
    pen.addFacts(factsOfOpening(conversation, author, at, live !== undefined))
    played.clocks.keep(conversation, at, null)
    if (live?.kind === 'chat') playChat(pen, played, planned, live)
    else if (live) playCall(pen, played, planned, live)
    for (const step of steps) playTicketStep(pen, played, step)
    const { text } = last && 'text' in last ? last : planned
    conversation.preview = previewOf({ text: text.slice(0, LOOKED_AT) })
    this.#finish(played)
  }

  #finish({ conversation, clocks, ratings }: Played): void {
    const { portion, setting } = this.#pen
    clocks.end(setting.until)
    for (const row of clocks.rows) append(portion, 'clocks', { ...row })
    for (const { rating } of ratings) append(portion, 'ratings', { ...rating })
    append(portion, 'conversations', { ...conversation })
    this.#counted.push({ from: undefined, to: conversation })
  }

  /** All that was taken in, ready to be stored. */
  finish(): Portion {
    return withCodes({ ...this.#pen.portion, counts: countRows(this.#counted), turns: this.#pen.turns })
  }
}
