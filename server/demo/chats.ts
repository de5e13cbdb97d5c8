// What happens in a chat: somebody takes it or nobody does, both type, it may be handed on, and it ends.
import { type Asked, askAround } from './asking.ts'
import { answerTime, type Frame, factsFor, later, nameOf, untilEnd } from './frame.ts'
import { say } from './grammar.ts'
import type { LiveStep, PlannedConversation, TicketStep } from './plan.ts'
import { HANDED_ON, pages, SORRY, type Talk, talks } from './small-talk.ts'
import { LATER_ANSWERS, THANKS } from './topics.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
/** What lies about for so long is closed: it has gone out of date. */
const WEEK = 7 * 24 * 60 * MINUTE

/** Undefined: nobody is online for chats, or it would not have ended yet. */
export function planChat(frame: Frame): PlannedConversation | undefined {
  const { random, floor, at, customer, isNewCustomer, until } = frame
  const talk = random.pick(talks)
  const { department } = talk
  if (!floor.isStaffed(department, 'chats', at)) return undefined
  const facts = factsFor(frame, 0)
  const text = say(talk.opening, facts, random)
  const asked = askAround({ floor, random, service: 'chats', department, at, without: [] })
  const played = asked.taken ? playTalk(frame, talk, asked, facts) : leave(department, asked)
  const isInvited = random.chance(0.15)
  const end = played.steps.at(-1)?.at ?? at
  if (end > until) return undefined
  return {
    at,
    customer,
    isNewCustomer,
    by: 'customer',
    department,
    channel: isInvited ? 'I' : 'B',
    subject: text.replace(/\s+/g, ' ').trim().slice(0, 100),
    text,
    live: { kind: 'chat', page: random.pick(pages), isInvited, first: asked.first, steps: played.steps },
    steps: untilEnd(frame, afterwards(frame, played, end, facts)),
  }
}

interface PlayedTalk {
  steps: LiveStep[]
  /** Who had it last. */
  agent: number | undefined
  department: number
  /** The visitor's last words were thanks, or an agent's. */
  isSettled: boolean
}

const leave = (department: number, { steps, leftAt }: Asked): PlayedTalk => ({
  steps: [...steps, { kind: 'end', at: leftAt, by: 'customer' }],
  agent: undefined,
  department,
  isSettled: false,
})

function playTalk(frame: Frame, talk: Talk, asked: Asked, facts: Record<string, string>): PlayedTalk {
  const { random, floor, staff, isShort } = frame
  const steps: LiveStep[] = [...asked.steps]
  let { agent, at } = asked.taken ?? { agent: 0, at: frame.at }
  let department = talk.department
  steps.push({ kind: 'take', at, agent })
  const introduce = (): void => {
    facts.agent = nameOf(staff, agent)
    facts.agentFirst = staff.team[agent]?.firstname ?? ''
  }
  introduce()
  const lines = isShort ? talk.lines.slice(0, 4) : talk.lines
  const handOnBefore = random.chance(0.08) ? 2 : -1
  for (const [place, line] of lines.entries()) {
    // Some leave in the middle.
    if (place > 1 && random.chance(0.02)) break
    if (place === handOnBefore) {
      const to = handOn(frame, department, agent, at)
      if (to) {
        steps.push(...to.steps)
        floor.occupy(agent, 'chats', to.at)
        ;({ agent, department, at } = to)
        introduce()
        at += (5 + random.int(20)) * SECOND
        steps.push({ kind: 'say', at, by: agent, text: say(HANDED_ON, facts, random) })
      }
    }
    const isAgent = place % 2 === 0
    at += (isAgent ? 8 + random.int(50) : 10 + random.int(60)) * SECOND
    steps.push({ kind: 'say', at, by: isAgent ? agent : 'customer', text: say(line, facts, random) })
  }
  at += (5 + random.int(60)) * SECOND
  const last = steps.findLast(({ kind }) => kind === 'say')
  const isSettled = last?.kind === 'say' && last.by !== 'customer'
  steps.push({ kind: 'end', at, by: random.chance(0.6) ? 'customer' : agent })
  floor.occupy(agent, 'chats', at)
  return { steps, agent, department, isSettled }
}

/** To a colleague of the same department, or to another department where somebody is free. */
function handOn({ random, floor, staff }: Frame, department: number, by: number, since: number) {
  const at = since + (10 + random.int(30)) * SECOND
  const takenAt = at + (3 + random.int(15)) * SECOND
  const other = (department + 1 + random.int(3)) % 4
  if (random.chance(0.5)) {
    const colleague = floor.free(department, 'chats', at).find((agent) => agent !== by)
    if (colleague === undefined) return undefined
    floor.ask(department, 'chats', colleague, at)
    const steps: LiveStep[] = [
      { kind: 'hand-on', at, by, agent: colleague, department: null, next: null },
      { kind: 'take', at: takenAt, agent: colleague },
    ]
    return { steps, agent: colleague, department, at: takenAt }
  }
  const next = floor.free(other, 'chats', at).find((agent) => agent !== by)
  if (next === undefined || staff.agentsFor(other, 'T').length === 0) return undefined
  floor.ask(other, 'chats', next, at)
  const steps: LiveStep[] = [
    { kind: 'hand-on', at, by, agent: null, department: other, next },
    { kind: 'take', at: takenAt, agent: next },
  ]
  return { steps, agent: next, department: other, at: takenAt }
}

/** A chat that was answered is settled, or goes on by mail; one that was not is answered by mail. */
function afterwards(frame: Frame, talk: PlayedTalk, end: number, facts: Record<string, string>): TicketStep[] {
  const { random, staff } = frame
  const { agent } = talk
  if (agent === undefined) return afterMissed(frame, end, talk.department, facts)
  const steps: TicketStep[] = []
  let time = end
  if (random.chance(0.08)) {
    time = later(random, time)
    steps.push({ kind: 'message', at: time, by: 'customer', text: say(random.pick(THANKS), facts, random) })
    if (random.chance(0.5)) {
      time = answerTime(frame, agent, time)
      steps.push({ kind: 'message', at: time, by: agent, text: say(random.pick(LATER_ANSWERS), facts, random) })
    }
  }
  const isWaiting = (steps.at(-1)?.by ?? (talk.isSettled ? agent : 'customer')) === 'customer'
  const isForgotten = isWaiting && random.chance(0.15)
  if (isWaiting || random.chance(0.9))
    steps.push({
      kind: 'status',
      at: staff.nextAtWork(agent, time + (isForgotten ? WEEK : 0) + (1 + random.int(10)) * MINUTE),
      by: agent,
      status: 'R',
    })
  return steps
}

/** Whoever could not be helped at once is written to. */
export function afterMissed(
  frame: Frame,
  end: number,
  department: number,
  facts: Record<string, string>,
): TicketStep[] {
  const { random, staff } = frame
  const agent = staff.agentOf(department, end, random)
  if (random.chance(0.08)) return [{ kind: 'status', at: staff.nextAtWork(agent, end + WEEK), by: agent, status: 'R' }]
  facts.agent = nameOf(staff, agent)
  facts.agentFirst = staff.team[agent]?.firstname ?? ''
  const at = answerTime(frame, agent, end)
  const text = say(SORRY, facts, random)
  return [
    { kind: 'transfer', at, by: agent, agent, department: null, note: null },
    { kind: 'message', at: at + 2 * MINUTE, by: agent, text },
    ...(random.chance(0.8) ? [{ kind: 'status' as const, at: at + 3 * MINUTE, by: agent, status: 'R' as const }] : []),
  ]
}
