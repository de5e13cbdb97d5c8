// Every migration in order, listed by hand. Forward only: what is released here is never edited, only followed.
import type { Engine } from '../engine.ts'
import { foundation } from './0001-foundation.ts'
import { mail } from './0002-mail.ts'

export interface Migration {
  name: string
  /** The statements for an engine, run in one transaction with the note that they ran. */
  statements: (engine: Engine) => string[]
}

export const migrations: readonly Migration[] = [
  { name: '0001-foundation', statements: foundation },
  { name: '0002-mail', statements: mail },
]
