// deskhand mailbox add|list|test|remove
import { Command } from 'commander'
import { systemActor } from '../desk/actor.ts'
import { draftMailbox, type MailboxPatch, withSecrets } from '../desk/mailboxes/draft.ts'
import { incomingOf, type Mailbox, outgoingOf } from '../desk/mailboxes/mailbox.ts'
import { addMailbox, listMailboxes, removeMailbox } from '../desk/mailboxes/mailboxes.ts'
import { presetFor } from '../desk/mailboxes/presets.ts'
import { assertServersWork, tryStored } from '../desk/mailboxes/trial.ts'
import { emailKey, isEmail } from '../lib/email.ts'
import { NotFound } from '../lib/errors.ts'
import { type MailUrl, parseMailUrl } from '../lib/mail-url.ts'
import { findDepartments } from './department-names.ts'
import { Exit, exitCodes, type Io, UsageError } from './io.ts'
import { withMailDesk } from './mail-desk.ts'
import { knownPassword } from './password.ts'
import { dateText, examples, isoText, json, table } from './print.ts'

export function mailboxCommand(io: Io): Command {
  const group = new Command('mailbox').description('addresses that customers write to')
  for (const command of [addCommand, listCommand, testCommand, removeCommand]) group.addCommand(command(io))
  return group
}

interface AddOptions {
  name?: string
  department: string
  imap?: string
  smtp?: string
  user?: string
  folder?: string[]
  all?: boolean
  default?: boolean
  passwordStdin?: boolean
  test: boolean
  json?: boolean
}

const addCommand = (io: Io): Command =>
  new Command('add')
    .summary('add a mailbox')
    .description(
      'Adds a mailbox, after its servers have been tried. The password is asked for, or read from standard input. Without servers, the usual ones of the provider are taken.',
    )
    .argument('<address>', 'e-mail address that customers write to')
    .option('--name <name>', 'what agents call it')
    .option('--department <department>', 'id or name of the department whose conversations it opens', 'default')
    .option('--imap <url>', 'server for incoming mail: imaps://host, imap://host:143?starttls')
    .option('--smtp <url>', 'server that sends: smtps://host, smtp://host:587?starttls')
    .option('--user <user>', 'user name at both servers; the address, unless given here or in their URLs')
    .option('--folder <folder...>', 'folders to fetch from (INBOX)')
    .option('--all', 'fetch what is there already, too')
    .option('--default', 'send with it for departments that have no mailbox of their own')
    .option('--password-stdin', 'read the password from standard input')
    .option('--no-test', 'store it without trying the servers')
    .option('--json', 'print the new mailbox as JSON')
    .addHelpText(
      'after',
      examples(
        'npx deskhand mailbox add shop@gmail.com',
        'npx deskhand mailbox add help@example.com --imap imaps://mail.example.com --smtp smtps://mail.example.com --password-stdin < password.txt',
      ),
    )
    .action(async (address: string, options: AddOptions) => {
      if (!isEmail(address)) throw new UsageError(`'${address}' is not an e-mail address.`)
      const servers = serversOf(address, options)
      await withMailDesk(io, async (desk) => {
        const [departmentId] = await findDepartments(desk.database.reader, [options.department])
        const password = await knownPassword(io, options)
        const credentials = { password }
        let patch: MailboxPatch = {
          address,
          name: options.name,
          departmentId,
          isDefault: options.default,
          incoming: servers.imap && {
            ...servers.imap,
            folders: options.folder,
            isOnlyNew: options.all === true ? false : undefined,
          },
          outgoing: servers.smtp,
          secrets: { incoming: servers.imap && credentials, outgoing: servers.smtp && credentials },
        }
        const { secret } = desk.installation
        if (options.test)
          patch = withSecrets(patch, await assertServersWork(desk, draftMailbox(secret, undefined, patch)))
        const drafted = draftMailbox(secret, undefined, patch)
        const mailbox = await desk.database.write((tx) => addMailbox(tx, systemActor, drafted))
        io.out(options.json ? json(viewOf(mailbox)) : `Added the mailbox ${mailbox.address}, id ${mailbox.id}.\n`)
      })
    })

type Server = Pick<MailUrl, 'host' | 'port' | 'security' | 'user'>

function serversOf(address: string, options: AddOptions): { imap: Server | undefined; smtp: Server | undefined } {
  const { imap, smtp, user = address } = options
  if (imap === undefined && smtp === undefined) {
    const { incoming, outgoing } = presetFor(address)
    const pick = ({ host, port, security }: Server): Server => ({ host, port, security, user })
    return { imap: pick(incoming), smtp: pick(outgoing) }
  }
  return { imap: serverOf('imap', imap, user), smtp: serverOf('smtp', smtp, user) }
}

function serverOf(scheme: 'imap' | 'smtp', text: string | undefined, user: string): Server | undefined {
  if (text === undefined) return undefined
  const url = parseMailUrl(scheme, text)
  if (!url) throw new UsageError(`'${text}' is not an address such as ${scheme}s://mail.example.com.`)
  if (url.password !== undefined)
    throw new UsageError('Every user of this machine can read what stands in a command: leave the password out.')
  const { host, port, security } = url
  return { host, port, security, user: url.user || user }
}

const viewOf = (mailbox: Mailbox) => ({
  id: mailbox.id,
  address: mailbox.address,
  name: mailbox.name,
  departmentid: mailbox.department_id,
  is_active: mailbox.is_active === 1,
  is_default: mailbox.is_default === 1,
  incoming: incomingOf(mailbox)?.host ?? null,
  outgoing: outgoingOf(mailbox)?.host ?? null,
  dateseen: isoText(mailbox.seen_at),
  trouble: mailbox.trouble,
})

const listCommand = (io: Io): Command =>
  new Command('list')
    .summary('list the mailboxes')
    .description('Lists the mailboxes, the default first, with what is wrong with them.')
    .option('--json', 'print a JSON array')
    .addHelpText('after', examples('npx deskhand mailbox list'))
    .action(async (options: { json?: boolean }) => {
      await withMailDesk(io, async ({ database }) => {
        const mailboxes = await listMailboxes(database.reader, systemActor)
        const rows = mailboxes.map(viewOf)
        io.out(
          options.json
            ? json(rows)
            : table(
                ['id', 'address', 'department', 'incoming', 'outgoing', 'default', 'last seen', 'trouble'],
                mailboxes.map((mailbox, n) => [
                  mailbox.id,
                  mailbox.address,
                  mailbox.department_id,
                  rows[n]?.incoming ?? null,
                  rows[n]?.outgoing ?? null,
                  mailbox.is_default === 1 ? 'yes' : '',
                  dateText(mailbox.seen_at),
                  mailbox.is_active === 1 ? (mailbox.trouble ?? '') : 'switched off',
                ]),
                'There is no mailbox.',
              ),
        )
      })
    })

async function findMailbox(mailboxes: Promise<Mailbox[]>, text: string): Promise<Mailbox> {
  const found = (await mailboxes).find(({ id, address_key }) => id === text || address_key === emailKey(text))
  if (!found) throw new NotFound(`There is no mailbox '${text}': see npx deskhand mailbox list`)
  return found
}

const testCommand = (io: Io): Command =>
  new Command('test')
    .summary('try the servers of a mailbox')
    .description('Connects to the servers of a mailbox and signs in. Exit code 1 if something is wrong.')
    .argument('<mailbox>', 'id or address')
    .addHelpText('after', examples('npx deskhand mailbox test help@example.com'))
    .action(async (text: string) => {
      await withMailDesk(io, async (desk) => {
        const mailbox = await findMailbox(listMailboxes(desk.database.reader, systemActor), text)
        const trial = await tryStored(desk, mailbox)
        for (const side of ['incoming', 'outgoing'] as const)
          io.out(`${side}  ${trial[side] ? (trial[side].trouble?.says ?? 'works') : 'not set'}\n`)
        if (trial.incoming?.trouble || trial.outgoing?.trouble) throw new Exit(exitCodes.failure)
      })
    })

const removeCommand = (io: Io): Command =>
  new Command('remove')
    .summary('remove a mailbox')
    .description('Removes a mailbox and forgets its passwords. What came through it stays.')
    .argument('<mailbox>', 'id or address')
    .addHelpText('after', examples('npx deskhand mailbox remove help@example.com'))
    .action(async (text: string) => {
      await withMailDesk(io, async ({ database }) => {
        const mailbox = await findMailbox(listMailboxes(database.reader, systemActor), text)
        await database.write((tx) => removeMailbox(tx, systemActor, mailbox.id))
        io.out(`Removed the mailbox ${mailbox.address}.\n`)
      })
    })
