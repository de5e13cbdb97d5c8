// Whose address a customer's is decides who he is: a link to a new password is sent to it.
import type { Tx } from '../../db/write.ts'
import { emailKey } from '../../lib/email.ts'
import { NotAllowed } from '../../lib/errors.ts'
import { type Actor, visibleDepartments } from '../actor.ts'
import type { Customer } from './customers.ts'

/**
 * An agent could give a customer an address of his own, ask for a password, and read as the customer what he may not see
 * as an agent. So he may change the address only of those whose conversations he sees all.
 */
export async function assertMayChangeAddress(
  tx: Tx,
  actor: Actor,
  before: Customer,
  email: string | null | undefined,
): Promise<void> {
  const visible = visibleDepartments(actor)
  if (!visible || email === undefined || (email === null ? null : emailKey(email)) === before.email_key) return
  const theirs = tx.selectFrom('conversations').select('id').where('customer_id', '=', before.id).limit(1)
  const hidden = await (visible.length === 0
    ? theirs
    : theirs.where('department_id', 'not in', visible)
  ).executeTakeFirst()
  if (hidden)
    throw new NotAllowed(
      'This customer has conversations in departments that are not yours: only administrators may change the e-mail.',
    )
}
