// Mailboxes as people name them on the command line.
import type { Reader } from '../db/write.ts'
import { systemActor } from '../desk/actor.ts'
import { listMailboxes } from '../desk/mailboxes/mailboxes.ts'
import { emailKey } from '../lib/email.ts'
import { NotFound } from '../lib/errors.ts'

/** The id of a mailbox given by id, address or name. */
export async function findMailboxId(db: Reader, text: string): Promise<string> {
  const mailboxes = await listMailboxes(db, systemActor)
  const key = emailKey(text)
  const found =
    mailboxes.find(({ id }) => id === text) ??
    mailboxes.find(({ address_key }) => address_key === key) ??
    mailboxes.find(({ name }) => name.trim().toLowerCase() === key)
  if (!found)
    throw new NotFound(
      mailboxes.length === 0
        ? `There is no mailbox '${text}': there is none at all yet.`
        : `There is no mailbox '${text}'. There are: ${mailboxes.map(({ address }) => address).join(', ')}.`,
    )
  return found.id
}
