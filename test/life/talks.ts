// Steps of chats and calls.
import { systemActor } from '../../server/desk/actor.ts'
import { getAgent } from '../../server/desk/agents/agents.ts'
import { answerCall } from '../../server/desk/calls/answer.ts'
import type { Call } from '../../server/desk/calls/call.ts'
import { stopCall } from '../../server/desk/calls/end.ts'
import { startInternal, startOutgoing } from '../../server/desk/calls/make.ts'
import { declineCall, ringCall } from '../../server/desk/calls/ring.ts'
import { routeCalls } from '../../server/desk/calls/route.ts'
import { startIncoming } from '../../server/desk/calls/start.ts'
import { transferCall } from '../../server/desk/calls/transfer.ts'
import { acceptChat, declineChat, takeOverChat } from '../../server/desk/chats/accept.ts'
import { type Chat, holdForRouting } from '../../server/desk/chats/chat.ts'
import { endChat, endOwnChat } from '../../server/desk/chats/end.ts'
import { routeChats } from '../../server/desk/chats/route.ts'
import { holdForAgent, sayAsAgent, sayAsVisitor } from '../../server/desk/chats/say.ts'
import { startChat } from '../../server/desk/chats/start.ts'
import { transferChat } from '../../server/desk/chats/transfer.ts'
import { sweepChats } from '../../server/desk/chats/vanished.ts'
import { getVisitorForChange, seeVisitor } from '../../server/desk/chats/visitors.ts'
import { getDepartment } from '../../server/desk/departments/departments.ts'
import type { Done, Life } from './life.ts'
import { nth } from './nth.ts'
import type { Step } from './steps.ts'

const MESSAGE = { body: 'Hello', isHtml: false, text: 'Hello' }

const living = (life: Life) => life.agents.filter(({ isDeleted }) => !isDeleted)

/** One of the last that have not ended, as far as there are any. */
function latest<Row extends { state: string }>(all: ReadonlyMap<string, Row>, which: number): Row | undefined {
  const rows = [...all.values()]
  const open = rows.filter(({ state }) => state !== 'ended')
  const among = (open.length > 0 ? open : rows).slice(-4)
  return among.length === 0 ? undefined : nth(among, which)
}

const about = (id: string, more: Omit<Done, 'foretold'> = {}): Done => ({ foretold: new Map([[id, {}]]), ...more })

export async function chatStart(life: Life, step: Step): Promise<Done> {
  const visitor = nth(life.visitors, step.other)
  await life.write(async (tx) => {
    await seeVisitor(tx, visitor, undefined, life.now)
    const departmentId = nth(life.departments, step.department).id
    await startChat(tx, visitor, { departmentId, message: step.flag ? 'Question' : '', isInvited: step.flag }, life.now)
  })
  return { foretold: new Map([['new', { status: 'I', waiting_since: life.now }]]) }
}

const MISSED: Partial<Record<Step['action'], Done['missed']>> = {
  chatDecline: 'missed',
  chatLeave: 'missed',
  callDecline: 'missed',
  callStop: 'missed',
  callStopEarlier: 'missed',
}

export async function chat(life: Life, step: Step): Promise<Done> {
  const one = latest(life.seen.chats, step.which)
  if (!one) return {}
  const id = one.conversation_id
  const row = life.row(id)
  const rung = [...life.seen.offers.values()].find(
    ({ item_id, ended_at, accepted_at }) => item_id === id && ended_at === null && accepted_at === null,
  )
  // Mostly it is the one who is asked, or has it.
  const likely = step.number % 4 === 0 ? nth(living(life), step.agent).id : (rung?.agent_id ?? one.agent_id)
  const agentId = living(life).find((agent) => agent.id === likely)?.id ?? nth(living(life), step.agent).id
  const { now } = life
  if (step.action === 'chatAsk') {
    if (one.state === 'ended') return {}
    await life.write(async (tx) => {
      await seeVisitor(tx, one.visitor_id, undefined, now)
      await sayAsVisitor(tx, await getVisitorForChange(tx, one.visitor_id), id, MESSAGE, now)
    })
    return { foretold: new Map([[id, { status: row.status, waiting_since: row.waiting_since ?? now }]]) }
  }
  if (step.action === 'chatAnswer') {
    if (one.state === 'ended') return {}
    await life.write(async (tx) =>
      sayAsAgent(tx, await holdForAgent(tx, systemActor, id), await getAgent(tx, agentId), MESSAGE, now),
    )
    if (!life.happened.some(({ kind, conversation }) => kind === 'chat_answer' && conversation === id))
      life.note('chat_answered', row, agentId)
    life.note('chat_answer', row, agentId)
    life.answered(row, agentId, now)
    return { foretold: new Map([[id, { status: 'T', waiting_since: null }]]) }
  }
  await life.write(async (tx) => {
    const agent = await getAgent(tx, agentId)
    if (step.action === 'chatAccept') await acceptChat(tx, systemActor, id, agent, now)
    else if (step.action === 'chatDecline') await declineChat(tx, systemActor, id, agent, now)
    else if (step.action === 'chatTakeOver') await takeOverChat(tx, systemActor, id, agent, now)
    else if (step.action === 'chatLeave') await endOwnChat(tx, { id: one.visitor_id }, id, now)
    else {
      const held = await holdForRouting(tx, systemActor, id)
      if (step.action !== 'chatEnd') {
        const to =
          step.action === 'chatToAgent'
            ? { agent: await getAgent(tx, nth(living(life), step.other).id) }
            : { department: await getDepartment(tx, nth(life.departments, step.department).id) }
        await transferChat(tx, held, { ...to, userId: agentId }, now)
      } else if (held.chat.state !== 'ended') await endChat(tx, held, { by: 'agent', userId: agentId, at: now })
    }
  })
  await rememberTalk(life, one)
  return { foretold: new Map([[id, foretoldOf(life, one, step)]]), missed: MISSED[step.action] ?? 'no' }
}

/** A chat that ends is new, open or answered: nobody who waits is forgotten. */
function foretoldOf(life: Life, { conversation_id: id, state }: Chat, { action }: Step) {
  const row = life.row(id)
  const ends = (action === 'chatEnd' || action === 'chatLeave') && state !== 'ended'
  // Into a queue, he waits again.
  if (action === 'chatToDepartment') return { waiting_since: row.waiting_since ?? life.now }
  if (!ends) return { waiting_since: row.waiting_since }
  const wasAnswered = life.happened.some(
    ({ kind, conversation }) => kind.startsWith('chat_answer') && conversation === id,
  )
  const hasOther = row.groups_out > 0
  if (!wasAnswered && !hasOther) return { status: 'N', waiting_since: row.waiting_since ?? row.created_at }
  return { status: row.waiting_since === null ? 'A' : 'C', waiting_since: row.waiting_since }
}

/** What has ended can be rated, once. */
async function rememberTalk(life: Life, { conversation_id }: Chat): Promise<void> {
  const row = await life.desk.app.database.reader
    .selectFrom('chats')
    .selectAll()
    .where('conversation_id', '=', conversation_id)
    .executeTakeFirstOrThrow()
  remember(life, row)
}

function remember(life: Life, { state, agent_id, group_seq }: Pick<Chat, 'state' | 'agent_id' | 'group_seq'>): void {
  if (state !== 'ended' || agent_id === null) return
  if (!life.works.some(({ groupSeq }) => groupSeq === group_seq))
    life.works.push({ groupSeq: group_seq, agent: agent_id })
}

export async function sweep(life: Life): Promise<Done> {
  while (await life.write((tx) => sweepChats(tx, 0, life.now)));
  return { reach: 'wide', missed: 'missed' }
}

export async function route(life: Life): Promise<Done> {
  await life.write((tx) => routeChats(tx, life.now))
  while (await life.write((tx) => routeCalls(tx, life.now)));
  return { reach: 'wide', missed: 'expired' }
}

export async function callIn(life: Life, step: Step): Promise<Done> {
  const department = nth(life.departments, step.department).id
  await life.write((tx) =>
    startIncoming(tx, systemActor, {
      caller: `+1 555 030${step.which}`,
      department,
      channel: step.flag ? 'C' : 'W',
      now: life.now,
    }),
  )
  return { foretold: new Map([['new', { waiting_since: life.now, department_id: department }]]) }
}

export async function callOut(life: Life, step: Step): Promise<Done> {
  const agent = nth(living(life), step.agent).id
  const department = nth(life.departments, step.department).id
  await life.write((tx) =>
    startOutgoing(tx, systemActor, { callee: `+1 555 030${step.which}`, agent, department, now: life.now }),
  )
  return { by: agent, foretold: new Map([['new', { status: 'P', agent_id: agent, department_id: department }]]) }
}

/** From a ticket: to its customer, or to a colleague. */
export async function callFrom(life: Life, step: Step, id: string): Promise<Done> {
  const [agent, target] = [nth(living(life), step.agent).id, nth(living(life), step.other).id]
  const draft = { agent, conversation: id, now: life.now }
  await life.write((tx) =>
    step.flag
      ? startOutgoing(tx, systemActor, { ...draft, callee: '+1 555 0309' })
      : startInternal(tx, systemActor, { ...draft, target }),
  )
  const { waiting_since } = life.row(id)
  return { by: agent, foretold: new Map([[id, { ...(step.flag && { status: 'P' }), waiting_since }]]) }
}

export async function callInternal(life: Life, step: Step): Promise<Done> {
  const [agent, target] = [nth(living(life), step.agent).id, nth(living(life), step.other).id]
  await life.write((tx) => startInternal(tx, systemActor, { agent, target, now: life.now }))
  return { by: agent, foretold: new Map([['new', { status: 'I', agent_id: null, waiting_since: null }]]) }
}

export async function call(life: Life, step: Step): Promise<Done> {
  const one = latest(life.seen.calls, step.which)
  if (!one) return {}
  const { id } = one
  const { now } = life
  const rung = [...life.seen.offers.values()].find(
    ({ item_id, ended_at, accepted_at }) => item_id === id && ended_at === null && accepted_at === null,
  )
  const likely = step.number % 4 === 0 ? nth(living(life), step.agent).id : (rung?.agent_id ?? one.agent_id)
  const agent = living(life).find((who) => who.id === likely)?.id ?? nth(living(life), step.agent).id
  const other = nth(living(life), step.other).id
  await life.write(async (tx) => {
    if (step.action === 'callAnswer')
      await answerCall(tx, systemActor, id, { agent: one.direction === 'outgoing' ? undefined : agent, now })
    else if (step.action === 'callDecline') await declineCall(tx, systemActor, id, { agent, now })
    else if (step.action === 'callRing')
      await ringCall(tx, systemActor, id, { ...(step.flag && { agent: other }), now })
    else if (step.action === 'callToAgent') await transferCall(tx, systemActor, id, { agent: other, now })
    else if (step.action === 'callToDepartment')
      await transferCall(tx, systemActor, id, { department: nth(life.departments, step.department).id, now })
    else if (step.action === 'callAttended')
      await transferCall(tx, systemActor, id, { agent: other, isAttended: true, now })
    else if (step.action === 'callStop') await stopCall(tx, systemActor, id, { by: 'caller', now })
    else await stopCall(tx, systemActor, id, { by: 'caller', at: now - (step.number % 30) * 1_000, now })
  })
  await rememberCall(life, one)
  return about(life.row(one.conversation_id).id, { missed: MISSED[step.action] ?? 'no' })
}

async function rememberCall(life: Life, { id }: Pick<Call, 'id'>): Promise<void> {
  const row = await life.desk.app.database.reader
    .selectFrom('calls')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  if (row.direction !== 'internal' && row.answered_at !== null) remember(life, row)
}
