// Holds back mail of a sender who writes far more than anybody reads, and says so once.
import type { Tx } from '../../../db/write.ts'
import { recordEvent } from '../../../events/record.ts'
import { systemActor } from '../../actor.ts'
import { getConversationForMessage } from '../../conversations/merged.ts'
import { postMessage } from '../../conversations/messages.ts'
import type { Settings } from '../../settings/settings.ts'
import { type Budget, conversationBudget, senderBudget } from './budget.ts'
import { noteDraft } from './machines.ts'
import { noteOutcome, type Outcome, senderKeyOf } from './outcome.ts'
import type { ReadyMail } from './ready.ts'

/** Imported mails are history, and what somebody has let in is let in. */
const isExempt = ({ raw }: ReadyMail): boolean => raw.source === 'import' || raw.verdict === 'held'

export async function isFlood(
  tx: Tx,
  settings: Settings,
  mail: ReadyMail,
  conversationId: string | undefined,
): Promise<{ isFlood: boolean; budget: Budget }> {
  const sender = senderKeyOf(mail.read.from?.address)
  if (sender === null || isExempt(mail)) return { isFlood: false, budget: 'free' }
  const { received_at: at } = mail.raw
  const budgets = [await senderBudget(tx, sender, at, settings)]
  if (conversationId !== undefined) budgets.push(await conversationBudget(tx, conversationId, sender, at, settings))
  if (budgets.includes('flooded')) return { isFlood: true, budget: 'flooded' }
  return { isFlood: false, budget: budgets.includes('spent') ? 'spent' : 'free' }
}

export async function hold(tx: Tx, { raw, read }: ReadyMail, conversationId: string | undefined): Promise<Outcome> {
  const sender = read.from?.address ?? ''
  const reason = `Held back: far too many mails from ${sender} within an hour.`
  if (!(await isHoldingAlready(tx, senderKeyOf(read.from?.address), raw.received_at))) {
    recordEvent(tx, { type: 'mail.held', conversationId, data: { rawmailid: raw.seq, sender } })
    if (conversationId !== undefined) {
      const conversation = await getConversationForMessage(tx, systemActor, conversationId)
      const note = `Far too many mails come from ${sender}. Further ones are held back until somebody lets them in.`
      await postMessage(tx, conversation, noteDraft(note, raw.received_at))
    }
  }
  return noteOutcome(tx, raw.seq, read, { verdict: 'held', reason })
}

/** Whether it was said already, within the hour. */
async function isHoldingAlready(tx: Tx, sender: string | null, at: number): Promise<boolean> {
  const row = await tx
    .selectFrom('raw_mails')
    .select('seq')
    .where('sender_key', '=', sender)
    .where('received_at', '>', at - 3_600_000)
    .where('state', '=', 'held')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
