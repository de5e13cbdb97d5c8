// What the mail channel needs of the application.
import type { Logger } from 'pino'
import type { Database } from '../../db/open.ts'
import type { FileStore } from '../files/store.ts'
import type { Installation, Settings } from '../settings/settings.ts'
import type { Languages } from './words/languages.ts'

/** The application, as far as mail is concerned: see server/app.ts. */
export interface MailDesk {
  /** Internal networks that addresses in settings may name: CIDR. */
  config: { fetchAllow: readonly string[] }
  database: Database
  files: FileStore
  installation: Installation
  settings(): Settings
  /** The words of mails. */
  mailLanguages: Languages
  /** Public address without a final slash. */
  publicUrl(): string
  log: Logger
}
