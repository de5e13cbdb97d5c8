// Sends what is due in the outbox.
import type { MailDesk } from '../mail-desk.ts'

/** Sends every mail whose time has come. */
export async function sendDue(_desk: MailDesk): Promise<void> {}
