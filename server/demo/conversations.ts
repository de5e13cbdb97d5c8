// What happens in a conversation, from the first message to the last change of status.

import { planCall } from './calls.ts'
import { planChat } from './chats.ts'
import { answerTime, type Frame, factsFor, later, nameOf, untilEnd } from './frame.ts'
import { type Facts, say } from './grammar.ts'
import { departments, tags } from './people.ts'
import type { PlannedConversation, TicketStep as Step } from './plan.ts'
import type { Random } from './random.ts'
import { withRating } from './ratings.ts'
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
const DAY = 86_400_000

/** What becomes of one conversation. */
export const planConversation = (frame: Frame): PlannedConversation => withRating(frame, planUnrated(frame))

function planUnrated(frame: Frame): PlannedConversation {
  const { random, at, staff, mix } = frame
  let left = random.next()
  const is = (share: number): boolean => {
    left -= share
    return left < 0 && left >= -share
  }
  if (is(mix.spam)) return planSpam(frame)
  if (is(mix.outgoing)) {
    const department = random.int(departments.length)
    const agent = staff.agentOf(department, at, random)
    // At night, nobody writes to customers.
    if (staff.nextAtWork(agent, at) === at) return planOutgoing(frame, department, agent)
  }
  if (is(mix.chats)) return planChat(frame) ?? planRequest(frame)
  if (is(mix.calls)) return planCall(frame) ?? planRequest(frame)
  return planRequest(frame)
}

function planSpam(frame: Frame): PlannedConversation {
  const { random, at, customer, isNewCustomer, staff } = frame
  const facts = factsFor(frame, 0)
  const department = random.int(departments.length)
  const by = staff.agentOf(department, at, random)
  return {
    at,
    customer,
    isNewCustomer,
    by: 'customer',
    department,
    channel: 'E',
    subject: say(random.pick(spamSubjects), facts, random),
    text: say(random.pick(spamBodies), facts, random),
    steps: untilEnd(frame, [
      { kind: 'status', at: answerTime(frame, by, at), by, status: random.chance(0.8) ? 'B' : 'X' },
    ]),
  }
}

function planOutgoing(frame: Frame, department: number, agent: number): PlannedConversation {
  const { random, at, customer, isNewCustomer } = frame
  const facts = factsFor(frame, agent)
  // Who writes first keeps it, and waits for an answer.
  const steps: Step[] = [
    { kind: 'transfer', at, by: agent, agent, department: null, note: null },
    { kind: 'status', at, by: agent, status: 'A' },
  ]
  if (random.chance(0.6)) {
    const time = later(random, at)
    steps.push({ kind: 'message', at: time, by: 'customer', text: say(random.pick(outgoing.followUps), facts, random) })
    steps.push({ kind: 'status', at: answerTime(frame, agent, time) + MINUTE, by: agent, status: 'R' })
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
  const { random, at, customer, isNewCustomer, isShort, staff } = frame
  const topic = pickTopic(random)
  let department = random.chance(0.08) ? random.int(departments.length) : topic.department
  let agent = staff.agentOf(department, at, random)
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
  let time = answerTime(frame, agent, at)
  if (department !== topic.department) {
    // It came in at the wrong door.
    const finder = agent
    department = topic.department
    agent = staff.agentOf(department, time, random)
    facts.agent = nameOf(staff, agent)
    facts.agentFirst = staff.team[agent]?.firstname ?? ''
    const note = random.chance(0.5) ? `This is for ${departments[department]?.name}.` : null
    steps.push({ kind: 'transfer', at: time, by: finder, agent: random.chance(0.5) ? agent : null, department, note })
    time = answerTime(frame, agent, time)
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
    time = staff.nextAtWork(agent, time + (3 + random.int(20)) * MINUTE)
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
    time = answerTime(frame, agent, time)
  }
  steps.push(...endingOf(frame, topic, agent, time, facts))
  conversation.steps = untilEnd(frame, steps)
  return conversation
}

function endingOf(frame: Frame, topic: Topic, agent: number, time: number, facts: Facts): Step[] {
  const { random, isShort, staff } = frame
  const end = random.next()
  const at = staff.nextAtWork(agent, time + (1 + random.int(30)) * MINUTE)
  if (end < 0.04) return [{ kind: 'status', at, by: agent, status: 'W' }]
  if (end < (isShort ? 0.5 : 0.18)) return []
  const steps: Step[] = []
  let last = at
  if (!isShort && random.chance(0.4)) {
    last = later(random, time)
    steps.push({ kind: 'message', at: last, by: 'customer', text: say(random.pick(THANKS), facts, random) })
    last = answerTime(frame, agent, last)
  } else if (!isShort && random.chance(0.3)) {
    last = answerTime(frame, agent, last)
    steps.push({ kind: 'message', at: last, by: agent, text: say(random.pick(topic.closings), facts, random) })
  }
  steps.push({ kind: 'status', at: last + MINUTE, by: agent, status: 'R' })
  if (random.chance(0.05))
    steps.push({ kind: 'status', at: staff.nextAtWork(agent, last + 30 * DAY), by: agent, status: 'L' })
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
