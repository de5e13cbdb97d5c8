// A planned history through the functions of the desk, one write a step, as it would have happened.
import { vi } from 'vitest'
import type { Tx } from '../../server/db/write.ts'
import type { Cast } from '../../server/demo/cast.ts'
import type { LiveStep, PlannedConversation, PlannedCustomer, TicketStep } from '../../server/demo/plan.ts'
import { systemActor } from '../../server/desk/actor.ts'
import { pruneVisitors } from '../../server/desk/chats/visitors.ts'
import { transfer } from '../../server/desk/conversations/assignment.ts'
import { getConversationForChange, openConversation } from '../../server/desk/conversations/conversation.ts'
import { type Author, postMessage } from '../../server/desk/conversations/messages.ts'
import { changeStatus } from '../../server/desk/conversations/status.ts'
import { addTagTo } from '../../server/desk/conversations/tags.ts'
import { addCustomer, type Customer } from '../../server/desk/customers/customers.ts'
import { joinGroup } from '../../server/desk/customers/groups.ts'
import { goOffline, stayOnline } from '../../server/desk/presence/connections.ts'
import type { Span } from '../../server/desk/presence/spans.ts'
import { rateGroup } from '../../server/desk/ratings/rate.ts'
import { findLastWork } from '../../server/desk/ratings/work.ts'
import { tellClocks } from '../../server/desk/sla/notices.ts'
import { getTag } from '../../server/desk/tags/tags.ts'
import type { TestDesk } from '../desk.ts'
import { AtWork } from './at-work.ts'
import { beginCall, playCallStep } from './play-call.ts'
import { beginChat, playChatStep } from './play-chat.ts'

/**
 * Plays with the clock set to the instant of each step: it stands wherever a function asks for the time. Notices of SLA
 * clocks are told on time, as jobs do it.
 */
export async function playByHand(
  desk: TestDesk,
  cast: Cast,
  history: Iterable<PlannedConversation>,
  until: number,
): Promise<void> {
  const customers = new Map<number, Customer>()
  vi.useFakeTimers({ toFake: ['Date'] })
  const at: At = (instant, work) => {
    vi.setSystemTime(instant)
    return desk.app.database.write(work)
  }
  const atWork = new AtWork()
  const begin = async (planned: PlannedConversation, customer: Customer, author: Author): Promise<string> => {
    const { live } = planned
    if (!live) return at(planned.at, (tx) => openPlanned(tx, cast, planned, customer, author))
    const later = async (play: (tx: Tx, step: LiveStep) => Promise<void>): Promise<void> => {
      for (const step of live.steps) {
        await tellUntil(desk, at, step.at)
        await at(step.at, (tx) => play(tx, step))
      }
    }
    if (live.kind === 'chat') {
      const chat = await at(planned.at, (tx) => beginChat(tx, cast, atWork, planned, live))
      await later((tx, step) => playChatStep(tx, chat, step))
      return chat.id
    }
    const call = await at(planned.at, (tx) => beginCall(tx, cast, atWork, planned, live))
    await later((tx, step) => playCallStep(tx, call, step))
    return call.conversationId
  }
  try {
    for (const planned of history) {
      const known = customers.get(planned.customer.number)
      const customer = known ?? (await at(planned.at, (tx) => addPlannedCustomer(tx, cast, planned.customer)))
      customers.set(planned.customer.number, customer)
      const authorOf = (by: 'customer' | number): Author =>
        by === 'customer'
          ? { kind: 'customer', userId: customer.user_id }
          : { kind: 'agent', userId: cast.agents[by]?.id ?? '' }
      const id = await begin(planned, customer, authorOf(planned.by))
      for (const step of planned.steps) {
        await tellUntil(desk, at, step.at)
        await at(step.at, (tx) => play(tx, cast, id, step, authorOf))
      }
      await tellUntil(desk, at, until)
    }
    await at(until, async (tx) => {
      while (await pruneVisitors(tx));
      // They were online only where the plan needs them to be.
      await tx.deleteFrom('online_stretches').execute()
    })
  } finally {
    vi.useRealTimers()
  }
}

async function openPlanned(
  tx: Tx,
  cast: Cast,
  planned: PlannedConversation,
  customer: Customer,
  author: Author,
): Promise<string> {
  const { id } = await openConversation(tx, {
    author,
    customerId: customer.id,
    departmentId: cast.departments[planned.department]?.id ?? '',
    subject: planned.subject,
    channel: planned.channel,
    message: { body: planned.text, isHtml: false, text: planned.text },
  })
  return id
}

const RATING_TERMS = { rating_link_days: 90, rating_change_days: 7 }

type At = <T>(instant: number, work: (tx: Tx) => Promise<T>) => Promise<T>

/** Lets clocks say what they have to say by an instant, each when it is time. */
async function tellUntil(desk: TestDesk, at: At, until: number): Promise<void> {
  for (;;) {
    const { next } = await desk.app.database.reader
      .selectFrom('sla_clocks')
      .select(({ fn }) => fn.min('notice_at').as('next'))
      .executeTakeFirstOrThrow()
    if (next === null || next + 1_000 > until) return
    await at(next + 1_000, (tx) => tellClocks(tx))
  }
}

/** Connects and disconnects an agent with the clock set to the beginning and the end of each of his shifts. */
export async function beOnlineByHand(desk: TestDesk, agentId: string, shifts: readonly Span[]): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    for (const { from, before } of shifts) {
      vi.setSystemTime(from)
      await desk.app.database.write((tx) => stayOnline(tx, agentId, (before - from) / 1_000 + 60))
      vi.setSystemTime(before)
      await desk.app.database.write((tx) => goOffline(tx, agentId))
    }
  } finally {
    vi.useRealTimers()
  }
}

async function addPlannedCustomer(tx: Tx, cast: Cast, planned: PlannedCustomer): Promise<Customer> {
  const { email, firstname, lastname, gender, language, phones, company, groups } = planned
  const companyId = company === null ? null : cast.companyIds[company]
  const customer = await addCustomer(tx, { email, firstname, lastname, gender, language, phones, companyId })
  for (const name of groups) await joinGroup(tx, 'customer', customer.id, name)
  return customer
}

async function play(
  tx: Tx,
  cast: Cast,
  id: string,
  step: TicketStep,
  authorOf: (by: 'customer' | number) => Author,
): Promise<void> {
  const conversation = await getConversationForChange(tx, systemActor, id)
  const author = authorOf(step.by)
  if (step.kind === 'message' || step.kind === 'note') {
    const message = { body: step.text, isHtml: false, text: step.text }
    await postMessage(tx, conversation, { author, message, isNote: step.kind === 'note' })
  } else if (step.kind === 'status') {
    await changeStatus(tx, conversation, { status: step.status, userId: author.userId, agentId: author.userId })
  } else if (step.kind === 'rate') {
    const work = await findLastWork(tx, id)
    if (!work) throw new Error('nothing was done that could be rated')
    const { grade, comment, source } = step
    await rateGroup(tx, work.groupSeq, { grade, comment, source }, RATING_TERMS)
  } else if (step.kind === 'tag') {
    await addTagTo(tx, conversation, await getTag(tx, cast.tags[step.tag]?.id ?? ''), author.userId)
  } else {
    await transfer(tx, conversation, {
      agent: step.agent === null ? undefined : cast.agents[step.agent],
      department: step.department === null ? undefined : cast.departments[step.department],
      userId: author.userId,
      note: step.note ?? undefined,
    })
  }
}
