// Every migration in order, listed by hand. Forward only: what is released here is never edited, only followed.
import type { Engine } from '../engine.ts'
import { foundation } from './0001-foundation.ts'
import { mail } from './0002-mail.ts'
import { presence } from './0003-presence.ts'
import { sla } from './0004-sla.ts'
import { rollups } from './0007-rollups.ts'

export interface Migration {
  name: string
  /** The statements for an engine, run in one transaction with the note that they ran. */
  statements: (engine: Engine) => string[]
}

export const migrations: readonly Migration[] = [
  { name: '0001-foundation', statements: foundation },
  { name: '0002-mail', statements: mail },
  { name: '0003-presence', statements: presence },
  { name: '0004-sla', statements: sla },
  { name: '0007-rollups', statements: rollups },
]
