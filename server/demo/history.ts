// The plan of a history: who writes what, and when. Pure, and the same for the same seed.
import { planConversation } from './conversations.ts'
import { planCustomer } from './customers.ts'
import type { PlannedConversation } from './plan.ts'
import { randomFrom } from './random.ts'
import { timeline } from './timeline.ts'

const YEAR = 365 * 86_400_000

export interface HistoryOptions {
  seed: number
  conversations: number
  /** The history ends here; it began a year before. */
  until: number
  /** Short ones have half as many messages: for filling a desk with a million of them. */
  isShort: boolean
}

/** Every conversation of the history, the oldest first. */
export function* planHistory(options: HistoryOptions): Generator<PlannedConversation, void, undefined> {
  const { seed, conversations, until, isShort } = options
  const random = randomFrom(seed)
  const instantAt = timeline(until - YEAR, until)
  // Some write once, some often; the more conversations, the more of them come from people who wrote before.
  const allCustomers = Math.max(1, Math.round(conversations * (isShort ? 0.15 : 0.45)))
  let customers = 0
  for (let i = 0; i < conversations; i++) {
    const at = instantAt((i + random.next()) / conversations)
    const expected = (allCustomers * (i + 1)) / conversations
    const isNewCustomer = customers < expected
    const number = isNewCustomer ? customers++ : random.int(customers)
    const customer = planCustomer(seed, number)
    yield planConversation({ at, customer, isNewCustomer, until, isShort, random })
  }
}
