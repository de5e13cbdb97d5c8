// Whether mail comes in and goes out: the servers of mailboxes, and what waits or was given up. Sends nothing.
import { systemActor } from '../../desk/actor.ts'
import type { MailDesk } from '../../desk/mail/mail-desk.ts'
import type { Mailbox } from '../../desk/mailboxes/mailbox.ts'
import { listMailboxes } from '../../desk/mailboxes/mailboxes.ts'
import { tryStored } from '../../desk/mailboxes/trial.ts'
import { type Finding, fail, ok, reasonOf, warn } from './finding.ts'

export async function checkMail(desk: MailDesk): Promise<Finding[]> {
  const mailboxes = (await listMailboxes(desk.database.reader, systemActor)).filter(({ is_active }) => is_active === 1)
  return [
    ...(await Promise.all(mailboxes.map((mailbox) => checkServers(desk, mailbox)))).flat(),
    checkSenders(mailboxes),
    ...(await checkRaw(desk)),
    ...(await checkOutbox(desk)),
  ]
}

async function checkServers(desk: MailDesk, mailbox: Mailbox): Promise<Finding[]> {
  const { address } = mailbox
  try {
    const { incoming, outgoing } = await tryStored(desk, mailbox)
    const faults = [incoming?.trouble, outgoing?.trouble].flatMap((trouble) => trouble ?? [])
    if (faults.length > 0) return faults.map(({ field, says }) => fail('mailbox', `${address}: ${says}`, lookAt(field)))
    const works = [incoming && 'fetching', outgoing && 'sending'].filter(Boolean).join(' and ')
    return [ok('mailbox', works ? `${address}: ${works} works` : `${address}: has no server, its mail is handed over`)]
  } catch (error) {
    return [fail('mailbox', `${address}: ${reasonOf(error)}`, 'Set its servers and passwords once more: docs/mail.md')]
  }
}

const lookAt = (field: string): string =>
  `Look at its setting '${field}', and try again: npx deskhand mailbox test (docs/mail.md)`

function checkSenders(mailboxes: readonly Mailbox[]): Finding {
  if (mailboxes.some(({ outgoing }) => outgoing !== null))
    return ok('mail', 'whether it comes back, deskhand doctor --mail finds out')
  return { ...ok('mail', 'no mailbox can send: answers are not mailed'), todo: 'Add one: npx deskhand mailbox add' }
}

const LATE_MS = 10 * 60_000
const WEEK_MS = 7 * 86_400_000

async function checkRaw({ database: { reader } }: MailDesk): Promise<Finding[]> {
  const rows = await reader
    .selectFrom('raw_mails')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count'), fn.min('created_at').as('since')])
    .where('state', 'in', ['waiting', 'held', 'failed'])
    .groupBy('state')
    .execute()
  return rows.flatMap(({ state, count, since }) => {
    if (state === 'failed')
      return warn('mail', `${count} could not be accepted`, 'See why: npx deskhand mail list --state failed --json')
    if (state === 'held')
      return warn('mail', `${count} held back, by far too many from one sender`, 'npx deskhand mail list --state held')
    if (Number(since) > Date.now() - LATE_MS) return []
    return warn('mail', `${count} came in and wait to be accepted`, 'Start the server: it accepts them.')
  })
}

/** Of the last week: what was given up longer ago, somebody has seen. */
async function checkOutbox({ database: { reader } }: MailDesk): Promise<Finding[]> {
  const now = Date.now()
  const rows = await reader
    .selectFrom('outbox')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count'), fn.max('trouble').as('trouble')])
    .where('state', 'in', ['failed', 'unconfirmed'])
    .where('changed_at', '>', now - WEEK_MS)
    .groupBy('state')
    .orderBy('state')
    .execute()
  const late = await reader
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', 'in', ['queued', 'delayed'])
    .where('due_at', '<', now - LATE_MS)
    .executeTakeFirst()
  const findings = rows.map(({ state, count, trouble }) =>
    state === 'failed'
      ? warn('outbox', `${count} could not be sent: ${trouble ?? 'nobody knows why'}`, `${SEE}failed', then ${RESEND}`)
      : warn(
          'outbox',
          `${count} may have been sent, or not: the process ended meanwhile`,
          `${SEE}unconfirmed'. ${ASK}`,
        ),
  )
  if (Number(late?.count ?? 0) > 0)
    findings.push(warn('outbox', `${late?.count} wait since more than 10 minutes`, 'Start the server: it sends them.'))
  return findings
}

const SEE = "See them: 'GET /api/v3/outbox?state="
const RESEND = "send them again: 'POST /api/v3/outbox/{id}/resend'"
const ASK = `Ask those whom they went to, or ${RESEND}`
