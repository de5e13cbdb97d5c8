// deskhand mail list · show · replay
import { Command, InvalidArgumentError, Option } from 'commander'
import { systemActor } from '../desk/actor.ts'
import { getRawMail, listRawMails, type RawState, rawCursor, rawStates } from '../desk/mail/intake/find.ts'
import { type RawMail, readRaw } from '../desk/mail/intake/read-raw.ts'
import { type ReplayFilter, replay } from '../desk/mail/intake/replay.ts'
import { acceptHere } from './accept-here.ts'
import { type Io, UsageError } from './io.ts'
import { type CommandDesk, withMailDesk } from './mail-desk.ts'
import { findMailboxId } from './mailbox-names.ts'
import { dateText, examples, isoText, json, table } from './print.ts'

export const mailCommand = (io: Io): Command => {
  const group = new Command('mail')
    .description('mails as they came in')
    .addHelpText('after', examples('npx deskhand mail list', 'npx deskhand mail replay --failed'))
  for (const command of [listCommand, showCommand, replayCommand]) group.addCommand(command(io))
  return group
}

function number(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be the number of a mail.')
  return Number(text)
}

interface ListOptions {
  state?: RawState
  verdict?: string
  mailbox?: string
  limit: number
  before?: number
  json?: boolean
}

const listCommand = (io: Io): Command =>
  new Command('list')
    .summary('list the mails that came in, newest first')
    .description('Lists the mails that came in, newest first, with what became of each.')
    .addOption(new Option('--state <state>', 'only those in this state').choices(rawStates))
    .option('--verdict <verdict>', 'only those with this verdict: opened, joined, spam, bounce …')
    .option('--mailbox <address>', 'only those of this mailbox (address, name or id)')
    .option('--limit <number>', 'how many', number, 50)
    .option('--before <number>', 'only those before this one: for the next page', number)
    .option('--json', 'print a JSON array')
    .addHelpText('after', examples('npx deskhand mail list', 'npx deskhand mail list --state failed'))
    .action(async (options: ListOptions) => {
      await withMailDesk(io, async ({ database: { reader } }) => {
        const rows = await listRawMails(reader, systemActor, {
          state: options.state,
          verdict: options.verdict,
          mailboxId: options.mailbox === undefined ? undefined : await findMailboxId(reader, options.mailbox),
          limit: Math.min(options.limit, 10_000),
          cursor: options.before === undefined ? undefined : rawCursor({ seq: options.before }),
        })
        io.out(options.json ? json(rows.map(asJson)) : asTable(rows))
      })
    })

const asTable = (rows: readonly RawMail[]): string =>
  table(
    ['number', 'received', 'from', 'state', 'verdict', 'subject'],
    rows.map((row) => [
      row.seq,
      dateText(row.received_at),
      row.sender_key,
      row.state,
      row.verdict,
      (row.subject ?? '').slice(0, 60),
    ]),
    'There is no such mail.',
  )

const asJson = (row: RawMail) => ({
  id: row.seq,
  mailboxid: row.mailbox_id || null,
  source: row.source,
  size: row.size,
  state: row.state,
  verdict: row.verdict,
  reason: row.reason,
  from: row.sender_key,
  subject: row.subject,
  message_id: row.message_id,
  conversationid: row.conversation_id,
  datereceived: isoText(row.received_at),
  dateaccepted: isoText(row.accepted_at),
})

const showCommand = (io: Io): Command =>
  new Command('show')
    .summary('print a mail as it came')
    .description('Prints the source of a mail as it came, byte for byte.')
    .argument('<number>', 'number of the mail, as the list shows it', number)
    .addHelpText('after', examples('npx deskhand mail show 12 > mail.eml'))
    .action(async (seq: number) => {
      await withMailDesk(io, async (desk) => {
        io.out(await readRaw(desk, await getRawMail(desk.database.reader, systemActor, seq)))
      })
    })

interface ReplayOptions {
  failed?: boolean
  all?: boolean
  id?: number[]
}

const replayCommand = (io: Io): Command =>
  new Command('replay')
    .summary('run mails through accepting once more')
    .description(
      'Accepts mails once more: after an upgrade that reads better, or to let in what was held back. What has become a message stays that message, however often this runs.',
    )
    .option('--failed', 'those that could not be accepted')
    .option('--all', 'all that are no messages')
    .option('--id <number...>', 'these', collect)
    .addHelpText('after', examples('npx deskhand mail replay --failed', 'npx deskhand mail replay --id 12 15'))
    .action(async (options: ReplayOptions) => {
      const given = [options.failed, options.all, options.id].filter((one) => one !== undefined)
      if (given.length !== 1) throw new UsageError('Say which mails: one of --failed, --all or --id.')
      await withMailDesk(io, async (desk) => {
        const count = await replayEvery(desk, { isFailed: options.failed, seqs: options.id })
        io.out(`${count} ${count === 1 ? 'mail waits' : 'mails wait'} to be accepted again.\n`)
        if (count > 0) await acceptHere(io, desk)
      })
    })

const collect = (text: string, before: number[] = []): number[] => [...before, number(text)]

/** In portions, so that nobody waits long behind them. */
async function replayEvery({ database }: CommandDesk, filter: ReplayFilter): Promise<number> {
  let count = 0
  for (let after: number | undefined = 0; after !== undefined; ) {
    const from: number = after
    const portion = await database.write((tx) => replay(tx, { ...filter, after: from }))
    count += portion.count
    after = portion.last
  }
  return count
}
