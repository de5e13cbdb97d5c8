// Tells the owners by mail when mail itself does not work: once a day at most, however much is wrong.
import { z } from 'zod'
import type { Reader } from '../../../db/write.ts'
import { textList } from '../../../lib/text-list.ts'
import { listAgents } from '../../agents/agents.ts'
import { type OutboxMail, queueMail } from '../../outbox/outbox.ts'
import type { MailDesk } from '../mail-desk.ts'
import { valuesOf } from '../templates/expand.ts'
import { nameOf, personOf } from '../templates/people.ts'
import { type ComposedMail, renderMail } from '../templates/render.ts'
import { problemsValue, readerValues } from '../templates/values.ts'
import { voiceFor } from '../templates/voice.ts'
import { plainMessageId, queuedSince, systemSender } from './system-mail.ts'

const DAY = 86_400_000
const MOST = 20

// A notice that failed is no reason for another one.
export const troubledQuery = (db: Reader, since: number) =>
  db
    .selectFrom('outbox')
    .select(['seq', 'state', 'recipient_key', 'trouble'])
    .where('state', 'in', ['failed', 'bounced', 'unconfirmed'])
    .where('changed_at', '>', since)
    .where('kind', '<>', 'notice')
    .orderBy('seq', 'desc')
    .limit(MOST + 1)

const troubledMailboxes = (db: Reader) =>
  db
    .selectFrom('mailboxes')
    .select(['name', 'address', 'trouble'])
    .where('deleted_at', 'is', null)
    .where('is_active', '=', 1)
    .where('trouble', 'is not', null)
    .orderBy('address')
    .limit(MOST)
    .execute()

/** What did not work since an instant, one line each. */
async function problemsSince(db: Reader, since: number): Promise<string[]> {
  const mails = await troubledQuery(db, since).execute()
  const lines = [
    ...(await troubledMailboxes(db)).map(({ name, address, trouble }) => `${name} <${address}>: ${trouble}`),
    ...mails.slice(0, MOST).map(({ seq, state, recipient_key, trouble }) => {
      const what = `Mail ${seq} to ${recipient_key} (${state})`
      return trouble === null ? what : `${what}: ${trouble}`
    }),
  ]
  return mails.length > MOST ? [...lines, '…'] : lines
}

/** Queues a notice for every owner who has had none for a day, if there is something to tell. */
export async function tellTroubles(desk: MailDesk): Promise<void> {
  await desk.database.write(async (tx) => {
    const mailbox = await systemSender(tx)
    if (!mailbox) return
    const since = Date.now() - DAY
    const problems = await problemsSince(tx, since)
    if (problems.length === 0) return
    for (const owner of (await listAgents(tx)).filter(({ role }) => role === 'O')) {
      if ((await queuedSince(tx, 'notice', owner.email_key, since)).length > 0) continue
      await queueMail(tx, {
        kind: 'notice',
        mailboxId: mailbox.id,
        messageId: plainMessageId(mailbox),
        to: [{ name: nameOf(personOf(owner)), address: owner.email }],
        content: { agentid: owner.id, problems: JSON.stringify(problems) },
      })
    }
  })
}

const contentSchema = z.object({ agentid: z.string(), problems: z.string() })

export async function composeNotice(db: Reader, desk: MailDesk, mail: OutboxMail): Promise<ComposedMail | undefined> {
  const { agentid, problems } = contentSchema.parse(JSON.parse(mail.content))
  const owner = (await listAgents(db)).find(({ id }) => id === agentid)
  if (owner?.email_key !== mail.recipient_key) return undefined
  const voice = voiceFor(desk, null)
  const values = valuesOf({ ...readerValues(voice, personOf(owner)), problems: problemsValue(textList(problems)) })
  return renderMail(voice.words, voice.words.mails.notice, values)
}
