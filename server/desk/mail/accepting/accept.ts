// Turns one mail that was read into a message: the one write in which everything happens that follows from it.
import { lockTextsUntilCommit } from '../../../db/differences.ts'
import { prepared } from '../../../db/prepared.ts'
import type { Tx } from '../../../db/write.ts'
import { recordEvent } from '../../../events/record.ts'
import { emailKey } from '../../../lib/email.ts'
import { listDepartmentsOf } from '../../agents/agents.ts'
import { bareMessageId } from '../../conversations/thread-ids.ts'
import { type Customer, findCustomer } from '../../customers/customers.ts'
import { isCheckToken, signedConversation } from '../../outbox/message-id.ts'
import type { ReadMail } from '../reading/mail.ts'
import { CHECK_HEADER } from '../round-trip/probe.ts'
import type { Around } from './around.ts'
import { hold, isFlood } from './hold.ts'
import { type Leads, leadsOf } from './leads.ts'
import { lookUp, type Sender } from './look-up.ts'
import { bookMachineMail } from './machines.ts'
import type { Placed } from './note-mail.ts'
import { noteOutcome, type Outcome } from './outcome.ts'
import { joinConversation, openFromMail } from './place.ts'
import type { ReadyMail } from './ready.ts'
import { type Writer, whoWrites } from './sender.ts'
import { type Thread, type ThreadQuestion, threadOf } from './thread.ts'
import { isUnreadBefore, stillUnread } from './unreadable.ts'

/** Two mails of one thread that are accepted at the same time would each find no trace of the other. */
const THREAD_LOCK = 7_305

/** Accepts a mail. Running it twice does nothing twice: the second time, the row says what became of it, and this throws. */
export async function acceptMail(tx: Tx, around: Around, mail: ReadyMail): Promise<Outcome> {
  const { raw, read, envelope } = mail
  const leads = leadsOf(read, envelope, around.secret)
  const ownId = read.messageId === undefined ? undefined : bareMessageId(read.messageId)
  if (isUnreadBefore(raw) && mail.unread !== undefined)
    return noteOutcome(tx, raw.seq, read, stillUnread(raw, mail.unread))
  const own = checkMail(read, around) ?? ownMail(ownId, around)
  if (own) return noteOutcome(tx, raw.seq, read, own)
  const booked = await bookMachineMail(tx, raw.seq, read, around.secret, raw.received_at)
  if (booked) return noteOutcome(tx, raw.seq, read, booked)
  await lockTextsUntilCommit(tx, THREAD_LOCK, [...(ownId === undefined ? [] : [ownId]), ...leads.answered])
  return acceptMessage(tx, around, mail, leads)
}

async function acceptMessage(tx: Tx, around: Around, mail: ReadyMail, leads: Leads): Promise<Outcome> {
  const { raw, read } = mail
  const writer = await whoWrites(tx, mail, leads, around)
  const customer = writer.from && (await findCustomer(tx, writer.from.address))
  const { thread, question } = await findThread(tx, mail, leads, writer, customer)
  const same = await duplicate(tx, mail, question)
  if (same) return noteOutcome(tx, raw.seq, read, same)
  if (read.kind === 'auto-reply' && thread.conversationId === undefined) {
    recordEvent(tx, { type: 'mail.accepted', data: { rawmailid: raw.seq, verdict: 'auto-reply' } })
    const reason = `An automatic reply to nothing that this desk sent. ${read.kindReason ?? ''}`.trim()
    return noteOutcome(tx, raw.seq, read, { verdict: 'auto-reply', reason })
  }
  const flood = await isFlood(tx, around.settings, mail, thread.conversationId)
  if (flood.isFlood) return hold(tx, mail, thread.conversationId)
  const placed: Placed = { mail, writer, customer, leads, known: question.known, budget: flood.budget }
  return thread.conversationId === undefined
    ? openFromMail(tx, around, placed, thread)
    : joinConversation(tx, around, placed, thread)
}

/** Only we can sign, so a mail under a Message-ID of ours is our own, whichever way it came back. */
function ownMail(ownId: string | undefined, around: Around): Outcome | undefined {
  const conversationId = ownId === undefined ? undefined : signedConversation(around.secret, ownId)
  if (conversationId === undefined) return undefined
  return { verdict: 'own', reason: 'A mail of this desk that came back: by a list, a blind copy or a forwarding.' }
}

/** Known by a header of its own: a check is there to find out what servers do to Message-IDs. */
function checkMail({ headers }: Pick<ReadMail, 'headers'>, { secret }: Around): Outcome | undefined {
  const isCheck = headers.some(([name, value]) => name === CHECK_HEADER && isCheckToken(secret, value))
  return isCheck ? { verdict: 'own', reason: 'Sent to itself by deskhand doctor, to try the servers.' } : undefined
}

const sameMail = prepared((tx: Tx, messageId: string, bodyHash: string, sender: string, seq: number) =>
  tx
    .selectFrom('raw_mails')
    .select(['seq', 'conversation_id', 'group_seq'])
    .where('message_id', '=', messageId)
    .where('body_hash', '=', bodyHash)
    .where('sender_key', '=', sender)
    .where('seq', '<>', seq)
    .where('group_seq', 'is not', null)
    .limit(1),
)

/** The same mail by another mailbox, or delivered twice with other trace headers. */
async function duplicate(
  tx: Tx,
  { raw, read }: ReadyMail,
  { ownId, known }: ThreadQuestion,
): Promise<Outcome | undefined> {
  const isKnown = known.some(({ messageId, origin }) => messageId === ownId && origin !== 'named')
  if (ownId === undefined || !isKnown || !read.from) return undefined
  const [same] = await sameMail(tx, ownId, read.bodyHash, emailKey(read.from.address), raw.seq)
  if (!same) return undefined
  return {
    verdict: 'duplicate',
    reason: `The same mail as raw mail ${same.seq}, which came before.`,
    detail: { rawmailid: same.seq },
    conversationId: same.conversation_id ?? undefined,
    groupSeq: same.group_seq ?? undefined,
  }
}

async function findThread(
  tx: Tx,
  { raw, read }: ReadyMail,
  leads: Leads,
  { from, agent, isForged }: Writer,
  customer: Customer | undefined,
): Promise<{ thread: Thread; question: ThreadQuestion }> {
  const sender: Sender = {
    key: from && emailKey(from.address),
    customer: agent ? undefined : customer,
    sees: agent && (await sightOf(tx, agent)),
    isForged,
  }
  const question = await lookUp(tx, read, leads, sender)
  // It was attached to a conversation when it could not be read; now that it can, that is where it belongs.
  const before = isUnreadBefore(raw) ? raw.conversation_id : null
  const reason = 'It could not be read when it came, and was read again.'
  const thread = before === null ? threadOf(question) : { conversationId: before, isGuest: false, reason }
  return { thread, question }
}

/** Owners and administrators see every department, agents their own. */
async function sightOf(tx: Tx, agent: { id: string; role: string }): Promise<(departmentId: string) => boolean> {
  if (agent.role !== 'A') return () => true
  const departments = new Set(await listDepartmentsOf(tx, agent.id))
  return (departmentId) => departments.has(departmentId)
}
