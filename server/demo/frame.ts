// What the plan of a conversation starts from: when, who, and what all of its texts agree on.
import type { Floor } from './floor.ts'
import { companies, words } from './people.ts'
import type { PlannedCustomer, TicketStep } from './plan.ts'
import type { Random } from './random.ts'
import type { Staff } from './staff.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Shares of all conversations; the rest are requests, and so are chats and calls for which nobody has time. */
export interface Mix {
  spam: number
  /** Begun by agents. */
  outgoing: number
  chats: number
  calls: number
  /** How much more often than usual customers rate, and change their minds. */
  ratings: number
}

export const MIX: Mix = { spam: 0.03, outgoing: 0.06, chats: 0.22, calls: 0.2, ratings: 1 }

/** What a plan of a conversation starts from. */
export interface Frame {
  at: number
  customer: PlannedCustomer
  isNewCustomer: boolean
  until: number
  isShort: boolean
  random: Random
  staff: Staff
  floor: Floor
  mix: Mix
}

/** Tomorrow's messages do not exist yet: what would happen after the end has not happened. */
export const untilEnd = ({ until }: Frame, steps: TicketStep[]): TicketStep[] => {
  const end = steps.findIndex(({ at }) => at > until)
  return end < 0 ? steps : steps.slice(0, end)
}

export const nameOf = ({ team }: Staff, agent: number): string => `${team[agent]?.firstname} ${team[agent]?.lastname}`

/** Between two minutes and three days; most within hours. */
export const later = (random: Random, at: number): number => at + Math.round(2 * MINUTE + random.next() ** 4 * 3 * DAY)

/** Most within minutes or hours; what comes while the agent is away waits, and what has waited is answered bit by bit. */
export function answerTime({ random, staff }: Frame, agent: number, at: number): number {
  const time = at + Math.round(4 * MINUTE + random.next() ** 3 * 9 * HOUR)
  const there = staff.nextAtWork(agent, time)
  return there === time ? time : staff.nextAtWork(agent, there + random.int(2 * HOUR))
}

const wordOf = (name: string, random: Random): string => {
  const list = words[name]
  return list ? random.pick(list) : ''
}

/** What all texts of one conversation agree on. */
export function factsFor({ at, customer, random, staff }: Frame, agent: number): Record<string, string> {
  const company = companies[customer.company ?? random.int(companies.length)]
  return {
    first: customer.firstname,
    agent: nameOf(staff, agent),
    agentFirst: staff.team[agent]?.firstname ?? '',
    company: company?.name ?? '',
    product: wordOf('product', random),
    carrier: wordOf('carrier', random),
    city: wordOf('city', random),
    error: wordOf('error', random),
    bank: wordOf('bank', random),
    voucher: wordOf('voucher', random),
    order: `BF-${10_000 + random.int(90_000)}`,
    invoice: `R${2_000 + random.int(8_000)}`,
    amount: `€${20 + random.int(900)}.${random.pick(['00', '50', '90', '95'])}`,
    date: dayText(at + (random.int(20) - 8) * DAY),
    days: String(2 + random.int(8)),
    months: String(2 + random.int(40)),
    people: String(8 + random.int(120)),
    cups: String(3 + random.int(8)),
  }
}

const MONTH_NAMES = 'January February March April May June July August September October November December'.split(' ')

const dayText = (at: number): string => {
  const date = new Date(at)
  return `${date.getUTCDate()} ${MONTH_NAMES[date.getUTCMonth()]}`
}
