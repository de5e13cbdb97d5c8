// A planned history through the functions of the desk, one write a step, as it would have happened.
import { vi } from 'vitest'
import type { Tx } from '../../server/db/write.ts'
import type { Cast } from '../../server/demo/cast.ts'
import type { PlannedConversation, PlannedCustomer, Step } from '../../server/demo/plan.ts'
import { systemActor } from '../../server/desk/actor.ts'
import { transfer } from '../../server/desk/conversations/assignment.ts'
import { getConversationForChange, openConversation } from '../../server/desk/conversations/conversation.ts'
import { type Author, postMessage } from '../../server/desk/conversations/messages.ts'
import { changeStatus } from '../../server/desk/conversations/status.ts'
import { addTagTo } from '../../server/desk/conversations/tags.ts'
import { addCustomer, type Customer } from '../../server/desk/customers/customers.ts'
import { joinGroup } from '../../server/desk/customers/groups.ts'
import { getTag } from '../../server/desk/tags/tags.ts'
import type { TestDesk } from '../desk.ts'

/** Plays with the clock set to the instant of each step: it stands wherever a function asks for the time. */
export async function playByHand(desk: TestDesk, cast: Cast, history: Iterable<PlannedConversation>): Promise<void> {
  const customers = new Map<number, Customer>()
  vi.useFakeTimers({ toFake: ['Date'] })
  const at = <T>(instant: number, work: (tx: Tx) => Promise<T>): Promise<T> => {
    vi.setSystemTime(instant)
    return desk.app.database.write(work)
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
      const { id } = await at(planned.at, (tx) =>
        openConversation(tx, {
          author: authorOf(planned.by),
          customerId: customer.id,
          departmentId: cast.departments[planned.department]?.id ?? '',
          subject: planned.subject,
          channel: planned.channel,
          message: { body: planned.text, isHtml: false, text: planned.text },
        }),
      )
      for (const step of planned.steps) await at(step.at, (tx) => play(tx, cast, id, step, authorOf))
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
  step: Step,
  authorOf: (by: 'customer' | number) => Author,
): Promise<void> {
  const conversation = await getConversationForChange(tx, systemActor, id)
  const author = authorOf(step.by)
  if (step.kind === 'message' || step.kind === 'note') {
    const message = { body: step.text, isHtml: false, text: step.text }
    await postMessage(tx, conversation, { author, message, isNote: step.kind === 'note' })
  } else if (step.kind === 'status') {
    await changeStatus(tx, conversation, { status: step.status, userId: author.userId, agentId: author.userId })
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
