// The plan of a history: who writes what, and when. Pure, and the same for the same seed.
import { planConversation } from './conversations.ts'
import { planCustomer } from './customers.ts'
import { Floor } from './floor.ts'
import { MIX, type Mix } from './frame.ts'
import type { PlannedConversation } from './plan.ts'
import { randomFrom } from './random.ts'
import { Staff } from './staff.ts'
import { teamFor } from './team.ts'
import { timeline } from './timeline.ts'

const YEAR = 365 * 86_400_000

export interface HistoryOptions {
  seed: number
  conversations: number
  /** How many work there; undefined: as many as so many conversations need. */
  agents?: number | undefined
  /** The history ends here; it began a year before. */
  until: number
  /** Whose clocks people live by. */
  zone: string
  /** Short ones have half as many messages: for filling a desk with a million of them. */
  isShort: boolean
  mix?: Partial<Mix>
}

/** Who works there all the year. */
export const staffOf = ({
  conversations,
  agents,
  zone,
  until,
}: Pick<HistoryOptions, 'conversations' | 'agents' | 'zone' | 'until'>): Staff =>
  new Staff({ team: teamFor(conversations, agents), zone, from: until - YEAR, until })

/** Every conversation of the history, the oldest first. */
export function* planHistory(options: HistoryOptions): Generator<PlannedConversation, void, undefined> {
  const { seed, conversations, until, zone, isShort } = options
  const random = randomFrom(seed)
  const staff = staffOf(options)
  const mix = { ...MIX, ...options.mix }
  const floor = new Floor(staff)
  const instantAt = timeline(until - YEAR, until, zone)
  // Some write once, some often; the more conversations, the more of them come from people who wrote before.
  const allCustomers = Math.max(1, Math.round(conversations * (isShort ? 0.15 : 0.45)))
  let customers = 0
  for (let i = 0; i < conversations; i++) {
    const at = instantAt((i + random.next()) / conversations)
    const expected = (allCustomers * (i + 1)) / conversations
    const isNewCustomer = customers < expected
    const number = isNewCustomer ? customers++ : random.int(customers)
    const customer = planCustomer(seed, number)
    yield planConversation({ at, customer, isNewCustomer, until, isShort, random, staff, floor, mix })
  }
}
