// The desk as mail code needs it, for commands.
import { pino } from 'pino'
import type { Config } from '../config.ts'
import { isFolderLocked } from '../db/lock.ts'
import { openFileStore } from '../desk/files/store.ts'
import type { MailDesk } from '../desk/mail/mail-desk.ts'
import { readLanguages } from '../desk/mail/words/languages.ts'
import { findInstallation, getSettings } from '../desk/settings/settings.ts'
import { SetupError } from '../lib/setup-error.ts'
import { withDesk } from './desk.ts'
import type { Io } from './io.ts'

export type CommandDesk = MailDesk & { config: Config }

/** Runs `work` on the desk that the settings name. */
export async function withMailDesk(io: Io, work: (desk: CommandDesk) => Promise<void>): Promise<void> {
  await withDesk(io, async ({ database, config }) => {
    const installation = await findInstallation(database.reader)
    if (!installation) throw new SetupError('This desk was never started. A first start makes it: npm start')
    const stored = await getSettings(database.reader)
    const settings = config.timezone === undefined ? stored : { ...stored, timezone: config.timezone }
    await work({
      config,
      database,
      installation,
      files: await openFileStore(database, config.dataFolder),
      settings: () => settings,
      mailLanguages: await readLanguages(config.dataFolder),
      publicUrl: () => config.publicUrl ?? `http://${config.host}:${config.port}`,
      // Beside a progress bar only what somebody must act on.
      log: pino({ level: 'error' }, { write: (line: string) => io.err(line) }),
    })
  })
}

/** Whether a server works on this data folder now. With PostgreSQL nobody knows: any number of them may, anywhere. */
export const isServed = ({ databaseUrl, dataFolder }: Config): boolean =>
  databaseUrl === undefined && isFolderLocked(dataFolder)
