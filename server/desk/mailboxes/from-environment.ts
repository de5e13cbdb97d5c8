// The mailbox of the simplest installation: named by the environment, made or brought up to date at each start.
import type { Database } from '../../db/open.ts'
import { emailKey } from '../../lib/email.ts'
import type { MailUrl } from '../../lib/mail-url.ts'
import { systemActor } from '../actor.ts'
import { draftMailbox, type MailboxPatch } from './draft.ts'
import { type Mailbox, secretsOf } from './mailbox.ts'
import { addMailbox, changeMailbox } from './mailboxes.ts'

export interface EnvironmentMailbox {
  address: string
  imap: MailUrl | undefined
  smtp: MailUrl | undefined
}

/** Adds the mailbox, or changes its servers to those of the environment. All else is the administrator's. */
export async function applyEnvironmentMailbox(
  { write }: Database,
  secret: string,
  given: EnvironmentMailbox,
): Promise<void> {
  const patch: MailboxPatch = {
    ...(given.imap && { incoming: serverOf(given.imap) }),
    ...(given.smtp && { outgoing: serverOf(given.smtp) }),
    secrets: {
      ...(given.imap && { incoming: { password: given.imap.password ?? null } }),
      ...(given.smtp && { outgoing: { password: given.smtp.password ?? null } }),
    },
  }
  await write(async (tx) => {
    const before = await tx
      .selectFrom('mailboxes')
      .selectAll()
      .where('address_key', '=', emailKey(given.address))
      .where('deleted_at', 'is', null)
      .executeTakeFirst()
    const drafted = draftMailbox(secret, before, {
      ...patch,
      ...(!before && { address: given.address, isDefault: true }),
    })
    if (!before) await addMailbox(tx, systemActor, drafted)
    else if (!isSame(secret, before, drafted.mailbox)) await changeMailbox(tx, systemActor, drafted)
  })
}

const serverOf = ({ host, port, security, user, password }: MailUrl) => ({
  host,
  port,
  security,
  user,
  auth: password === undefined ? ('none' as const) : ('password' as const),
})

// Sealed texts differ each time.
const isSame = (secret: string, a: Mailbox, b: Mailbox): boolean =>
  a.incoming === b.incoming &&
  a.outgoing === b.outgoing &&
  JSON.stringify(secretsOf(secret, a)) === JSON.stringify(secretsOf(secret, b))
