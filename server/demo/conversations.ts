// What happens in a conversation, from the first message to the last change of status.
import { type Facts, say } from './grammar.ts'
import { agents, companies, departments, tags, words } from './people.ts'
import type { PlannedConversation, PlannedCustomer, Step } from './plan.ts'
import type { Random } from './random.ts'
import {
  LATER_ANSWERS,
  outgoing,
  type Phrases,
  spamBodies,
  spamSubjects,
  THANKS,
  type Topic,
  topics,
} from './topics.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** What a plan of a conversation starts from. */
export interface Frame {
  at: number
  customer: PlannedCustomer
  isNewCustomer: boolean
  until: number
  isShort: boolean
  random: Random
}

/** What becomes of one conversation. */
export function planConversation(frame: Frame): PlannedConversation {
  const { random } = frame
  const kind = random.next()
  if (kind < 0.03) return planSpam(frame)
  if (kind < 0.08) return planOutgoing(frame)
  return planRequest(frame)
}

/** Tomorrow's messages do not exist yet: what would happen after the end has not happened. */
const untilEnd = ({ until }: Frame, steps: Step[]): Step[] => {
  const end = steps.findIndex(({ at }) => at > until)
  return end < 0 ? steps : steps.slice(0, end)
}

function planSpam(frame: Frame): PlannedConversation {
  const { random, at, customer, isNewCustomer } = frame
  const facts = factsFor(frame, 0)
  const by = random.int(agents.length)
  return {
    at,
    customer,
    isNewCustomer,
    by: 'customer',
    department: random.int(departments.length),
    channel: 'E',
    subject: say(random.pick(spamSubjects), facts, random),
    text: say(random.pick(spamBodies), facts, random),
    steps: untilEnd(frame, [{ kind: 'status', at: later(random, at), by, status: random.chance(0.8) ? 'B' : 'X' }]),
  }
}

function planOutgoing(frame: Frame): PlannedConversation {
  const { random, at, customer, isNewCustomer } = frame
  const department = random.int(departments.length)
  const agent = agentOf(department, random)
  const facts = factsFor(frame, agent)
  const steps: Step[] = []
  let time = at
  if (random.chance(0.6)) {
    time = later(random, time)
    steps.push({ kind: 'message', at: time, by: 'customer', text: say(random.pick(outgoing.followUps), facts, random) })
    time = answerTime(random, time)
    steps.push({ kind: 'transfer', at: time - MINUTE, by: agent, agent, department: null, note: null })
    steps.push({ kind: 'status', at: time, by: agent, status: 'R' })
  }
  return {
    at,
    customer,
    isNewCustomer,
    by: agent,
    department,
    channel: 'E',
    subject: say(random.pick(outgoing.subjects), facts, random),
    text: say(random.pick(outgoing.bodies), facts, random),
    steps: untilEnd(frame, steps),
  }
}

/** A customer asks, an agent takes it, answers, asks back, and resolves it; some go round twice, some wait for ever. */
function planRequest(frame: Frame): PlannedConversation {
  const { random, at, customer, isNewCustomer, isShort } = frame
  const topic = pickTopic(random)
  let department = random.chance(0.08) ? random.int(departments.length) : topic.department
  let agent = agentOf(department, random)
  const facts = factsFor(frame, agent)
  const scenario = random.int(topic.openings.length)
  const text = (list: Phrases, number = random.int(list.length)): string =>
    say(list[number] ?? random.pick(list), facts, random)
  const conversation: PlannedConversation = {
    at,
    customer,
    isNewCustomer,
    by: 'customer',
    department,
    channel: random.chance(0.8) ? 'E' : 'M',
    subject: text(topic.subjects, scenario),
    text: text(topic.openings, scenario),
    steps: [],
  }
  const steps: Step[] = []
  let time = answerTime(random, at)
  if (department !== topic.department) {
    // It came in at the wrong door.
    const finder = agent
    department = topic.department
    agent = agentOf(department, random)
    facts.agent = nameOf(agent)
    facts.agentFirst = agents[agent]?.firstname ?? ''
    const note = random.chance(0.5) ? `This is for ${departments[department]?.name}.` : null
    steps.push({ kind: 'transfer', at: time, by: finder, agent: random.chance(0.5) ? agent : null, department, note })
    time = answerTime(random, time)
  }
  if (random.chance(isShort ? 0.2 : 0.75))
    steps.push({ kind: 'transfer', at: time, by: agent, agent, department: null, note: null })
  if (random.chance(isShort ? 0.1 : 0.5))
    for (const tag of tagsFor(topic, random)) {
      time += MINUTE
      steps.push({ kind: 'tag', at: time, by: agent, tag })
    }
  if (random.chance(isShort ? 0.05 : 0.2)) {
    time += 2 * MINUTE
    steps.push({ kind: 'note', at: time, by: agent, text: text(topic.notes) })
  }
  for (let round = 0; ; round++) {
    time += (3 + random.int(20)) * MINUTE
    steps.push({
      kind: 'message',
      at: time,
      by: agent,
      text: round === 0 ? text(topic.answers, scenario) : text(LATER_ANSWERS),
    })
    if (round >= (isShort ? 1 : 4) || !random.chance(isShort ? 0.12 : 0.5)) break
    time = later(random, time)
    steps.push({
      kind: 'message',
      at: time,
      by: 'customer',
      text: round === 0 ? text(topic.followUps, scenario) : text(topic.followUps),
    })
    time = answerTime(random, time)
  }
  steps.push(...endingOf(frame, topic, agent, time, facts))
  conversation.steps = untilEnd(frame, steps)
  return conversation
}

function endingOf({ random, isShort }: Frame, topic: Topic, agent: number, time: number, facts: Facts): Step[] {
  const end = random.next()
  const at = time + (1 + random.int(30)) * MINUTE
  if (end < 0.04) return [{ kind: 'status', at, by: agent, status: 'W' }]
  if (end < (isShort ? 0.5 : 0.18)) return []
  const steps: Step[] = []
  let last = at
  if (!isShort && random.chance(0.4)) {
    last = later(random, time)
    steps.push({ kind: 'message', at: last, by: 'customer', text: say(random.pick(THANKS), facts, random) })
    last = answerTime(random, last)
  } else if (!isShort && random.chance(0.3)) {
    last = answerTime(random, last)
    steps.push({ kind: 'message', at: last, by: agent, text: say(random.pick(topic.closings), facts, random) })
  }
  steps.push({ kind: 'status', at: last + MINUTE, by: agent, status: 'R' })
  if (random.chance(0.05)) steps.push({ kind: 'status', at: last + 30 * DAY, by: agent, status: 'L' })
  return steps
}

const TOTAL_WEIGHT = topics.reduce((sum, { weight }) => sum + weight, 0)

function pickTopic(random: Random): Topic {
  let left = random.next() * TOTAL_WEIGHT
  for (const topic of topics) {
    left -= topic.weight
    if (left < 0) return topic
  }
  return topics[0]
}

const TAG_NUMBERS = new Map<string, number>(tags.map(({ name }, number) => [name, number]))

function tagsFor(topic: Topic, random: Random): number[] {
  const numbers = topic.tags.map((name) => TAG_NUMBERS.get(name) ?? 0)
  const some = numbers.length > 1 && random.chance(0.5) ? numbers.slice(0, 1) : numbers
  return random.chance(0.08) ? [...some, TAG_NUMBERS.get('urgent') ?? 0] : some
}

const AGENTS_OF: readonly (readonly number[])[] = departments.map((_, department) =>
  agents.flatMap((agent, number) => (agent.departments.some((other) => other === department) ? [number] : [])),
)

const agentOf = (department: number, random: Random): number => {
  const candidates = AGENTS_OF[department] ?? []
  return candidates[random.int(candidates.length)] ?? 0
}

const nameOf = (agent: number): string => `${agents[agent]?.firstname} ${agents[agent]?.lastname}`

/** Between two minutes and three days; most within hours. */
const later = (random: Random, at: number): number => at + Math.round(2 * MINUTE + random.next() ** 4 * 3 * DAY)

/** Agents answer from seven to nineteen; what comes at night waits for the morning. */
function answerTime(random: Random, at: number): number {
  const time = at + Math.round(4 * MINUTE + random.next() ** 3 * 9 * HOUR)
  const hour = Math.floor((time % DAY) / HOUR)
  if (hour >= 7 && hour < 19) return time
  const morning = time - (time % DAY) + (hour < 7 ? 0 : DAY) + 7 * HOUR
  return morning + random.int(3 * HOUR)
}

const wordOf = (name: string, random: Random): string => {
  const list = words[name]
  return list ? random.pick(list) : ''
}

/** What all texts of one conversation agree on. */
function factsFor({ at, customer, random }: Frame, agent: number): Record<string, string> {
  const company = companies[customer.company ?? random.int(companies.length)]
  return {
    first: customer.firstname,
    agent: nameOf(agent),
    agentFirst: agents[agent]?.firstname ?? '',
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
