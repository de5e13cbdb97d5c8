// Mails with a link to choose a password: registration of customers, forgotten passwords of customers and agents.
import { z } from 'zod'
import type { Reader, Tx } from '../../../db/write.ts'
import { emailKey } from '../../../lib/email.ts'
import { findAgent } from '../../agents/agents.ts'
import { findCustomer } from '../../customers/customers.ts'
import { type OutboxMail, queueMail } from '../../outbox/outbox.ts'
import { type LinkHolder, linkHolders } from '../link-holders.ts'
import type { MailDesk } from '../mail-desk.ts'
import { addLink, type LinkPurpose, lifetimes } from '../one-time-links.ts'
import { templateFor } from '../templates/choose.ts'
import { valuesOf } from '../templates/expand.ts'
import { customerValues, nameOf } from '../templates/people.ts'
import { type ComposedMail, renderMail } from '../templates/render.ts'
import { ALL } from '../templates/templates.ts'
import { readerValues } from '../templates/values.ts'
import { dateText, voiceFor } from '../templates/voice.ts'
import { plainMessageId, queuedSince, systemSender } from './system-mail.ts'

const HOUR = 3_600_000
/** Links that one person is sent: enough for somebody who cannot find the mail, too few to fill his mailbox with. */
const AN_HOUR = 3
const A_DAY = 8

/** Invites a customer to choose a password, if he is still to have one and there is a mailbox that can send. */
export async function inviteCustomer(desk: MailDesk, customerId: string): Promise<void> {
  await desk.database.write(async (tx) => {
    const customer = await findCustomer(tx, customerId)
    if (customer?.role === 'R' && customer.email !== null) await queueLink(tx, 'registration', customer.id)
  })
}

export type WhoForgot = 'customer' | 'agent'

/** Sends a link for a new password to an address, if somebody has it. Whoever asked is never told which it was. */
export async function sendPasswordLink(desk: MailDesk, who: WhoForgot, email: string): Promise<void> {
  await desk.database.write(async (tx) => {
    const found = who === 'agent' ? await findAgent(tx, email) : await findCustomer(tx, email)
    if (found) await queueLink(tx, `${who}-password`, found.id)
  })
}

/** What the mail is rendered from. The link itself is made when the mail is sent: nothing stored can open the account. */
const contentSchema = z.object({
  purpose: z.enum(['registration', 'customer-password', 'agent-password']),
  subjectId: z.string(),
  epoch: z.number(),
})

async function queueLink(tx: Tx, purpose: LinkPurpose, subjectId: string): Promise<void> {
  const holder = await linkHolders[purpose](tx, subjectId)
  const mailbox = await systemSender(tx)
  if (!holder || !mailbox || !(await isWithinBudget(tx, purpose, emailKey(holder.person.email)))) return
  await queueMail(tx, {
    kind: kindOf(purpose),
    mailboxId: mailbox.id,
    messageId: plainMessageId(mailbox),
    to: [{ name: nameOf(holder.person), address: holder.person.email }],
    content: { purpose, subjectId, epoch: holder.epoch },
  })
}

const kindOf = (purpose: LinkPurpose) => (purpose === 'registration' ? 'registration' : 'password')

async function isWithinBudget(tx: Tx, purpose: LinkPurpose, key: string): Promise<boolean> {
  const now = Date.now()
  const today = await queuedSince(tx, kindOf(purpose), key, now - 24 * HOUR)
  return today.length < A_DAY && today.filter((at) => at > now - HOUR).length < AN_HOUR
}

const paths: Record<LinkPurpose, string> = {
  registration: '/register',
  'customer-password': '/password',
  'agent-password': '/agent/password',
}

/**
 * Undefined if the address or the password is another by now, or if the mail has waited longer than its link would have
 * been good for: nobody expects it any more.
 */
export async function composeInvitation(
  db: Reader,
  desk: MailDesk,
  mail: OutboxMail,
): Promise<ComposedMail | undefined> {
  const { purpose, subjectId, epoch } = contentSchema.parse(JSON.parse(mail.content))
  const holder = await linkHolders[purpose](db, subjectId)
  if (!holder || emailKey(holder.person.email) !== mail.recipient_key || holder.epoch !== epoch) return undefined
  if (Date.now() - mail.created_at > lifetimes[purpose]) return undefined
  const bound = { emailKey: mail.recipient_key, epoch }
  const { token, expiresAt } = await desk.database.write((tx) => addLink(tx, purpose, subjectId, bound))
  return renderInvitation(db, desk, purpose, holder, `${desk.publicUrl()}${paths[purpose]}?token=${token}`, expiresAt)
}

async function renderInvitation(
  db: Reader,
  desk: MailDesk,
  purpose: LinkPurpose,
  { person, language }: LinkHolder,
  link: string,
  until: number,
): Promise<ComposedMail> {
  const voice = voiceFor(desk, language)
  const values = valuesOf({
    ...readerValues(voice, person),
    ...customerValues(person),
    link,
    'link.until': dateText(voice, until),
  })
  return renderMail(voice.words, await templateFor(db, voice, kindOf(purpose), ALL), values)
}
