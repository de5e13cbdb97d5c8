// What a conversation that is split off takes from the messages that it begins with: whose it is, who gets the answers
// too, what it is called.
import { z } from 'zod'
import type { Tx } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import type { Conversation } from './conversation.ts'
import { copiesOf } from './copies.ts'
import type { Step } from './waits.ts'

/** Whoever wrote the first of them; where no customer did, the requester of the old conversation. */
export async function requesterOf(tx: Tx, from: Conversation, going: readonly Step[]) {
  const authors = await tx
    .selectFrom('message_groups')
    .innerJoin('customers', 'customers.user_id', 'message_groups.user_id')
    .select(['customers.id', 'customers.email'])
    .where('message_groups.conversation_id', '=', from.id)
    .where(
      'message_groups.seq',
      'in',
      going.map(({ seq }) => seq),
    )
    .where('customers.deleted_at', 'is', null)
    .orderBy('message_groups.created_at')
    .orderBy('message_groups.seq')
    .limit(1)
    .executeTakeFirst()
  if (authors) return authors
  return tx.selectFrom('customers').select(['id', 'email']).where('id', '=', from.customer_id).executeTakeFirstOrThrow()
}

const copiesSchema = z.array(z.object({ address: z.string() }))

const mailsOf = (tx: Tx, going: readonly Step[]) =>
  tx
    .selectFrom('mails')
    .select(['copies', 'recipients', 'subject', 'direction'])
    .where(
      'group_seq',
      'in',
      going.map(({ seq }) => seq),
    )
    .orderBy('dated_at')
    .orderBy('group_seq')
    .execute()

/** Of those who get the answers too: whom the mails among them name. Where none came by mail, all. */
export async function copiesFor(
  tx: Tx,
  from: Conversation,
  going: readonly Step[],
  requester: string | null,
): Promise<string[]> {
  const mails = await mailsOf(tx, going)
  const named = new Set(
    mails
      .flatMap(({ copies, recipients }) => [copies, recipients])
      .flatMap((column) => copiesSchema.parse(JSON.parse(column)))
      .map(({ address }) => emailKey(address)),
  )
  return copiesOf(from)
    .filter((email) => mails.length === 0 || named.has(emailKey(email)))
    .filter((email) => emailKey(email) !== emailKey(requester ?? ''))
}

/** What the first mail among them was called; undefined: none of them came by mail, or it was called nothing. */
export async function subjectOf(tx: Tx, going: readonly Step[]): Promise<string | undefined> {
  const [first] = (await mailsOf(tx, going)).filter(({ direction }) => direction === 'in')
  return first?.subject || undefined
}
