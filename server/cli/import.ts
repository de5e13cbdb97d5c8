// deskhand import mbox · deskhand import eml
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { Command } from 'commander'
import { DEFAULT_DEPARTMENT } from '../desk/departments/departments.ts'
import { Importing, type ImportTarget } from '../desk/mail/intake/importing.ts'
import { NoMbox, readMbox } from '../desk/mail/intake/mbox.ts'
import { progressBar } from '../lib/progress.ts'
import { acceptHere } from './accept-here.ts'
import { findDepartments } from './department-names.ts'
import { Exit, exitCodes, type Io } from './io.ts'
import { type CommandDesk, withMailDesk } from './mail-desk.ts'
import { mailFilesIn, whyUnreadable } from './mail-files.ts'
import { findMailboxId } from './mailbox-names.ts'
import { examples } from './print.ts'

interface Options {
  department?: string
  mailbox?: string
}

/** What reads a kind of files, and complains about what it cannot read. */
type Reading = (
  context: { desk: CommandDesk; importing: Importing; complain: Complain },
  paths: string[],
) => Promise<void>
type Complain = (where: string, why: string) => void

export const importCommand = (io: Io): Command => {
  const group = new Command('import')
    .description('mails from files')
    .addHelpText('after', examples('npx deskhand import mbox support.mbox', 'npx deskhand import eml ~/Maildir'))
  group.addCommand(
    kind(io, 'mbox', importMboxes)
      .summary('import mails from mbox files')
      .argument('<file...>', 'mbox files of any size')
      .addHelpText('after', examples('npx deskhand import mbox support.mbox --department Support')),
  )
  group.addCommand(
    kind(io, 'eml', importSingles)
      .summary('import mails from files with one mail each')
      .argument('<file...>', 'files with one mail each; of a folder, all that end in .eml, or a Maildir')
      .addHelpText('after', examples('npx deskhand import eml old/*.eml', 'npx deskhand import eml ~/Maildir')),
  )
  return group
}

const kind = (io: Io, name: string, read: Reading): Command =>
  new Command(name)
    .description(
      'Turns mails from files into conversations, with the dates that they have. What was imported before adds nothing. Nobody gets a mail because of it. Works beside a running server.',
    )
    .option('--department <name>', 'department (name or id) in which they open conversations')
    .option('--mailbox <address>', 'mailbox (address, name or id) that they came to')
    .action((paths: string[], options: Options) => run(io, paths, options, read))

async function run(io: Io, paths: string[], options: Options, read: Reading): Promise<void> {
  await withMailDesk(io, async (desk) => {
    const importing = new Importing(desk, await targetOf(desk, options))
    let failed = 0
    const complain: Complain = (where, why) => {
      failed++
      io.err(`${where}: ${why}\n`)
    }
    try {
      await read({ desk, importing, complain }, paths)
      await importing.finish()
    } finally {
      const { fresh, known } = importing.counts
      io.out(`Mails: ${fresh} imported, ${known} there already, ${failed} failed.\n`)
    }
    if (importing.counts.fresh > 0) await acceptHere(io, desk)
    if (failed > 0) throw new Exit(exitCodes.failure)
  })
}

async function targetOf({ database }: CommandDesk, { department, mailbox }: Options): Promise<ImportTarget> {
  const mailboxId = mailbox === undefined ? '' : await findMailboxId(database.reader, mailbox)
  const [departmentId = null] = department === undefined ? [] : await findDepartments(database.reader, [department])
  return { mailboxId, departmentId: departmentId ?? (mailboxId === '' ? DEFAULT_DEPARTMENT : null) }
}

/** A fault of this one file: the others may be better. */
const isOfFile = (error: unknown): boolean => error instanceof NoMbox || (error instanceof Error && 'syscall' in error)

const KB = 1024
const sizeText = (bytes: number): string => `${Math.round(bytes / KB)} kB (setting DESKHAND_MAIL_LIMIT)`

const importMboxes: Reading = async ({ desk, importing, complain }, paths) => {
  const sizes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  const progress = progressBar('Kilobytes', Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / KB))
  const limit = desk.config.inlet.sizeLimit
  for (const path of paths) {
    try {
      for await (const { offset, fromLine, contents } of readMbox(countedBytes(path, progress.step), limit)) {
        const where = `${path}, the mail at byte ${offset}`
        if (contents) await importing.add(contents, fromLine, (error) => complain(where, whyUnreadable(error)))
        else complain(where, `it is larger than ${sizeText(limit)}`)
      }
    } catch (error) {
      if (!isOfFile(error)) throw error
      complain(path, whyUnreadable(error))
    }
  }
  progress.end()
}

async function* countedBytes(path: string, step: (kilobytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: KB * KB })) {
    if (!(chunk instanceof Uint8Array)) continue
    step(chunk.length / KB)
    yield chunk
  }
}

const importSingles: Reading = async ({ desk, importing, complain }, paths) => {
  const files: string[] = []
  for (const path of paths)
    try {
      files.push(...(await mailFilesIn(path)))
    } catch (error) {
      complain(path, whyUnreadable(error))
    }
  const progress = progressBar('Mails', files.length)
  const limit = desk.config.inlet.sizeLimit
  for (const file of files) {
    try {
      if ((await stat(file)).size > limit) complain(file, `it is larger than ${sizeText(limit)}`)
      else await importing.add(await readFile(file), undefined, (error) => complain(file, whyUnreadable(error)))
    } catch (error) {
      if (!isOfFile(error)) throw error
      complain(file, whyUnreadable(error))
    }
    progress.step()
  }
  progress.end()
}
