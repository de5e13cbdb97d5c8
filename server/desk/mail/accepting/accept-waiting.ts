// Turns raw mails that wait into messages.
import type { MailDesk } from '../mail-desk.ts'

/** Accepts raw mails until none waits. */
export async function acceptWaiting(_desk: MailDesk): Promise<void> {}
