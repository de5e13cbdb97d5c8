// How many mails one sender may write before machines fall silent, and before his mail is held back. Whatever else fails
// to break a loop between two desks, this does.
import { sql } from 'kysely'
import { prepared } from '../../../db/prepared.ts'
import type { Reader } from '../../../db/write.ts'
import type { Settings } from '../../settings/settings.ts'

const HOUR_MS = 3_600_000

/** `spent`: kept and shown, answered by no machine. `flooded`: held back. */
export type Budget = 'free' | 'spent' | 'flooded'

/** The first look stops early: nearly everybody writes less than the budget, and a flood must not make each look longer. */
async function judge(countUpTo: (limit: number) => Promise<number>, budget: number, hold: number): Promise<Budget> {
  const first = Math.min(budget, hold)
  if ((await countUpTo(first)) < first) return 'free'
  return (await countUpTo(hold)) < hold ? 'spent' : 'flooded'
}

const countOf = prepared((db, sender: string, from: number, to: number, limit: number) =>
  db
    .selectFrom(
      db
        .selectFrom('raw_mails')
        .select('seq')
        .where('sender_key', '=', sender)
        .where('received_at', '>', from)
        .where('received_at', '<=', to)
        .limit(limit)
        .as('page'),
    )
    .select(sql<number>`count(*)`.as('count')),
)

/** By the time at which the mails were received: a mailbox with ten years of history floods nobody. */
export async function senderBudget(
  db: Reader,
  sender: string,
  receivedAt: number,
  settings: Pick<Settings, 'mail_sender_budget' | 'mail_hold_after'>,
): Promise<Budget> {
  const countUpTo = async (limit: number): Promise<number> =>
    Number((await countOf(db, sender, receivedAt - HOUR_MS, receivedAt, limit))[0]?.count ?? 0)
  return judge(countUpTo, settings.mail_sender_budget, settings.mail_hold_after)
}

const countIn = prepared((db, conversation: string, sender: string, from: number, limit: number) =>
  db
    .selectFrom(
      db
        .selectFrom('raw_mails')
        .select('seq')
        .where('conversation_id', '=', conversation)
        .where('received_at', '>', from)
        .where('sender_key', '=', sender)
        .limit(limit)
        .as('page'),
    )
    .select(sql<number>`count(*)`.as('count')),
)

/** The budget of one sender in one conversation. */
export async function conversationBudget(
  db: Reader,
  conversationId: string,
  sender: string,
  receivedAt: number,
  settings: Pick<Settings, 'mail_conversation_budget' | 'mail_hold_after'>,
): Promise<Budget> {
  const countUpTo = async (limit: number): Promise<number> =>
    Number((await countIn(db, conversationId, sender, receivedAt - HOUR_MS, limit))[0]?.count ?? 0)
  return judge(countUpTo, settings.mail_conversation_budget, Math.max(1, Math.floor(settings.mail_hold_after / 5)))
}
