// The queue is looked at: whoever has rung out or gone is asked no longer, whoever is left alone comes back into the queue,
// and what waits is given out. Doing it twice changes nothing more.
import { type SqlBool, sql } from 'kysely'
import type { Reader, Tx } from '../../db/write.ts'
import { systemActor } from '../actor.ts'
import { OFFLINE } from '../presence/services.ts'
import { currentStatus } from '../presence/status.ts'
import { lockRouting, type Offer, openOffers, ringingAtNobody, rungOut } from '../routing/offers.ts'
import { askNext } from './ask.ts'
import { departmentOf, type Held, holdChat, isLiveChat, itemOf } from './chat.ts'
import { requeue } from './requeue.ts'
import { closeOffer } from './steps.ts'
import { addLines, systemLine } from './transcript.ts'

/** An agent who has gone and lets his visitor wait for so long loses the chat to the queue. */
export const AGENT_PATIENCE_MS = 120_000

/** Chats looked at in one transaction, which everybody else who gives out chats waits for. */
const PORTION = 100

/** Whether there is anything to look at: usually a desk has no chats at this moment. */
export async function hasLiveChats(db: Reader): Promise<boolean> {
  return (await db.selectFrom('chats').select('state').where(isLiveChat).limit(1).executeTakeFirst()) !== undefined
}

export async function routeChats(tx: Tx, now = Date.now()): Promise<void> {
  await lockRouting(tx)
  for (const offer of await rungOut(tx, 'chats', now)) await endRinging(tx, offer, now)
  for (const offer of (await ringingAtNobody(tx, 'chats', now)).slice(0, PORTION)) await endRinging(tx, offer, now)
  for (const { conversation_id } of await leftAlone(tx, now).execute()) {
    const held = await holdChat(tx, systemActor, conversation_id)
    if (await isLeft(tx, held, now)) await returnToQueue(tx, held, now)
  }
  for (const { department_id } of await waitingDepartments(tx).execute()) await giveOut(tx, department_id, now)
}

/** Somebody may have taken it, or the chat have ended, in the moment before it was held. */
async function endRinging(tx: Tx, { item_id, seq }: Offer, now: number): Promise<void> {
  const held = await holdChat(tx, systemActor, item_id)
  const offer = (await openOffers(tx, itemOf(held))).find((one) => one.seq === seq && one.accepted_at === null)
  if (offer) await closeOffer(tx, held, offer, 'rung-out', now)
}

/** Gives out what waits in a department, until nobody there has room. */
async function giveOut(tx: Tx, departmentId: string, now: number): Promise<void> {
  for (const { conversation_id } of await unasked(tx, departmentId).execute()) {
    const held = await holdChat(tx, systemActor, conversation_id)
    // Ended in the moment before it was held.
    if (held.chat.state !== 'queued') continue
    const isRoom = await askNext(tx, held, now)
    if (!isRoom) return
  }
}

/** The query behind the departments in which chats wait. */
export const waitingDepartments = (db: Reader) =>
  db
    .selectFrom('chats')
    .select(departmentOf.as('department_id'))
    .distinct()
    .where(isLiveChat)
    .where('state', '=', 'queued')
    .orderBy('department_id')

/** The query behind what waits in a department and rings nowhere, the longest wait first. */
export const unasked = (db: Reader, departmentId: string) =>
  db
    .selectFrom('chats')
    .select('conversation_id')
    .where(isLiveChat)
    .where('state', '=', 'queued')
    .where(departmentOf, '=', departmentId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('offers')
            .select('offers.seq')
            .where('offers.service', '=', 'chats')
            .whereRef('offers.item_id', '=', 'chats.conversation_id')
            .where('offers.ended_at', 'is', null),
        ),
      ),
    )
    .orderBy('started_at')
    .orderBy('conversation_id')
    .limit(PORTION)

/** The query behind running chats whose agent does not work there any more, or whose visitor waits for him for long. */
export const leftAlone = (db: Reader, now: number) =>
  db
    .selectFrom('chats')
    .innerJoin('conversations', 'conversations.id', 'chats.conversation_id')
    .innerJoin('agents', 'agents.id', 'chats.agent_id')
    .select('chats.conversation_id')
    .where(isLiveChat)
    .where('chats.state', '=', 'running')
    .where(({ or, eb, and, not, exists, selectFrom }) =>
      or([
        eb('agents.deleted_at', 'is not', null),
        eb('conversations.waiting_since', '<=', now - AGENT_PATIENCE_MS),
        and([
          eb('agents.role', '=', 'A'),
          not(
            exists(
              selectFrom('department_agents')
                .select(sql<SqlBool>`1`.as('works'))
                .whereRef('department_agents.agent_id', '=', 'chats.agent_id')
                .whereRef('department_agents.department_id', '=', 'conversations.department_id'),
            ),
          ),
        ]),
      ]),
    )
    .orderBy('chats.started_at')
    .limit(PORTION)

/** Somebody who is online, and works there, only takes his time. */
async function isLeft(tx: Tx, { chat, conversation }: Held, now: number): Promise<boolean> {
  if (chat.state !== 'running' || chat.agent_id === null) return false
  const agent = await tx
    .selectFrom('agents')
    .leftJoin('department_agents', (join) =>
      join
        .onRef('department_agents.agent_id', '=', 'agents.id')
        .on('department_agents.department_id', '=', conversation.department_id),
    )
    .select(['agents.role', 'agents.deleted_at', 'department_agents.department_id'])
    .where('agents.id', '=', chat.agent_id)
    .executeTakeFirst()
  if (!agent || agent.deleted_at !== null || (agent.role === 'A' && agent.department_id === null)) return true
  return (await currentStatus(tx, chat.agent_id, now)) === OFFLINE
}

/** The agent has gone. */
async function returnToQueue(tx: Tx, held: Held, now: number): Promise<void> {
  const after = await requeue(tx, held, now)
  await addLines(tx, after.chat, [systemLine('The agent has gone. The chat waits for another one.', now)])
}

/** Takes a portion of the chats of a deleted agent from him; true while there are more. */
export async function releaseChats(tx: Tx, agentId: string, now = Date.now()): Promise<boolean> {
  await lockRouting(tx)
  const offers = await tx
    .selectFrom('offers')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('service', '=', 'chats')
    .where('ended_at', 'is', null)
    .orderBy('seq')
    .limit(PORTION)
    .execute()
  for (const { item_id, seq } of offers) {
    const held = await holdChat(tx, systemActor, item_id)
    const offer = (await openOffers(tx, itemOf(held))).find((one) => one.seq === seq)
    if (!offer) continue
    if (offer.accepted_at !== null) await returnToQueue(tx, held, now)
    else await closeOffer(tx, held, offer, 'withdrawn', now)
  }
  for (const { item_id } of offers) {
    const held = await holdChat(tx, systemActor, item_id)
    if (held.chat.state === 'queued' && (await openOffers(tx, itemOf(held))).length === 0) await askNext(tx, held, now)
  }
  return offers.length === PORTION
}
