// What happens on the telephone: customers call and are answered or not, agents call customers and each other.
import { askAround } from './asking.ts'
import { emailOf } from './cast.ts'
import { afterMissed } from './chats.ts'
import { type Frame, factsFor, nameOf, untilEnd } from './frame.ts'
import { say } from './grammar.ts'
import { departments } from './people.ts'
import type { LiveStep, PlannedCall, PlannedConversation, PlannedCustomer, TicketStep } from './plan.ts'
import { topics } from './topics.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The number of the shop. */
const OUR_NUMBER = '+44 20 7946 0100'

/** Undefined: the customer has no telephone, nobody has time, or it would not have ended yet. */
export function planCall(frame: Frame): PlannedConversation | undefined {
  const kind = frame.random.next()
  const planned = kind < 0.75 ? planIncoming(frame) : kind < 0.9 ? planOutgoing(frame) : planInternal(frame)
  return (planned?.live?.steps.at(-1)?.at ?? Number.POSITIVE_INFINITY) > frame.until ? undefined : planned
}

function planIncoming(frame: Frame): PlannedConversation | undefined {
  const { random, floor, at, customer, isNewCustomer } = frame
  const [phone] = customer.phones
  if (phone === undefined) return undefined
  const department = random.int(departments.length)
  const isOnline = floor.isStaffed(department, 'calls', at)
  // Most look at the opening hours first.
  if (!isOnline && random.chance(0.8)) return undefined
  const text = `Call from ${customer.firstname} ${customer.lastname}, ${phone}`
  const facts = factsFor(frame, 0)
  const common = { at, customer, isNewCustomer, by: 'customer' as const, channel: 'C' as const, subject: text, text }
  const call = { kind: 'incoming' as const, caller: phone, callee: OUR_NUMBER, isOnline }
  if (!isOnline) {
    const end = at + (5 + random.int(40)) * SECOND
    const steps: LiveStep[] = [{ kind: 'end', at: end, by: 'customer' }]
    const after = untilEnd(frame, afterMissed(frame, end, department, facts))
    return { ...common, department, live: { ...call, first: null, steps }, steps: after }
  }
  const asked = askAround({ floor, random, service: 'calls', department, at, without: [] })
  const { first, taken } = asked
  if (!taken) {
    const steps: LiveStep[] = [...asked.steps, { kind: 'end', at: asked.leftAt, by: 'customer' }]
    const after = untilEnd(frame, afterMissed(frame, asked.leftAt, department, facts))
    return { ...common, department, live: { ...call, first, steps }, steps: after }
  }
  const talked = talk(frame, department, taken)
  return {
    ...common,
    department,
    live: { ...call, first, steps: [...asked.steps, ...talked.steps] },
    steps: untilEnd(frame, afterTalk(frame, talked, facts)),
  }
}

interface Talked {
  steps: LiveStep[]
  department: number
  agent: number
  end: number
}

/** From the answer to the end, with a colleague in between now and then. */
function talk(frame: Frame, department: number, { agent, at }: { agent: number; at: number }): Talked {
  const { random, floor } = frame
  const steps: LiveStep[] = [{ kind: 'take', at, agent }]
  const handedAt = at + (30 + random.int(150)) * SECOND
  const place = random.chance(0.5) ? department : (department + 1 + random.int(3)) % departments.length
  const next = random.chance(0.09) ? floor.free(place, 'calls', handedAt).find((other) => other !== agent) : undefined
  const end = handedAt + Math.round((10 + random.next() ** 2 * 600) * SECOND)
  const by = random.chance(0.5) ? ('customer' as const) : (next ?? agent)
  if (next === undefined) {
    floor.occupy(agent, 'calls', end)
    return { steps: [...steps, { kind: 'end', at: end, by }], department, agent, end }
  }
  floor.occupy(agent, 'calls', handedAt)
  floor.occupy(next, 'calls', end)
  floor.ask(place, 'calls', next, handedAt)
  const isColleague = place === department
  steps.push(
    {
      kind: 'hand-on',
      at: handedAt,
      by: agent,
      agent: isColleague ? next : null,
      department: isColleague ? null : place,
      next: isColleague ? null : next,
    },
    { kind: 'take', at: handedAt + (2 + random.int(7)) * SECOND, agent: next },
    { kind: 'end', at: end, by },
  )
  return { steps, department: place, agent: next, end }
}

/** Whoever has talked notes what it was about, and is done with it. */
function afterTalk(
  { random, staff }: Frame,
  { department, agent, end }: Talked,
  facts: Record<string, string>,
): TicketStep[] {
  const [first, ...others] = topics.filter((topic) => topic.department === department)
  const steps: TicketStep[] = []
  facts.agent = nameOf(staff, agent)
  facts.agentFirst = staff.team[agent]?.firstname ?? ''
  if (first && random.chance(0.4)) {
    const text = say(random.pick(random.pick([first, ...others]).notes), facts, random)
    steps.push({ kind: 'note', at: end + (20 + random.int(90)) * SECOND, by: agent, text })
  }
  if (random.chance(0.93))
    steps.push({ kind: 'status', at: end + (2 + random.int(4)) * MINUTE, by: agent, status: 'R' })
  return steps
}

function planOutgoing(frame: Frame): PlannedConversation | undefined {
  const { random, floor, at, customer, isNewCustomer, staff } = frame
  const [phone] = customer.phones
  const department = random.int(departments.length)
  const agent = floor.free(department, 'calls', at)[0]
  if (phone === undefined || agent === undefined) return undefined
  const text = `Call to ${phone}, ${customer.firstname} ${customer.lastname}`
  const answered = at + (4 + random.int(20)) * SECOND
  const isAnswered = random.chance(0.75)
  const end = answered + Math.round((10 + random.next() ** 2 * 500) * SECOND)
  floor.ask(department, 'calls', agent, at)
  floor.occupy(agent, 'calls', end)
  const steps: LiveStep[] = isAnswered
    ? [
        { kind: 'take', at: answered, agent },
        { kind: 'end', at: end, by: random.chance(0.5) ? 'customer' : agent },
      ]
    : [{ kind: 'end', at: answered, by: agent }]
  const live: PlannedCall = {
    kind: 'outgoing',
    caller: nameOf(staff, agent),
    callee: phone,
    isOnline: true,
    first: null,
    steps,
  }
  const after: TicketStep[] =
    isAnswered && random.chance(0.8) ? [{ kind: 'status', at: end + MINUTE, by: agent, status: 'R' }] : []
  const common = { at, customer, isNewCustomer, department, channel: 'C' as const }
  return { ...common, by: agent, subject: text, text, live, steps: untilEnd(frame, after) }
}

/** Between two who work in the same department. */
function planInternal(frame: Frame): PlannedConversation | undefined {
  const { random, floor, at, isNewCustomer, staff } = frame
  const start = random.int(departments.length)
  const places = departments.map((_, place) => (start + place) % departments.length)
  const department = places.find((place) => floor.free(place, 'calls', at).length > 1) ?? start
  const [agent, target] = floor.free(department, 'calls', at)
  // Who was to write for the first time does so another time.
  if (agent === undefined || target === undefined || isNewCustomer) return undefined
  const text = `Call from ${nameOf(staff, agent)} to ${nameOf(staff, target)}`
  const answered = at + (3 + random.int(12)) * SECOND
  const isAnswered = random.chance(0.85)
  const end = isAnswered ? answered + (20 + random.int(300)) * SECOND : answered + 4 * SECOND
  for (const one of [agent, target]) {
    floor.ask(department, 'calls', one, at)
    floor.occupy(one, 'calls', end)
  }
  const live: PlannedCall = {
    kind: 'internal',
    caller: nameOf(staff, agent),
    callee: nameOf(staff, target),
    isOnline: true,
    first: target,
    steps: [
      ...(isAnswered ? [{ kind: 'take' as const, at: answered, agent: target }] : []),
      { kind: 'end', at: end, by: agent },
    ],
  }
  return {
    at,
    customer: asCustomer(frame, agent),
    isNewCustomer: floor.isFirstOwnCall(agent),
    by: agent,
    department,
    channel: 'C',
    subject: text,
    text,
    live,
    steps: [],
  }
}

/** An agent who calls a colleague is the one who asks. Customers count from 0, agents downwards from −1. */
function asCustomer({ staff }: Frame, agent: number): PlannedCustomer {
  const { firstname, lastname } = staff.team[agent] ?? staff.team[0]
  return {
    number: -1 - agent,
    email: emailOf({ firstname, lastname }),
    firstname,
    lastname,
    gender: null,
    language: null,
    phones: [],
    company: null,
    groups: [],
  }
}
