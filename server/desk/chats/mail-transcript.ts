// A visitor has what was said in his chat mailed to him. Nobody has verified his address, and strangers choose their words:
// an agent must have written to him, and it is done a few times only, so that nobody has us mail his words to others.
import { lockTextsUntilCommit } from '../../db/differences.ts'
import type { Reader, Tx } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { Conflict, Invalid, TooMany, Unavailable } from '../../lib/errors.ts'
import { domainOf, isPersonal, queuedSince } from '../mail/sending/system-mail.ts'
import type { transcriptSchema } from '../mail/sending/transcripts.ts'
import { findSender } from '../mailboxes/mailboxes.ts'
import { newMessageId } from '../outbox/message-id.ts'
import { queueMail } from '../outbox/outbox.ts'
import { type Held, holdOwn } from './chat.ts'
import { getVisitorForChange, type Visitor } from './visitors.ts'

const HOUR = 3_600_000
/** He may have mistyped his address the first time. */
export const A_CHAT = 2
/** One address gets so many a day, whoever asks for them. */
export const A_DAY = 5

const TRANSCRIPT_LOCKS = 7_307

/** Queues the mail, to the address that the visitor has given. Gives this address. */
export async function mailTranscript(
  tx: Tx,
  visitor: Pick<Visitor, 'id'>,
  id: string,
  secret: string,
  now = Date.now(),
): Promise<string> {
  const { email, language } = await getVisitorForChange(tx, visitor.id)
  const held = await holdOwn(tx, visitor, id)
  if (email === null) throw new Invalid('email', 'is not known: say it first, with PATCH /api/widget/visitor')
  assertMailable(held)
  if (!(await isPersonal(tx, email))) throw new Conflict('Nothing is mailed to this address.')
  await assertWithinBudget(tx, held, email, now)
  const mailbox = await findSender(tx, held.conversation.department_id)
  if (!mailbox) throw new Unavailable('This help desk cannot send mail.')
  const content: (typeof transcriptSchema)['_output'] = {
    group: held.chat.group_seq,
    upTo: await lastLine(tx, held),
    address: email,
    language,
  }
  await queueMail(tx, {
    kind: 'transcript',
    mailboxId: mailbox.id,
    conversationId: held.conversation.id,
    messageId: newMessageId(secret, held.conversation.id, domainOf(mailbox)),
    // Without the name: whoever gives a stranger's address would choose what the stranger is called.
    to: [{ name: '', address: email }],
    content,
  })
  return email
}

function assertMailable({ chat, conversation }: Held): void {
  if (chat.answered_at === null) throw new Conflict('Nobody has answered in this chat yet.')
  if (conversation.status === 'B' || conversation.status === 'X')
    throw new Conflict('This chat is not mailed any more.')
}

async function assertWithinBudget(tx: Tx, { conversation }: Held, email: string, now: number): Promise<void> {
  const { count } = await mailedQuery(tx, conversation.id).executeTakeFirstOrThrow()
  if (Number(count) >= A_CHAT) throw new Conflict(`A chat is mailed ${A_CHAT} times at most.`)
  // Chats of several visitors who give one address: without the lock, each would see no mail but its own.
  await lockTextsUntilCommit(tx, TRANSCRIPT_LOCKS, [emailKey(email)])
  const today = await queuedSince(tx, 'transcript', emailKey(email), now - 24 * HOUR)
  const oldest = today[A_DAY - 1]
  if (oldest !== undefined)
    throw new TooMany(
      `This address gets ${A_DAY} transcripts a day at most.`,
      Math.max(1, Math.ceil((oldest + 24 * HOUR - now) / 1_000)),
    )
}

/** The query behind how often a chat was mailed. */
export const mailedQuery = (db: Reader, conversationId: string) =>
  db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('conversation_id', '=', conversationId)
    .where('kind', '=', 'transcript')

async function lastLine(tx: Tx, { chat }: Held): Promise<number> {
  const { seq } = await lastLineQuery(tx, chat).executeTakeFirstOrThrow()
  return Number(seq ?? 0)
}

/** The query behind the last line of a chat. */
export const lastLineQuery = (db: Reader, chat: Pick<Held['chat'], 'conversation_id' | 'group_seq'>) =>
  db
    .selectFrom('messages')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .where('conversation_id', '=', chat.conversation_id)
    .where('group_seq', '=', chat.group_seq)
