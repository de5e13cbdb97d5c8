// What the mail channel needs of the application.
import type { Logger } from 'pino'
import type { Database } from '../../db/open.ts'
import type { FileStore } from '../files/store.ts'
import type { Installation, Settings } from '../settings/settings.ts'

/** The application, as far as mail is concerned: see server/app.ts. */
export interface MailDesk {
  database: Database
  files: FileStore
  installation: Installation
  settings(): Settings
  /** Public address without a final slash. */
  publicUrl(): string
  log: Logger
}
